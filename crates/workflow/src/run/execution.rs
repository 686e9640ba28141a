//! One execution, from its journal to its end.

use super::context::Identity;
use super::frame::Frame;
use super::journal::{Position, Record, Stage};
use super::runner::Shared;
use crate::failure::{Failure, TIMEOUT};
use crate::machine::Machine;
use reel_capabilities::Millis;
use reel_capabilities::workflow::{Execution, Progress, Status};
use serde_json::Value;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// An execution that is at work in this process.
pub(super) struct Run {
    pub(super) shared: Arc<Shared>,
    pub(super) machine: Arc<Machine>,
    pub(super) workflow: String,
    pub(super) name: String,
    /// `WORKFLOW/NAME`.
    pub(super) partition: String,
    /// How far it is, for those who ask.
    live: Arc<watch::Sender<Execution>>,
}

/// What an execution is, by its row.
pub(super) fn described(record: &Record) -> Execution {
    let (status, output, failure) = match &record.stage {
        Stage::At(_) => (Status::Running, None, None),
        Stage::Done(output) => (Status::Succeeded, Some(output.clone()), None),
        Stage::Failed(failure) => (Status::Failed, None, Some((failure.error.clone(), failure.cause.clone()))),
    };
    Execution { status, progress: record.progress.clone(), output, failure }
}

impl Run {
    /// Takes hold of an execution: while this lives, the process knows it as running.
    pub(super) fn claim(
        shared: Arc<Shared>,
        machine: Arc<Machine>,
        workflow: &str,
        name: &str,
        record: &Record,
    ) -> Self {
        let partition = format!("{workflow}/{name}");
        let live = Arc::new(watch::Sender::new(described(record)));
        let mut all = shared.live.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(partition.clone(), live.clone());
        drop(all);
        Self { shared, machine, workflow: workflow.into(), name: name.into(), partition, live }
    }

    /// Executes what is left.
    pub(super) async fn execute(self, input: Value, record: Record) {
        if let Stage::At(position) = record.stage {
            let identity = Identity::of_execution(&self.workflow, &self.name, input, record.started);
            let frame = Frame {
                run: &self,
                graph: &self.machine.graph,
                path: String::new(),
                started: record.started,
                identity: Arc::new(identity),
                item: None,
            };
            let outcome = self.in_time(record.started, &frame, position).await;
            let ended = frame.record(outcome.into()).await;
            self.live.send_replace(described(&ended));
        }
        self.shared.journal.close(&self.partition).await;
    }

    /// Walks to the end, or until the machine's `TimeoutSeconds` are over.
    async fn in_time(&self, started: Millis, frame: &Frame<'_>, position: Position) -> Result<Value, Failure> {
        let Some(limit) = self.machine.timeout else {
            return frame.walk(position).await;
        };
        let end = started.saturating_add(limit.as_millis() as Millis);
        let left = Duration::from_millis(end.saturating_sub(self.shared.clock.now()));
        let over = |_| Failure::new(TIMEOUT, format!("the execution took more than {} s", limit.as_secs()));
        tokio::time::timeout(left, frame.walk(position)).await.map_err(over)?
    }

    pub(super) fn progress(&self) -> Vec<Progress> {
        self.live.borrow().progress.clone()
    }

    /// A state is entered; a Map does not know yet how many items it has.
    pub(super) fn enter(&self, state: &str, single: bool) {
        self.count(state, u32::from(single), 0);
    }

    /// A state is done, all its items with it.
    pub(super) fn leave(&self, state: &str) {
        self.live.send_modify(|execution| {
            if let Some(progress) = execution.progress.iter_mut().find(|p| p.state == state) {
                progress.done = progress.total;
            }
        });
    }

    /// So many of a state's items are done.
    pub(super) fn count(&self, state: &str, total: u32, done: u32) {
        self.live.send_modify(|execution| {
            let progress = Progress { state: state.into(), total, done };
            match execution.progress.iter_mut().find(|p| p.state == state) {
                Some(known) => *known = progress,
                None => execution.progress.push(progress),
            }
        });
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut all = self.shared.live.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.partition);
    }
}
