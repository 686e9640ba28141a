//! How instances of a function come to be, live and end.

use crate::call::Call;
use crate::capability::Lent;
use crate::metrics::FunctionMetrics;
use crate::state::State;
use reel_app::Policy;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};

/// How long a warm instance waits for its next request.
const IDLE: Duration = Duration::from_secs(60);
/// How long an instance may at least go on after it has answered, for example to send a
/// body to a slow client.
const AFTERWARDS: Duration = Duration::from_secs(60);

/// Makes a function's instances.
pub(crate) struct Instances {
    pub(crate) engine: Arc<Engine>,
    pub(crate) pre: ProxyPre<State>,
    pub(crate) lent: Arc<Lent>,
    pub(crate) metrics: Arc<FunctionMetrics>,
    pub(crate) limits: Limits,
    /// One permit for each instance that may live.
    pub(crate) slots: Arc<Semaphore>,
    /// Told whenever an instance has ended.
    pub(crate) freed: Arc<Notify>,
}

/// What bounds each instance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) policy: Policy,
    pub(crate) memory: u64,
    pub(crate) timeout: Duration,
    pub(crate) concurrency: usize,
}

/// All instances of a function that may live do: one of them will take the request.
#[derive(Debug, thiserror::Error)]
#[error("every instance is in use")]
pub(crate) struct Full;

impl HandlerState for Instances {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| wasmtime::Error::new(Full))?;
        let mut store = self.store();
        let proxy = self.pre.instantiate_async(&mut store).await?;
        self.metrics.instance_began();
        let state = Worker {
            function: self.lent.function.clone(),
            limits: self.limits,
            metrics: self.metrics.clone(),
            freed: self.freed.clone(),
            slot: Slot::new(slot),
        };
        let expiration = Expiration { timeout: self.limits.timeout, sleep: Box::pin(tokio::time::sleep(IDLE)) };
        Ok(Instance { store, proxy, view: State::http, expiration, state })
    }
}

impl Instances {
    fn store(&self) -> Store<State> {
        let mut store = Store::new(&self.engine, State::new(self.lent.clone(), self.limits.memory));
        store.limiter(|state| &mut state.limits);
        // An epoch is wall-clock time: a trap would kill who waits for slow I/O. So the
        // instance only yields, and `Expiration` ends it when its time is over.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

/// A slot in the pool, given back after the store that used it.
struct Slot(std::sync::Mutex<Option<OwnedSemaphorePermit>>);

impl Slot {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        Self(std::sync::Mutex::new(Some(permit)))
    }

    fn free(&self) {
        drop(self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
    }
}

/// One instance at work.
pub(crate) struct Worker {
    function: Arc<str>,
    limits: Limits,
    metrics: Arc<FunctionMetrics>,
    freed: Arc<Notify>,
    slot: Slot,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = Arc<Call>;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        match self.limits.policy {
            Policy::Fresh if total >= 1 => ShouldAccept::Never,
            Policy::Warm if concurrent >= self.limits.concurrency => ShouldAccept::No,
            _ => ShouldAccept::Yes,
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, State>,
        call: Arc<Call>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        let deadline = call.deadline().unwrap_or_else(|| Instant::now() + self.limits.timeout);
        let guard = store.data_mut().calls.begin(task, call);
        Box::pin(async move {
            tokio::time::sleep_until(deadline.into()).await;
            drop(guard);
        })
    }

    fn drop(&self, store: Store<State>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result
            && !is_end_of_host(&error)
        {
            self.metrics.instance_failed();
            tracing::error!(function = &*self.function, "an instance ended: {}", reason(&error));
        }
        drop(store);
        self.metrics.instance_ended();
        self.slot.free();
        self.freed.notify_waiters();
    }
}

/// wasmtime takes every instance that is dropped for one that panicked, also those that end with
/// the host.
fn is_end_of_host(error: &wasmtime::Error) -> bool {
    error.to_string() == "worker panicked" && !std::thread::panicking()
}

/// Why an instance ended, without the addresses of its code.
fn reason(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    }
}

/// Ends an instance that is idle for long, or whose last request has had its time.
pub(crate) struct Expiration {
    timeout: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, since: Instant) -> Poll<()> {
        let limit = match status {
            WorkerStatus::Idle => IDLE,
            WorkerStatus::Requests => self.timeout,
            WorkerStatus::PostReturn => self.timeout.max(AFTERWARDS),
        };
        let at = (since + limit).into();
        if self.sleep.deadline() != at {
            self.sleep.as_mut().reset(at);
        }
        self.sleep.as_mut().poll(cx)
    }
}
