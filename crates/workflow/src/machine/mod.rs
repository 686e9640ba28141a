//! A state machine as it was loaded: everything in it is known to be executable.

mod choice;
mod error;
mod fields;
mod graph;
mod handlers;
mod load;
mod map;
mod rule;
mod states;

pub use error::LoadError;

pub(crate) use choice::{Test, parse_millis};
pub(crate) use handlers::{Catcher, Retrier};
pub(crate) use map::{Items, Location, MapState};

use crate::data::{Path, ResultPath, Select, Template};
use reel_capabilities::Millis;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A state machine, checked whole.
#[derive(Debug, Clone)]
pub struct Machine {
    pub(crate) graph: Graph,
    /// How long an execution may take.
    pub(crate) timeout: Option<Duration>,
}

/// States that lead to one another.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    pub(crate) start_at: String,
    pub(crate) states: BTreeMap<String, State>,
}

#[derive(Debug, Clone)]
pub(crate) enum State {
    Task(Task),
    Map(Box<MapState>),
    Pass(Pass),
    Choice(Choice),
    Wait(Wait),
    Succeed(Io),
    Fail(Fail),
}

/// What of the data enters and leaves a state.
#[derive(Debug, Clone)]
pub(crate) struct Io {
    pub(crate) input: Select,
    pub(crate) output: Select,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    State(String),
    End,
}

/// What Task and Map have in common: they do work, which may fail.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) io: Io,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Catcher>,
    pub(crate) next: Next,
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) function: String,
    pub(crate) parameters: Option<Template>,
    /// Whether the answer stands in a `Payload`, as `lambda:invoke` has it.
    pub(crate) wrapped: bool,
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) struct Pass {
    pub(crate) io: Io,
    pub(crate) parameters: Option<Template>,
    pub(crate) result: Option<Value>,
    pub(crate) result_path: ResultPath,
    pub(crate) next: Next,
}

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) io: Io,
    pub(crate) rules: Vec<(Test, String)>,
    pub(crate) default: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Wait {
    pub(crate) io: Io,
    pub(crate) until: Until,
    pub(crate) next: Next,
}

/// When a Wait ends.
#[derive(Debug, Clone)]
pub(crate) enum Until {
    Seconds(u64),
    SecondsAt(Path),
    Time(Millis),
    TimeAt(Path),
}

#[derive(Debug, Clone)]
pub(crate) struct Fail {
    pub(crate) error: Option<Template>,
    pub(crate) cause: Option<Template>,
}

impl State {
    /// The state's work, for the kinds that do any.
    pub(crate) fn work(&self) -> Option<&Work> {
        match self {
            Self::Task(task) => Some(&task.work),
            Self::Map(map) => Some(&map.work),
            _ => None,
        }
    }

    /// The states that may follow.
    fn successors(&self) -> Vec<&str> {
        let next = match self {
            Self::Choice(choice) => {
                let ruled = choice.rules.iter().map(|(_, next)| next.as_str());
                return ruled.chain(choice.default.as_deref()).collect();
            }
            Self::Pass(pass) => Some(&pass.next),
            Self::Wait(wait) => Some(&wait.next),
            Self::Task(_) | Self::Map(_) => self.work().map(|work| &work.next),
            Self::Succeed(_) | Self::Fail(_) => None,
        };
        let caught = self.work().into_iter().flat_map(|work| &work.catch).map(|c| c.next.as_str());
        let follows = next.and_then(|next| match next {
            Next::State(name) => Some(name.as_str()),
            Next::End => None,
        });
        follows.into_iter().chain(caught).collect()
    }
}
