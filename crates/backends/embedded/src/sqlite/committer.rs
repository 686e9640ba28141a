//! Group commit: the work of many callers goes to the disk in one transaction.

use super::{Failure, failure};
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// How many callers stand in the queue before the next one waits for a place.
const QUEUE: usize = 256;
/// No more work joins a group that holds so many bytes.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// One caller's work.
trait Job: Send {
    fn bytes(&self) -> usize;
    fn execute(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    fn settle(self: Box<Self>, outcome: Result<(), Failure>);
}

struct Call<T, E, W, C> {
    bytes: usize,
    work: Option<W>,
    done: Option<Result<T, E>>,
    committed: C,
    answer: oneshot::Sender<Result<Result<T, E>, Failure>>,
}

impl<T, E, W, C> Job for Call<T, E, W, C>
where
    T: Send,
    E: Send,
    W: FnOnce(&Connection) -> rusqlite::Result<Result<T, E>> + Send,
    C: FnOnce(&T) + Send,
{
    fn bytes(&self) -> usize {
        self.bytes
    }

    fn execute(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(work) = self.work.take() {
            self.done = Some(work(connection)?);
        }
        Ok(())
    }

    fn settle(self: Box<Self>, outcome: Result<(), Failure>) {
        let Call { done, committed, answer, .. } = *self;
        if let (Ok(()), Some(Ok(done))) = (&outcome, &done) {
            committed(done);
        }
        let missing = || Failure("the work was not begun".into());
        // A caller that has gone does not need its answer.
        let _ = answer.send(outcome.and_then(|()| done.ok_or_else(missing)));
    }
}

/// The one thread that writes to a database.
pub(crate) struct Committer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    path: Arc<PathBuf>,
}

impl Committer {
    pub(super) fn start(connection: Connection, path: Arc<PathBuf>) -> Result<Self, Failure> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let shown = Arc::clone(&path);
        let thread = thread::Builder::new()
            .name("sqlite-commit".into())
            .spawn(move || commit_groups(connection, queue, &shown))
            .map_err(|error| Failure(format!("{}: no thread can be started: {error}", path.display())))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), path })
    }

    /// Does `work` within a transaction that other callers may share, and answers once
    /// that is on the disk. Work that answers `Err` must have changed nothing. `committed`
    /// runs after the commit even when the caller has gone by then.
    pub(crate) async fn run<T, E>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Connection) -> rusqlite::Result<Result<T, E>> + Send + 'static,
        committed: impl FnOnce(&T) + Send + 'static,
    ) -> Result<Result<T, E>, Failure>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let stopped = || Failure(format!("{}: the writing thread has stopped", self.path.display()));
        let (answer, answered) = oneshot::channel();
        let call = Call { bytes, work: Some(work), done: None, committed, answer };
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Box::new(call)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Committer {
    /// Finishes the work in the queue, so that the files are at rest afterwards.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn commit_groups(mut connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>, path: &Path) {
    while let Some(first) = queue.blocking_recv() {
        let mut group = gather(first, &mut queue);
        let outcome = commit(&mut connection, &mut group).map_err(|error| failure(&error, path));
        group.into_iter().for_each(|job| job.settle(outcome.clone()));
    }
}

fn gather(first: Box<dyn Job>, queue: &mut mpsc::Receiver<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
    let mut bytes = first.bytes();
    let mut group = vec![first];
    while bytes < GROUP_BYTES && group.len() < QUEUE {
        let Ok(job) = queue.try_recv() else { break };
        bytes += job.bytes();
        group.push(job);
    }
    group
}

fn commit(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in group {
        job.execute(&transaction)?;
    }
    transaction.commit()
}
