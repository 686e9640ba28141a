//! The runner: starts executions, continues them, says how far they are.

use super::execution::{Run, described};
use super::journal::{EXECUTION, Journal, Position, Record, Stage};
use super::task::Tasks;
use crate::failure;
use crate::machine::Machine;
use async_trait::async_trait;
use reel_capabilities::Clock;
use reel_capabilities::blob::Blobs;
use reel_capabilities::table::{TableError, Tables};
use reel_capabilities::workflow::{self, Execution, MAX_PAYLOAD, Status, WorkflowError, Workflows};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What all executions of a runner use.
pub(super) struct Shared {
    machines: BTreeMap<String, Arc<Machine>>,
    pub(super) journal: Journal,
    pub(super) blobs: Arc<dyn Blobs>,
    pub(super) tasks: Arc<dyn Tasks>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) concurrency: NonZeroUsize,
    /// The executions at work in this process, by partition.
    pub(super) live: Mutex<HashMap<String, Arc<watch::Sender<Execution>>>>,
}

/// Executes workflows. Dropping it stops them where they are; the journal keeps them.
///
/// One runner works on a `workflow` table at a time.
pub struct Runner {
    shared: Arc<Shared>,
    /// Taken to begin work; holds whether the runner was shut down.
    starting: tokio::sync::Mutex<bool>,
    work: Mutex<JoinSet<()>>,
}

impl Runner {
    /// A runner of these machines, by the workflows' names. It does nothing until an
    /// execution is started or [`resume`](Self::resume) is called.
    ///
    /// `concurrency` is the most items of a Map that are worked on at a time, whatever a
    /// greater `MaxConcurrency` or its 0 allows; none: the number of cores.
    pub fn new(
        machines: BTreeMap<String, Machine>,
        tables: Arc<dyn Tables>,
        blobs: Arc<dyn Blobs>,
        tasks: Arc<dyn Tasks>,
        clock: Arc<dyn Clock>,
        concurrency: Option<NonZeroUsize>,
    ) -> Self {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let shared = Shared {
            machines: machines.into_iter().map(|(name, machine)| (name, Arc::new(machine))).collect(),
            journal: Journal::new(tables),
            blobs,
            tasks,
            clock,
            concurrency: concurrency.unwrap_or_else(cores),
            live: Mutex::default(),
        };
        Self { shared: Arc::new(shared), starting: tokio::sync::Mutex::new(false), work: Mutex::default() }
    }

    /// Continues every execution that the journal holds as running, and returns how many
    /// those are. Executions at work in this runner are left alone. An execution of a
    /// workflow that this runner does not know stays as it is.
    ///
    /// # Errors
    /// `Unavailable` when the journal cannot be read or the runner was shut down.
    pub async fn resume(&self) -> Result<usize, WorkflowError> {
        let starting = self.begin().await?;
        let mut resumed = 0;
        for partition in self.shared.journal.running().await.map_err(unavailable)? {
            match self.continue_execution(&partition).await {
                Ok(true) => resumed += 1,
                Ok(false) => {}
                Err(error) => tracing::error!(execution = partition, %error, "not continued"),
            }
        }
        drop(starting);
        Ok(resumed)
    }

    /// Waits until an execution has ended, and returns it.
    ///
    /// # Errors
    /// `NotFound` as for `describe`; `Unavailable` when the runner stops before the end.
    pub async fn wait(&self, workflow: &str, name: &str) -> Result<Execution, WorkflowError> {
        let live = self.shared.live().get(&format!("{workflow}/{name}")).map(|live| live.subscribe());
        if let Some(mut live) = live {
            let ended = live.wait_for(|execution| execution.status != Status::Running).await;
            return ended.map(|execution| execution.clone()).map_err(|_| stopped());
        }
        let execution = self.describe(workflow, name).await?;
        if execution.status == Status::Running { Err(stopped()) } else { Ok(execution) }
    }

    /// Stops all work at once: tasks under way are dropped and invoked again when a
    /// runner resumes. Afterwards nothing can be started.
    pub async fn shutdown(&self) {
        *self.starting.lock().await = true;
        let mut work = std::mem::take(&mut *self.work());
        work.shutdown().await;
    }

    fn work(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn to begin work: one at a time, so that no execution begins twice.
    async fn begin(&self) -> Result<tokio::sync::MutexGuard<'_, bool>, WorkflowError> {
        let stopped_already = self.starting.lock().await;
        if *stopped_already { Err(stopped()) } else { Ok(stopped_already) }
    }

    fn spawn(&self, run: Run, input: Value, record: Record) {
        let mut work = self.work();
        while work.try_join_next().is_some() {}
        work.spawn(run.execute(input, record));
    }

    /// Continues an execution unless it is at work already or its workflow is unknown.
    async fn continue_execution(&self, partition: &str) -> Result<bool, WorkflowError> {
        if self.shared.live().contains_key(partition) {
            return Ok(false);
        }
        let lost = || WorkflowError::NotFound(partition.into());
        let (workflow, name) = partition.rsplit_once('/').ok_or_else(lost)?;
        let machine = self.shared.machine(workflow)?;
        let journal = &self.shared.journal;
        let input = journal.input(partition).await.map_err(unavailable)?.ok_or_else(lost)?;
        let record = journal.record(partition, EXECUTION).await.map_err(unavailable)?.ok_or_else(lost)?;
        let run = Run::claim(self.shared.clone(), machine, workflow, name, &record);
        self.spawn(run, input, record);
        Ok(true)
    }

    /// Answers a start under a name that is taken.
    async fn start_again(&self, partition: &str, input: &Value) -> Result<(), WorkflowError> {
        let known = self.shared.journal.input(partition).await.map_err(unavailable)?;
        if known.as_ref() != Some(input) {
            let problem = format!("{partition} was started with another input: choose another name");
            return Err(WorkflowError::Invalid(problem));
        }
        let record = self.shared.journal.record(partition, EXECUTION).await.map_err(unavailable)?;
        if record.is_some_and(|record| matches!(record.stage, Stage::At(_))) {
            // A start that was given up after its write left it to whoever comes next.
            self.continue_execution(partition).await?;
        }
        Ok(())
    }
}

impl Shared {
    fn machine(&self, workflow: &str) -> Result<Arc<Machine>, WorkflowError> {
        let machine = self.machines.get(workflow).cloned();
        machine.ok_or_else(|| WorkflowError::NotFound(workflow.into()))
    }

    fn live(&self) -> MutexGuard<'_, HashMap<String, Arc<watch::Sender<Execution>>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Workflows for Runner {
    async fn start(&self, workflow: &str, name: &str, input: Value) -> Result<(), WorkflowError> {
        let machine = self.shared.machine(workflow)?;
        workflow::validate_name(name)?;
        check_input(&input)?;
        let turn = self.begin().await?;
        let partition = format!("{workflow}/{name}");
        let now = self.shared.clock.now();
        let position = Position::start(&machine.graph.start_at, input.clone(), now);
        let record = Record { started: now, written: now, stage: Stage::At(position), progress: Vec::new() };
        match self.shared.journal.begin(&partition, &input, &record).await {
            Ok(()) => {
                let run = Run::claim(self.shared.clone(), machine, workflow, name, &record);
                self.spawn(run, input, record);
            }
            Err(TableError::Conflict(_)) => self.start_again(&partition, &input).await?,
            Err(error) => return Err(unavailable(error)),
        }
        drop(turn);
        Ok(())
    }

    async fn describe(&self, workflow: &str, name: &str) -> Result<Execution, WorkflowError> {
        self.shared.machine(workflow)?;
        workflow::validate_name(name)?;
        let partition = format!("{workflow}/{name}");
        let live = self.shared.live().get(&partition).cloned();
        if let Some(live) = live {
            // Nothing goes on until it is written down: who asks learns what is in the way.
            let trouble = self.shared.journal.trouble(&partition).await;
            let execution = live.borrow().clone();
            return match trouble {
                Some(error) if execution.status == Status::Running => Err(unavailable(error)),
                _ => Ok(execution),
            };
        }
        let record = self.shared.journal.record(&partition, EXECUTION).await.map_err(unavailable)?;
        record.map(|record| described(&record)).ok_or(WorkflowError::NotFound(partition))
    }
}

fn check_input(input: &Value) -> Result<(), WorkflowError> {
    let size = failure::size(input);
    if size <= MAX_PAYLOAD {
        return Ok(());
    }
    Err(WorkflowError::Invalid(format!("the input has {size} bytes of JSON, at most {MAX_PAYLOAD} are allowed")))
}

fn unavailable(error: TableError) -> WorkflowError {
    WorkflowError::Unavailable(error.to_string())
}

fn stopped() -> WorkflowError {
    WorkflowError::Unavailable("the runner has stopped; the execution continues when it is resumed".into())
}
