//! What to show in order to learn: contextual bandits, offline evaluation of what they logged, and A/B/n tests.
//!
//! - [`Bandit`] chooses among arms for a context, by linear Thompson sampling or LinUCB. Each [`Decision`] carries
//!   the exact probability with which it was taken, never 0 for an arm that may be shown.
//! - [`evaluate`] reads a log of such decisions and says what another [`Policy`] would have earned.
//! - [`Test`] compares the click rates of candidates, and may be looked at whenever one likes; [`Test::choose`] gives
//!   the candidate for all, and the one for each segment of viewers that differs.
//!
//! No clock, no I/O. What is random comes from the caller's seeds; the same calls give the same answers.
#![deny(missing_docs)]

mod bandit;
mod best;
mod error;
mod evaluate;
mod evidence;
mod factor;
mod linear;
mod policy;
mod segments;
mod settings;
mod test;

pub use bandit::{Bandit, Decision};
pub use error::ExplorationError;
pub use evaluate::{Estimate, Evaluation, Logged, evaluate};
pub use evidence::{Counts, Prior};
pub use linear::Sums;
pub use policy::{Policy, always, uniform};
pub use segments::{Choice, SegmentChoice};
pub use settings::{Exploration, Settings};
pub use test::{Standing, Test, Verdict};
