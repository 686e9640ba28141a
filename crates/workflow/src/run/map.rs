//! A Map: the same states for every item.

use super::context::Identity;
use super::frame::Frame;
use super::journal::{Position, Record, Stage};
use crate::failure::{Failure, within_limit};
use crate::machine::MapState;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// One attempt of a Map.
pub(super) struct MapRun<'a> {
    pub(super) map: &'a MapState,
    pub(super) at: &'a Position,
    /// The Map's effective input.
    pub(super) input: &'a Value,
    pub(super) items: &'a [Value],
    /// What names this attempt.
    pub(super) path: String,
}

/// How the items ended so far.
pub(super) struct Tally {
    pub(super) ended: Vec<Option<Record>>,
    done: usize,
    failed: usize,
}

type Finished = (usize, Record);

impl Frame<'_> {
    /// The result of a Map.
    pub(super) async fn map(&self, map: &MapState, at: &Position) -> Result<Value, Failure> {
        let input = self.map_input(map, at)?;
        let path = self.attempt_path(at);
        let items = self.items(map, at, &input, &path).await?;
        let run = MapRun { map, at, input: &input, items: &items, path };
        let mut known = self.run.shared.journal.items(&self.run.partition, &run.path).await;
        let mut tally = Tally::new(items.len(), &mut known);
        self.work_off(&run, known, &mut tally).await?;
        match &map.writer {
            Some(location) => self.export(&run, location, &tally).await,
            None => within_limit("the array of the items' results", tally.outputs()),
        }
    }

    fn map_input(&self, map: &MapState, at: &Position) -> Result<Value, Failure> {
        let context = self.context(at);
        let scope = crate::data::Scope { input: &at.data, context: &context };
        Ok(map.work.io.input.get("InputPath", scope)?.into_owned())
    }

    /// Walks every item that has not ended, some at a time. The first failure too many
    /// ends the Map; items under way are dropped.
    async fn work_off(
        &self,
        run: &MapRun<'_>,
        mut known: HashMap<usize, Record>,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let mut waiting =
            (0..run.items.len()).filter(|index| tally.ended_at(*index).is_none()).collect::<Vec<_>>().into_iter();
        let mut active: FuturesUnordered<BoxFuture<'_, Finished>> = FuturesUnordered::new();
        self.show(run, tally);
        loop {
            tally.check(run.map)?;
            while active.len() < self.concurrency(run.map) {
                let Some(index) = waiting.next() else { break };
                active.push(self.item(run, index, known.remove(&index))?);
            }
            let Some((index, record)) = active.next().await else {
                return Ok(());
            };
            tally.add(index, record);
            self.show(run, tally);
        }
    }

    /// How many items are walked at a time: the machine's limit and the runner's both hold.
    fn concurrency(&self, map: &MapState) -> usize {
        let limit = self.run.shared.concurrency.get();
        if map.max_concurrency == 0 { limit } else { map.max_concurrency.min(limit) }
    }

    fn show(&self, run: &MapRun, tally: &Tally) {
        if self.is_top() {
            self.run.count(&run.at.state, run.items.len() as u32, tally.done as u32);
        }
    }

    /// The walk of one item, from where the journal has it.
    fn item<'f>(
        &'f self,
        run: &'f MapRun<'_>,
        index: usize,
        known: Option<Record>,
    ) -> Result<BoxFuture<'f, Finished>, Failure> {
        let item = run.items.get(index).unwrap_or(&Value::Null);
        let input = self.item_input(run.map, run.at, run.input, (index, item))?;
        let now = self.run.shared.clock.now();
        let started = known.as_ref().map_or(now, |record| record.started);
        let position = match known {
            Some(Record { stage: Stage::At(position), .. }) => position,
            _ => Position::start(&run.map.processor.start_at, input.clone(), run.at.at),
        };
        let frame = Frame {
            run: self.run,
            graph: &run.map.processor,
            path: format!("{}/{index:06}", run.path),
            started,
            identity: self.item_identity(run, index, input, started),
            item: (!run.map.distributed).then(|| (index, item.clone())),
        };
        Ok(Box::pin(async move {
            let outcome = frame.walk(position).await;
            (index, frame.record(outcome.into()).await)
        }))
    }

    fn item_identity(&self, run: &MapRun, index: usize, input: Value, started: u64) -> Arc<Identity> {
        if !run.map.distributed {
            return self.identity.clone();
        }
        let name = self.item_name(run, index);
        Arc::new(Identity::of_item(&self.run.workflow, run.label(), name, input, started))
    }

    /// The name of the execution that an item of a distributed Map is.
    pub(super) fn item_name(&self, run: &MapRun, index: usize) -> String {
        self.stable_id(&format!("{}/{index:06}", run.path))
    }

    /// An id that is the same after a kill.
    pub(super) fn stable_id(&self, path: &str) -> String {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}/{path}", self.run.partition).as_bytes()).to_string()
    }
}

impl MapRun<'_> {
    pub(super) fn label(&self) -> &str {
        self.map.label.as_deref().unwrap_or(&self.at.state)
    }
}

impl Tally {
    /// Takes the items that ended from those that the journal knows.
    fn new(total: usize, known: &mut HashMap<usize, Record>) -> Self {
        let mut tally = Self { ended: vec![None; total], done: 0, failed: 0 };
        let ended: Vec<_> = known.extract_if(|_, record| !matches!(record.stage, Stage::At(_))).collect();
        for (index, record) in ended {
            tally.add(index, record);
        }
        tally
    }

    fn ended_at(&self, index: usize) -> Option<&Record> {
        self.ended.get(index)?.as_ref()
    }

    fn add(&mut self, index: usize, record: Record) {
        self.done += 1;
        self.failed += usize::from(matches!(record.stage, Stage::Failed(_)));
        if let Some(slot) = self.ended.get_mut(index) {
            *slot = Some(record);
        }
    }

    /// The Map's failure, when more items failed than may.
    fn check(&self, map: &MapState) -> Result<(), Failure> {
        let percentage = 100.0 * self.failed as f64 / self.ended.len().max(1) as f64;
        let within = match (map.tolerated_count, map.tolerated_percentage) {
            (None, None) => self.failed == 0,
            (count, part) => {
                count.is_none_or(|most| self.failed as u64 <= most) && part.is_none_or(|most| percentage <= most)
            }
        };
        let failure = |(index, record): (usize, &Option<Record>)| match &record.as_ref()?.stage {
            Stage::Failed(failure) => Some(of_map(map, index, failure)),
            _ => None,
        };
        let first = || self.ended.iter().enumerate().find_map(failure);
        if within { Ok(()) } else { first().map_or(Ok(()), Err) }
    }

    /// The items' outputs, in order. An item whose failure is tolerated gives what a Catch would.
    fn outputs(&self) -> Value {
        let output = |record: &Record| match &record.stage {
            Stage::Done(output) => output.clone(),
            Stage::Failed(failure) => failure.to_value(),
            Stage::At(_) => Value::Null,
        };
        self.ended.iter().flatten().map(output).collect()
    }
}

/// A Map fails as its item did; a distributed one says that too many items failed.
fn of_map(map: &MapState, index: usize, failure: &Failure) -> Failure {
    if !map.distributed {
        return failure.clone();
    }
    let Failure { error, cause } = failure;
    let cause = format!("the tolerated failure threshold was exceeded: item {index}: {error}: {cause}");
    Failure::new("States.ExceedToleratedFailureThreshold", cause)
}
