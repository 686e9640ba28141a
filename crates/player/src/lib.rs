//! The headless player behind `reel play` and `reel verify`.
//!
//! [`play`] plays a title as a television would, in real time or over a recorded network,
//! and reports every segment. [`verify`] fetches every rendition in full and proves that
//! it is complete, contiguous, decryptable and decodable. Both speak to the platform only
//! over HTTP, and read CMAF, encryption and manifests with code of their own: they are the
//! judge of what the rest of the platform makes.
#![deny(missing_docs)]

mod cmaf;
mod decode;
mod error;
mod fetch;
mod manifest;
mod platform;
mod play;
mod timeline;
mod title;
mod trace;
mod verify;

pub use error::PlayerError;
pub use play::{Options, Report, SegmentLine, play};
pub use trace::Trace;
pub use verify::{RenditionVerdict, Verdict, frame_hashes, verify};
