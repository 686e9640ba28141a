//! A walk through the states of a machine, or of one item of a Map.

use super::context::Identity;
use super::execution::Run;
use super::journal::{EXECUTION, Position, Record, Stage, item_row};
use super::{retry, sleep_until};
use crate::data::{Scope, Select};
use crate::failure::{Failure, within_limit};
use crate::machine::{Choice, Fail, Graph, Io, Next, Pass, State, Until, Wait, Work, parse_millis};
use reel_capabilities::Millis;
use serde_json::Value;
use std::sync::Arc;

/// The most states that one walk enters, so that a circle of states ends, as AWS ends one
/// at 25,000 events.
const MAX_STEPS: u32 = 12_500;

pub(super) struct Frame<'a> {
    pub(super) run: &'a Run,
    pub(super) graph: &'a Graph,
    /// `STEP.RETRY/INDEX` of each Map around it; empty for the execution itself.
    pub(super) path: String,
    pub(super) started: Millis,
    pub(super) identity: Arc<Identity>,
    /// The item of the inline Map around it.
    pub(super) item: Option<(usize, Value)>,
}

impl Frame<'_> {
    /// Walks on from a position until the end.
    ///
    /// The outcome of every work is journalled before anything else is begun: with the
    /// position of the next state that works or waits, or as the end by the caller. The
    /// states between follow from their input alone and are computed again after a kill.
    pub(super) async fn walk(&self, mut at: Position) -> Result<Value, Failure> {
        let mut journalled = true;
        loop {
            let state = self.state(&at)?;
            self.enter(&at.state);
            if !journalled && matches!(state, State::Task(_) | State::Map(_) | State::Wait(_)) {
                at.at = self.run.shared.clock.now();
                self.save(&at).await;
                journalled = true;
            }
            let next = match state.work() {
                Some(work) => {
                    journalled = false;
                    self.work(state, work, &mut at).await?
                }
                None => self.pass_through(state, &mut at).await?,
            };
            match next {
                Next::State(name) => at.advance(name),
                Next::End => return Ok(at.data),
            }
        }
    }

    fn state(&self, at: &Position) -> Result<&State, Failure> {
        if at.step >= MAX_STEPS {
            return Err(Failure::runtime(format!(
                "more than {MAX_STEPS} states were entered: does the machine circle?"
            )));
        }
        let state = self.graph.states.get(&at.state);
        state.ok_or_else(|| Failure::runtime(format!("the machine has no state {:?} any more", at.state)))
    }

    /// Journals a position.
    async fn save(&self, at: &Position) {
        self.record(Stage::At(at.clone())).await;
    }

    /// Journals where the walk stands, or how it ended.
    pub(super) async fn record(&self, stage: Stage) -> Record {
        let (sort, progress) = match self.is_top() {
            true => (EXECUTION.to_owned(), self.run.progress()),
            false => (item_row(&self.path), Vec::new()),
        };
        let record = Record { started: self.started, written: self.run.shared.clock.now(), stage, progress };
        self.run.shared.journal.save(&self.run.partition, &sort, &record).await;
        record
    }

    pub(super) fn is_top(&self) -> bool {
        self.path.is_empty()
    }

    fn enter(&self, state: &str) {
        if self.is_top() {
            self.run.enter(state, !matches!(self.graph.states.get(state), Some(State::Map(_))));
        }
    }

    fn leave(&self, state: &str) {
        if self.is_top() {
            self.run.leave(state);
        }
    }

    /// The path of the current attempt of a state.
    pub(super) fn attempt_path(&self, at: &Position) -> String {
        let separator = if self.is_top() { "" } else { "/" };
        format!("{}{separator}{:05}.{:02}", self.path, at.step, at.retries())
    }

    /// What names an invocation.
    pub(super) fn invocation(&self, at: &Position) -> String {
        format!("{}/{}/{}", self.run.partition, self.attempt_path(at), at.state)
    }

    /// Does the work of a Task or Map, again where a retrier says so.
    async fn work(&self, state: &State, work: &Work, at: &mut Position) -> Result<Next, Failure> {
        loop {
            sleep_until(&*self.run.shared.clock, at.wake_at).await;
            let failure = match self.attempt(state, work, at).await {
                Ok(output) => {
                    at.data = output;
                    self.leave(&at.state);
                    return Ok(work.next.clone());
                }
                Err(failure) => failure,
            };
            let seed = self.invocation(at);
            let Some(delay) = retry::next_attempt(&work.retry, &failure, at, &seed) else {
                return self.catch(work, failure, at);
            };
            tracing::warn!(invocation = seed, error = failure.error, cause = failure.cause, delay, "trying again");
            at.wake_at = Some(self.run.shared.clock.now().saturating_add(delay));
            self.save(at).await;
        }
    }

    async fn attempt(&self, state: &State, work: &Work, at: &Position) -> Result<Value, Failure> {
        let result = match state {
            State::Map(map) => self.map(map, at).await?,
            State::Task(task) => self.invoke(task, at).await?,
            _ => return Err(Failure::runtime("this state does no work")),
        };
        self.work_output(work, at, result)
    }

    fn work_output(&self, work: &Work, at: &Position, result: Value) -> Result<Value, Failure> {
        let context = self.context(at);
        let result = match &work.result_selector {
            Some(selector) => selector.eval(Scope { input: &result, context: &context })?,
            None => result,
        };
        let data = work.result_path.apply(at.data.clone(), result)?;
        self.select("OutputPath", &work.io.output, &data, at)
    }

    fn catch(&self, work: &Work, failure: Failure, at: &mut Position) -> Result<Next, Failure> {
        let Some(catcher) = work.catch.iter().find(|catcher| failure.is_among(&catcher.errors)) else {
            return Err(failure);
        };
        let data = catcher.result_path.apply(at.data.clone(), failure.to_value())?;
        at.data = within_limit("the caught error with the data", data)?;
        Ok(Next::State(catcher.next.clone()))
    }

    /// Goes through a state that does no work.
    async fn pass_through(&self, state: &State, at: &mut Position) -> Result<Next, Failure> {
        // A circle of such states must not keep others from running.
        tokio::task::yield_now().await;
        let (data, next) = match state {
            State::Pass(pass) => self.pass(pass, at)?,
            State::Choice(choice) => self.choose(choice, at)?,
            State::Wait(wait) => self.wait(wait, at).await?,
            State::Succeed(io) => (self.through(io, at)?, Next::End),
            State::Fail(fail) => return Err(self.fail(fail, at)?),
            State::Task(_) | State::Map(_) => return Err(Failure::runtime("this state does work")),
        };
        at.data = data;
        self.leave(&at.state);
        Ok(next)
    }

    fn select(&self, field: &str, select: &Select, data: &Value, at: &Position) -> Result<Value, Failure> {
        let context = self.context(at);
        let selected = select.get(field, Scope { input: data, context: &context })?.into_owned();
        within_limit(&format!("what {field} of state {:?} selects", at.state), selected)
    }

    /// The data as it leaves a state that only selects.
    fn through(&self, io: &Io, at: &Position) -> Result<Value, Failure> {
        let input = self.select("InputPath", &io.input, &at.data, at)?;
        self.select("OutputPath", &io.output, &input, at)
    }

    fn pass(&self, pass: &Pass, at: &Position) -> Result<(Value, Next), Failure> {
        let context = self.context(at);
        let input = self.select("InputPath", &pass.io.input, &at.data, at)?;
        let input = match &pass.parameters {
            Some(parameters) => parameters.eval(Scope { input: &input, context: &context })?,
            None => input,
        };
        let result = pass.result.clone().unwrap_or(input);
        let data = pass.result_path.apply(at.data.clone(), result)?;
        Ok((self.select("OutputPath", &pass.io.output, &data, at)?, pass.next.clone()))
    }

    fn choose(&self, choice: &Choice, at: &Position) -> Result<(Value, Next), Failure> {
        let context = self.context(at);
        let input = self.select("InputPath", &choice.io.input, &at.data, at)?;
        let mut chosen = choice.default.as_ref();
        for (test, next) in &choice.rules {
            if test.holds(Scope { input: &input, context: &context })? {
                chosen = Some(next);
                break;
            }
        }
        let missing = || Failure::new("States.NoChoiceMatched", format!("no rule of state {:?} holds", at.state));
        let next = Next::State(chosen.ok_or_else(missing)?.clone());
        Ok((self.select("OutputPath", &choice.io.output, &input, at)?, next))
    }

    /// Waits; when it ends is journalled first, so that a kill makes it no longer.
    async fn wait(&self, wait: &Wait, at: &mut Position) -> Result<(Value, Next), Failure> {
        if at.wake_at.is_none() {
            at.wake_at = Some(self.wait_end(wait, at)?);
            self.save(at).await;
        }
        sleep_until(&*self.run.shared.clock, at.wake_at).await;
        Ok((self.through(&wait.io, at)?, wait.next.clone()))
    }

    fn wait_end(&self, wait: &Wait, at: &Position) -> Result<Millis, Failure> {
        let context = self.context(at);
        let input = self.select("InputPath", &wait.io.input, &at.data, at)?;
        let scope = Scope { input: &input, context: &context };
        let after = |seconds: u64| self.run.shared.clock.now().saturating_add(seconds.saturating_mul(1_000));
        let unfit = |what: &str, value: &Value| Failure::runtime(format!("a Wait wants {what}, not {value}"));
        match &wait.until {
            Until::Seconds(seconds) => Ok(after(*seconds)),
            Until::Time(time) => Ok(*time),
            Until::SecondsAt(path) => {
                let seconds = path.get("SecondsPath", scope)?;
                seconds.as_u64().map(after).ok_or_else(|| unfit("whole seconds", &seconds))
            }
            Until::TimeAt(path) => {
                let time = path.get("TimestampPath", scope)?;
                time.as_str().and_then(parse_millis).ok_or_else(|| unfit("a time in RFC 3339", &time))
            }
        }
    }

    /// The failure that a Fail state makes.
    fn fail(&self, fail: &Fail, at: &Position) -> Result<Failure, Failure> {
        let context = self.context(at);
        let text = |template: &Option<crate::data::Template>| {
            let value = template.as_ref().map(|t| t.eval(Scope { input: &at.data, context: &context })).transpose()?;
            match value {
                None => Ok(String::new()),
                Some(Value::String(text)) => Ok(text),
                Some(other) => {
                    Err(Failure::runtime(format!("ErrorPath and CausePath must find a string, not {other}")))
                }
            }
        };
        let failure = Failure::new(text(&fail.error)?, text(&fail.cause)?);
        self.leave(&at.state);
        Ok(failure)
    }
}
