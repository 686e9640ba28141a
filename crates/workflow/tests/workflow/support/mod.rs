//! A world to run machines in: tables, buckets, functions and a clock that can be stopped.

mod blobs;
mod tables;
mod tasks;

pub(crate) use blobs::MemoryBlobs;
pub(crate) use tables::{Death, MemoryTables};
pub(crate) use tasks::Functions;

use reel_capabilities::workflow::{Execution, Workflows};
use reel_capabilities::{Clock, Millis};
use reel_workflow::{Machine, Runner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tokio::time::Instant;

pub(crate) const WORKFLOW: &str = "flow";
pub(crate) const NAME: &str = "run-1";

/// Tokio's clock, so that paused time passes for the journal too.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Millis {
        1_700_000_000_000 + self.0.elapsed().as_millis() as Millis
    }
}

pub(crate) struct World {
    pub(crate) tables: Arc<MemoryTables>,
    pub(crate) blobs: Arc<MemoryBlobs>,
    pub(crate) functions: Arc<Functions>,
    machine: Machine,
    clock: Arc<TokioClock>,
    concurrency: usize,
}

/// The placeholders of a machine: `${echo}` and so on, each for the function of its name.
pub(crate) fn load(machine: &Value) -> Machine {
    let names = ["echo", "fail", "flaky", "hang", "big", "panic"];
    let resources = names.map(|name| (name.to_owned(), name.to_owned())).into();
    Machine::load(&machine.to_string(), &resources).unwrap_or_else(|error| panic!("{error}\n{machine:#}"))
}

impl World {
    pub(crate) fn new(machine: &Value) -> Self {
        Self::of(load(machine))
    }

    pub(crate) fn of(machine: Machine) -> Self {
        Self {
            tables: Arc::default(),
            blobs: Arc::default(),
            functions: Arc::default(),
            machine,
            clock: Arc::new(TokioClock(Instant::now())),
            concurrency: 1,
        }
    }

    pub(crate) fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    pub(crate) fn functions(mut self, functions: Functions) -> Self {
        self.functions = Arc::new(functions);
        self
    }

    /// A new runner over the same tables, as after a restart.
    pub(crate) fn runner(&self) -> Runner {
        Runner::new(
            BTreeMap::from([(WORKFLOW.to_owned(), self.machine.clone())]),
            self.tables.clone(),
            self.blobs.clone(),
            self.functions.clone(),
            self.clock.clone(),
            NonZeroUsize::new(self.concurrency),
        )
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }
}

/// Starts an execution and waits for its end.
pub(crate) async fn finish(runner: &Runner, input: &Value) -> Execution {
    runner.start(WORKFLOW, NAME, input.clone()).await.expect("started");
    runner.wait(WORKFLOW, NAME).await.expect("ended")
}

/// The output, or the error's name and cause.
pub(crate) fn outcome(execution: Execution) -> Result<Value, (String, String)> {
    match execution.failure {
        Some(failure) => Err(failure),
        None => Ok(execution.output.expect("an output")),
    }
}

/// Runs a machine once.
pub(crate) async fn run(machine: &Value, input: &Value) -> Result<Value, (String, String)> {
    let world = World::new(machine);
    outcome(finish(&world.runner(), input).await)
}

/// A machine of one state, `S`, which ends unless it says otherwise.
pub(crate) fn one(state: Value) -> Value {
    json!({ "StartAt": "S", "States": { "S": state } })
}
