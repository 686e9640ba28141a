//! What belongs to one instance of a function.

use crate::call::Call;
use crate::capability::Lent;
use crate::log::LogStream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime::component::{Accessor, GuestTaskId, HasData, ResourceTable};
use wasmtime::{AsContextMut, StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView, default_hooks};

/// The data of a store.
pub(crate) struct State {
    /// What the function may use.
    pub(crate) lent: Arc<Lent>,
    /// The requests that the instance is handling.
    pub(crate) calls: Calls,
    pub(crate) limits: StoreLimits,
    pub(crate) table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
}

impl State {
    pub(crate) fn new(lent: Arc<Lent>, memory: u64) -> Self {
        let stdout = LogStream::output(lent.function.clone());
        let stderr = LogStream::error(lent.function.clone());
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        Self {
            lent,
            calls: Calls::default(),
            limits: StoreLimitsBuilder::new().memory_size(memory).build(),
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().stdout(stdout).stderr(stderr).build(),
            http: WasiHttpCtx::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: default_hooks(), table: &mut self.table, ctx: &mut self.http }
    }
}

/// Gives the host's side of an import the state of the instance that calls it.
pub(crate) struct Lending;

impl HasData for Lending {
    type Data<'a> = &'a mut State;
}

/// What the calling function may use.
pub(crate) fn lent(accessor: &Accessor<State, Lending>) -> Arc<Lent> {
    accessor.with(|mut access| access.get().lent.clone())
}

/// The request on whose behalf the function calls.
pub(crate) fn current_call(accessor: &Accessor<State, Lending>) -> Option<Arc<Call>> {
    accessor.with(|mut access| {
        let tasks: Vec<GuestTaskId> = access.as_context_mut().async_call_stack().ok()?.collect();
        access.get().calls.of(&tasks)
    })
}

/// The requests that an instance handles, by the task that handles each.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Current>>);

#[derive(Default)]
struct Current {
    by_task: HashMap<GuestTaskId, Arc<Call>>,
    /// For what a task does after it has answered: the hops keep being counted.
    last: Option<Arc<Call>>,
}

impl Calls {
    /// Notes a request until the guard is dropped.
    pub(crate) fn begin(&self, task: GuestTaskId, call: Arc<Call>) -> CallGuard {
        let mut current = self.lock();
        current.last = Some(call.clone());
        current.by_task.insert(task, call);
        CallGuard { calls: self.clone(), task }
    }

    fn of(&self, tasks: &[GuestTaskId]) -> Option<Arc<Call>> {
        let current = self.lock();
        let found = tasks.iter().find_map(|task| current.by_task.get(task));
        found.or(current.last.as_ref()).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets a request when it is dropped.
pub(crate) struct CallGuard {
    calls: Calls,
    task: GuestTaskId,
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        self.calls.lock().by_task.remove(&self.task);
    }
}
