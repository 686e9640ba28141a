//! The engine: one configuration for all that compile and all that run.

use std::sync::Arc;
use std::time::Duration;
use wasmtime::{Config, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How often a running function is interrupted to see whether it should go on.
const TICK: Duration = Duration::from_millis(10);

/// The settings of every engine of ours, in a pool for so many instances of at most so
/// many bytes of memory each.
///
/// Garbage collection is off, so that what was compiled here is also loaded
/// by a build without a compiler. The pool's size is no part of what is compiled.
pub fn engine_config(instances: u32, memory: u64) -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.gc_support(false);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(instances, memory)));
    config
}

fn pool(instances: u32, memory: u64) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    // A component has a few core instances and tables: its shims, and its adapter.
    let parts = instances.saturating_mul(8);
    pool.total_component_instances(instances).total_core_instances(parts).total_tables(parts);
    pool.total_memories(instances.saturating_mul(2)).total_stacks(instances.saturating_mul(2));
    pool.max_memory_size(usize::try_from(memory).unwrap_or(usize::MAX));
    // What is kept resident spares page faults when a slot is used again.
    pool.linear_memory_keep_resident(256 << 10).table_keep_resident(16 << 10);
    pool.max_unused_warm_slots(instances.min(128));
    pool
}

/// Advances the engine's epoch while the ticker lives. The thread ends with the engine.
pub(crate) fn tick(engine: &Engine) -> std::io::Result<()> {
    let engine: EngineWeak = engine.weak();
    let run = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new().name("reel-epoch".into()).spawn(run).map(drop)
}

/// An engine and its ticker.
pub(crate) fn start(instances: u32, memory: u64) -> Result<Arc<Engine>, wasmtime::Error> {
    let engine = Engine::new(&engine_config(instances, memory))?;
    tick(&engine)?;
    Ok(Arc::new(engine))
}
