//! What can be wrong with the input.

/// Why something could not be learned, chosen or evaluated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExplorationError {
    /// A setting is outside its range: its name, and what would be right.
    #[error("{0} must be {1}")]
    Setting(&'static str, &'static str),
    /// A context has the wrong length.
    #[error("the context has {found} numbers, not {expected}")]
    Dimensions {
        /// How many numbers a context has here.
        expected: usize,
        /// How many this one has.
        found: usize,
    },
    /// A context or a reward has a number that is infinite, NaN or beyond ±10⁶.
    #[error("a context or reward is not a number between -1e6 and 1e6")]
    Number,
    /// There is nothing to choose from, or the candidates are not in ascending order.
    #[error("candidates are arm numbers in ascending order, at least one")]
    Candidates,
    /// There is no arm with this number, or it was not a candidate.
    #[error("arm {0} is not there to choose")]
    Arm(usize),
    /// Saved sums do not have the length that their dimensions ask for, or come from no possible contexts.
    #[error("the saved sums are damaged")]
    Sums,
    /// A propensity is not above 0 and at most 1.
    #[error("a propensity is above 0 and at most 1, not {0}")]
    Propensity(f64),
    /// A policy did not give one probability for each candidate, all from 0 to 1, with a sum of 1.
    #[error("a policy's probabilities are one for each candidate and have a sum of 1")]
    Probabilities,
    /// A log has fewer than two decisions.
    #[error("an evaluation takes two decisions or more, not {0}")]
    Short(usize),
    /// The policy would never have done what the log did.
    #[error("the log has no decision that the policy would have taken")]
    Overlap,
    /// A decision of a log is wrong: its number, counted from 0, and why.
    #[error("decision {0} of the log: {1}")]
    Logged(usize, Box<ExplorationError>),
    /// There are more successes than trials, or more trials than 10¹².
    #[error("{successes} successes of {trials} trials: successes are among the trials, of which 1e12 are the most")]
    Counts {
        /// How often it was shown.
        trials: u64,
        /// How often that was a success.
        successes: u64,
    },
    /// A test or a segment of it has the wrong number of candidates.
    #[error("a test compares {expected} candidates, not {found}")]
    Compared {
        /// How many candidates the test has; 2 when it has too few.
        expected: usize,
        /// How many came.
        found: usize,
    },
}

/// The greatest magnitude of a number in a context and of a reward: squares of them, added up, stay exact enough.
const LIMIT: f64 = 1e6;

/// Checks that numbers are finite and of a sensible size.
pub(crate) fn check_numbers(numbers: &[f64]) -> Result<(), ExplorationError> {
    let fine = numbers.iter().all(|number| number.abs() <= LIMIT);
    if fine { Ok(()) } else { Err(ExplorationError::Number) }
}
