//! What events say, counted in windows of their own time.
//!
//! An event becomes [`Fact`]s, a fact becomes counts in [`Cell`]s, a cell is one row of a
//! table. Counting is adding, and each fact is known by its key, so neither order nor doubles
//! nor how a stream is cut into batches matter ([`Chunk`]). What a play did belongs to the
//! moment it began, and what a viewer saw or asked to the moment it happened; what comes more
//! than [`LATENESS_MS`] behind the [`watermark`] is counted as late, and nowhere else.
#![deny(missing_docs)]

mod cell;
mod chunk;
mod fact;
mod watermark;
mod window;

pub use cell::{Cell, Counts, Dimension};
pub use chunk::{Chunk, Tally};
pub use fact::{Fact, Figure, facts};
pub use watermark::{LATENESS_MS, OUT_OF_ORDER_MS, is_late, watermark};
pub use window::Width;
