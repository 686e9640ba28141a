//! The Common Media Application Format (ISO/IEC 23000-19): init segments, fragments, and
//! the cutting of an encoder's chunks into segments.

pub(crate) mod boxes;
mod codec;
mod cutter;
mod fragment;
mod grid;
mod init;

pub use cutter::{Cutter, Span};
pub(crate) use fragment::Aux;
pub use fragment::{Fragment, Sample};
pub use grid::{AAC_FRAME, Grid};
pub(crate) use init::ENTRY_PATH;
pub use init::{Init, TrackKind};
