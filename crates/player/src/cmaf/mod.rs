//! CMAF as a player reads it (ISO/IEC 14496-12 and 23000-19), and common encryption
//! undone (ISO/IEC 23001-7). Written apart from the packager, so that one checks the other.

mod boxes;
mod cenc;
mod init;
mod nal;
mod segment;

pub(crate) use cenc::decrypt;
pub(crate) use init::Init;
pub(crate) use nal::check_sample;
pub(crate) use segment::Segment;

/// Why bytes are not what a CMAF track holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CmafError {
    /// A box or a field ends after its container.
    #[error("cut short at byte {0}")]
    Short(usize),
    /// A box that must be there is not.
    #[error("there is no {0} box")]
    Missing(&'static str),
    /// A sample lies outside of the segment.
    #[error("sample {0} lies outside of the segment")]
    Outside(usize),
    /// The fragments of a segment do not join.
    #[error("a fragment begins at {found}, the one before ends at {expected}")]
    Gap { expected: u64, found: u64 },
    /// The samples and their encryption do not fit together.
    #[error("sample {0} has encryption ranges that do not cover it exactly")]
    Ranges(usize),
    /// The units of a sample do not end where it ends.
    #[error("sample {0}: its units end {1}")]
    Units(usize, &'static str),
    /// A scheme that this player does not know.
    #[error("protection scheme {0:?} is neither cbcs nor cenc")]
    Scheme(String),
}
