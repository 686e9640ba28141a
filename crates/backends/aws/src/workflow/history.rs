//! How far an execution is, read from its history.
//!
//! The history is one list of events, each with the event that led to it. Those of states within
//! a Map stand between those of the Map: they are told by what they follow from. What is counted
//! is what the local runner counts.

use aws_sdk_sfn::types::{HistoryEvent, HistoryEventType as Type, MapRunItemCounts};
use reel_capabilities::workflow::Progress;
use std::collections::HashMap;

/// A history, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct History {
    states: Vec<Entered>,
    /// Which of them the execution is at.
    at: Option<usize>,
    seen: HashMap<i64, Seen>,
}

/// A state of the machine that was entered.
#[derive(Debug)]
pub(super) struct Entered {
    progress: Progress,
    /// Whether it was left, but for an error.
    is_done: bool,
    /// The Map Run that has the items, of a distributed Map.
    run: Option<String>,
}

/// What an event is to those that follow from it.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    /// It is about one item of a Map, or one branch.
    is_within: bool,
    is_failure: bool,
}

impl History {
    /// Takes the next event.
    pub(super) fn see(&mut self, event: &HistoryEvent) {
        let before = self.seen.get(&event.previous_event_id).copied().unwrap_or_default();
        let is_within = self.take(event, before);
        self.seen.insert(event.id, Seen { is_within, is_failure: is_failure(&event.r#type) });
    }

    /// Counts an event, and yields whether what follows from it is within a Map.
    fn take(&mut self, event: &HistoryEvent, before: Seen) -> bool {
        if let Some(entered) = event.state_entered_event_details() {
            if !before.is_within {
                self.enter(&entered.name, &event.r#type);
            }
            return before.is_within;
        }
        if let Some(exited) = event.state_exited_event_details() {
            let Some(state) = self.current().filter(|state| state.progress.state == exited.name) else {
                return before.is_within;
            };
            // A state that was left by way of its Catch is not done.
            state.is_done = !before.is_failure;
            return false;
        }
        match event.r#type {
            Type::MapIterationStarted | Type::ParallelStateStarted => return true,
            Type::ExecutionRedriven => return false,
            Type::MapIterationSucceeded | Type::MapIterationFailed => self.count(event),
            _ if before.is_within => {}
            Type::MapStateStarted => self.begin(event),
            Type::MapRunStarted | Type::MapRunRedriven => self.run(event),
            _ => {}
        }
        before.is_within
    }

    fn current(&mut self) -> Option<&mut Entered> {
        self.states.get_mut(self.at?)
    }

    /// A state that is entered again begins again, in its old place.
    fn enter(&mut self, name: &str, of: &Type) {
        // How many items a Map has, it tells when it has started; a Fail state has no exit.
        let (total, is_done) = (u32::from(*of != Type::MapStateEntered), *of == Type::FailStateEntered);
        let entered = Entered { progress: Progress { state: name.into(), total, done: 0 }, is_done, run: None };
        let known = self.states.iter().position(|state| state.progress.state == name);
        match known.and_then(|index| self.states.get_mut(index)) {
            Some(state) => *state = entered,
            None => self.states.push(entered),
        }
        self.at = known.or(self.states.len().checked_sub(1));
    }

    /// An attempt at a Map. A distributed one that reads its items from a bucket has none yet.
    fn begin(&mut self, event: &HistoryEvent) {
        let length = event.map_state_started_event_details().map_or(0, |details| details.length);
        if let Some(state) = self.current() {
            (state.progress.total, state.progress.done) = (length.try_into().unwrap_or(0), 0);
        }
    }

    fn count(&mut self, event: &HistoryEvent) {
        let details = event.map_iteration_succeeded_event_details().or(event.map_iteration_failed_event_details());
        let name = details.and_then(|details| details.name());
        // A Map within a Map counts for itself, which nobody asks.
        if let Some(state) = self.current().filter(|state| Some(state.progress.state.as_str()) == name) {
            state.progress.done += 1;
        }
    }

    /// An attempt at a distributed Map.
    fn run(&mut self, event: &HistoryEvent) {
        let started = event.map_run_started_event_details().and_then(|details| details.map_run_arn());
        let redriven = event.map_run_redriven_event_details().and_then(|details| details.map_run_arn());
        if let (Some(state), Some(arn)) = (self.current(), started.or(redriven)) {
            state.run = Some(arn.into());
        }
    }

    /// The states entered so far, in the order in which each was entered first.
    pub(super) fn states(&mut self) -> &mut [Entered] {
        &mut self.states
    }

    /// How far they are.
    pub(super) fn progress(self) -> Vec<Progress> {
        self.states.into_iter().map(Entered::progress).collect()
    }
}

impl Entered {
    /// The Map Run that knows how many items are done.
    pub(super) fn map_run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// Takes what a Map Run tells. An item that failed is done, one that was aborted is not.
    pub(super) fn tell(&mut self, items: &MapRunItemCounts) {
        let done = items.succeeded + items.failed + items.timed_out;
        self.progress.total = items.total.try_into().unwrap_or(0);
        self.progress.done = done.try_into().unwrap_or(0);
    }

    fn progress(self) -> Progress {
        let Progress { state, total, done } = self.progress;
        Progress { state, total, done: if self.is_done { total } else { done.min(total) } }
    }
}

/// `TaskFailed`, `LambdaFunctionTimedOut`, `MapStateFailed`, …
fn is_failure(event: &Type) -> bool {
    ["Failed", "TimedOut"].iter().any(|end| event.as_str().ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sfn::primitives::DateTime;
    use aws_sdk_sfn::types::{
        MapIterationEventDetails, MapRunStartedEventDetails, MapStateStartedEventDetails, StateEnteredEventDetails,
        StateExitedEventDetails,
    };

    /// An event, the one that led to it, its type, and a state's or Map Run's name or a length.
    type Line = (i64, i64, Type, &'static str);

    fn event((id, before, of, detail): Line) -> HistoryEvent {
        let event = HistoryEvent::builder().id(id).previous_event_id(before).timestamp(DateTime::from_secs(id));
        let item = || MapIterationEventDetails::builder().name(detail).build();
        let event = match &of {
            Type::MapStateStarted => {
                let length = detail.parse().expect("a length");
                event.map_state_started_event_details(MapStateStartedEventDetails::builder().length(length).build())
            }
            Type::MapRunStarted => {
                event.map_run_started_event_details(MapRunStartedEventDetails::builder().map_run_arn(detail).build())
            }
            Type::MapIterationSucceeded => event.map_iteration_succeeded_event_details(item()),
            Type::MapIterationFailed => event.map_iteration_failed_event_details(item()),
            of if of.as_str().ends_with("StateEntered") => event.state_entered_event_details(
                StateEnteredEventDetails::builder().name(detail).build().expect("complete"),
            ),
            of if of.as_str().ends_with("StateExited") => event
                .state_exited_event_details(StateExitedEventDetails::builder().name(detail).build().expect("complete")),
            _ => event,
        };
        event.r#type(of).build().expect("complete")
    }

    fn history(lines: &[Line]) -> History {
        let mut history = History::default();
        lines.iter().cloned().map(event).for_each(|event| history.see(&event));
        history
    }

    fn told(history: History) -> Vec<(String, u32, u32)> {
        history.progress().into_iter().map(|state| (state.state, state.total, state.done)).collect()
    }

    fn is(state: &str, total: u32, done: u32) -> (String, u32, u32) {
        (state.into(), total, done)
    }

    #[test]
    fn a_task_that_failed_and_was_caught_is_not_done() {
        let probe = [
            (1, 0, Type::ExecutionStarted, ""),
            (2, 0, Type::TaskStateEntered, "Probe"),
            (3, 2, Type::LambdaFunctionScheduled, ""),
            (4, 3, Type::LambdaFunctionStarted, ""),
            (5, 4, Type::LambdaFunctionFailed, ""),
        ];
        assert_eq!(told(history(&probe)), [is("Probe", 1, 0)]);
        let caught = [
            (6, 5, Type::TaskStateExited, "Probe"),
            (7, 6, Type::TaskStateEntered, "MarkFailed"),
            (8, 7, Type::LambdaFunctionScheduled, ""),
            (9, 8, Type::LambdaFunctionSucceeded, ""),
            (10, 9, Type::TaskStateExited, "MarkFailed"),
            (11, 10, Type::FailStateEntered, "Failed"),
            (12, 11, Type::ExecutionFailed, ""),
        ];
        let expected = [is("Probe", 1, 0), is("MarkFailed", 1, 1), is("Failed", 1, 1)];
        assert_eq!(told(history(&[&probe[..], &caught].concat())), expected);
        let mended = [(6, 5, Type::LambdaFunctionScheduled, ""), (7, 6, Type::LambdaFunctionSucceeded, "")];
        let exited = [(8, 7, Type::TaskStateExited, "Probe")];
        assert_eq!(told(history(&[&probe[..], &mended, &exited].concat())), [is("Probe", 1, 1)]);
    }

    #[test]
    fn a_map_run_tells_how_many_items_there_are() {
        let mut history = history(&[
            (1, 0, Type::MapStateEntered, "EncodeAll"),
            (2, 1, Type::MapStateStarted, "0"),
            (3, 2, Type::MapRunStarted, "arn:first"),
            (4, 3, Type::MapRunFailed, ""),
            (5, 4, Type::MapRunStarted, "arn:second"),
        ]);
        let state = &mut history.states()[0];
        assert_eq!(state.map_run(), Some("arn:second"), "of the last attempt");
        let items = MapRunItemCounts::builder().total(120).succeeded(7).failed(2).running(9).aborted(1).pending(101);
        state.tell(&items.timed_out(0).results_written(0).build());
        assert_eq!(told(history), [is("EncodeAll", 120, 9)]);
    }

    #[test]
    fn states_of_items_are_not_told_even_where_they_mix() {
        let running = [
            (1, 0, Type::MapStateEntered, "Each"),
            (2, 1, Type::MapStateStarted, "3"),
            (3, 2, Type::MapIterationStarted, "Each"),
            (4, 2, Type::MapIterationStarted, "Each"),
            (5, 3, Type::PassStateEntered, "Item"),
            (6, 4, Type::MapStateEntered, "Inner"),
            (7, 6, Type::MapStateStarted, "9"),
            (8, 5, Type::PassStateExited, "Item"),
            (9, 7, Type::MapIterationStarted, "Inner"),
            (10, 9, Type::MapIterationSucceeded, "Inner"),
            (11, 8, Type::MapIterationSucceeded, "Each"),
        ];
        assert_eq!(told(history(&running)), [is("Each", 3, 1)]);
        let ended = [
            (12, 10, Type::MapStateExited, "Inner"),
            (13, 12, Type::MapIterationFailed, "Each"),
            (14, 13, Type::MapStateFailed, ""),
            (15, 14, Type::MapStateExited, "Each"),
            (16, 15, Type::PassStateEntered, "After"),
        ];
        assert_eq!(told(history(&[&running[..], &ended].concat())), [is("Each", 3, 2), is("After", 1, 0)]);
    }
}
