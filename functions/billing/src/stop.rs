//! Why work on an intent stops.

use crate::stripe::Failure;
use reel_sdk::Problem;

/// Why work stops: for good, or until somebody goes on with it.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It is over, and this is what came of it.
    Refused(Problem),
    /// Nobody knows yet: the same steps again will tell.
    Later(Problem),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure.is_passing() {
            true => Self::Later(failure.into()),
            false => Self::Refused(failure.into()),
        }
    }
}

/// What our own rows refuse is tried again.
impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        match problem.status {
            400..500 => Self::Refused(problem),
            _ => Self::Later(problem),
        }
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(problem) | Stop::Later(problem) => problem,
        }
    }
}
