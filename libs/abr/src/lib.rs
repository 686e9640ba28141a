//! Adaptive bitrate: which rendition of the next segment to fetch, and when.
//!
//! The throughput of the network is followed as a distribution, not as a number; each
//! choice is the one whose next half minute is worth most over that distribution, in the
//! currency of the viewer: quality, stalls and changes. No clock and no I/O: the caller
//! says what it measured. Times are milliseconds of any one clock, rates bits per second.
#![no_std]
#![deny(missing_docs)]

mod abandon;
mod abr;
mod ladder;
mod plan;
mod settings;
mod throughput;

pub use abandon::Progress;
pub use abr::{Abr, Decision, Reason, State};
pub use ladder::{Ladder, LadderError, MAX_RUNGS};
pub use settings::{Settings, Tuning};
pub use throughput::Download;
