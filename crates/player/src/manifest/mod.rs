//! What is there to play: DASH manifests (ISO/IEC 23009-1), and HLS playlists (RFC 8216)
//! to hold against them.

mod dash;
mod hls;
mod xml;

pub(crate) use dash::{Base, Kind, Manifest, Rendition};
pub(crate) use hls::{HlsTrack, playlists, track};

/// A time or a duration: ticks, and ticks a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks {
    pub(crate) ticks: u64,
    pub(crate) per_second: u32,
}

impl Ticks {
    pub(crate) fn seconds(self) -> f64 {
        self.ticks as f64 / f64::from(self.per_second)
    }

    pub(crate) fn ms(self) -> f64 {
        self.seconds() * 1_000.0
    }
}

impl PartialEq for Ticks {
    /// Exact, whatever the two count in.
    fn eq(&self, other: &Self) -> bool {
        u128::from(self.ticks) * u128::from(other.per_second) == u128::from(other.ticks) * u128::from(self.per_second)
    }
}

/// A segment as a manifest announces it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SegmentEntry {
    /// Relative to each pathway's base.
    pub(crate) path: String,
    pub(crate) number: u64,
    /// Where it begins in its track's own time.
    pub(crate) time: Ticks,
    pub(crate) duration: Ticks,
}
