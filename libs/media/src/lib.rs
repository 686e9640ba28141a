//! CMAF segments, common encryption, manifests and the bitrate ladder.
//!
//! Pure: no input or output, no clock. It compiles natively and to WebAssembly.
//!
//! - [`plan`] and [`ladder`] decide how a film is encoded;
//! - [`chunk`] cuts and protects what an encoder wrote, with [`cmaf`] and [`cenc`];
//! - [`package`] joins the chunks into a delivery index;
//! - [`manifest`] makes of that index what a [`device`] can play.
#![deny(missing_docs)]

pub mod cenc;
pub mod chunk;
pub mod cmaf;
pub mod device;
mod error;
pub mod ladder;
pub mod manifest;
pub mod package;
pub mod plan;
pub mod timing;

pub use cmaf::{Fragment, Grid, Init, Sample};
pub use error::MediaError;
