//! Runs Amazon States Language workflows, durably.
//!
//! [`Machine::load`] reads a state machine (JSONPath query language,
//! <https://states-language.net/spec.html>) and refuses at once whatever this runner does
//! not execute. [`Runner`] executes it: it implements
//! [`Workflows`](reel_capabilities::workflow::Workflows) over a journal in the `workflow`
//! table, so that a killed process continues where it was and no finished task is invoked
//! again.
//!
//! Where the specification leaves room, the behaviour is that of AWS Step Functions: which
//! errors a wildcard matches, what a distributed Map answers, the 256 KB a payload may have.
#![deny(missing_docs)]

mod data;
mod failure;
mod machine;
mod run;

pub use machine::{LoadError, Machine};
pub use run::{Runner, TaskError, Tasks};
