//! Simulated viewers: households with tastes, and what they do with what they are shown.
//!
//! The model, whose every draw is a hash of a seed and of what it is for, so that the same seed
//! makes the same households, tastes and visits, and the same page the same choice:
//!
//! - A **household** has one to four profiles. Their tastes have a part in common. Of three and
//!   more, the later ones may be children.
//! - A **taste** is a weight for each genre, and four more numbers for what no genre tells (which is
//!   what plays of other viewers can teach a model and attributes cannot).
//! - A title's **appeal** is exponential over titles, as popularity is; newer ones have a little more.
//!   What a viewer expects of a title is taste, appeal and a draw of the moment together.
//! - A **visit** falls on some evenings, fewer afternoons; a viewer comes daily or seldom. One in four
//!   begins with a search for a title the viewer has in mind, begun or whole, three in ten with a typo;
//!   who does not find it spells it out, then browses.
//! - **Browsing** looks from the top left on, and ends after each row and each title with some
//!   probability: what stands first is seen most. Of what was seen the best is played, if it is better
//!   than doing something else. What was begun draws a viewer back.
//! - **Watching** ends early the sooner, the less the title is to the viewer's taste, which also makes
//!   ratings.
//!
//! No clock and no I/O: who calls shows the pages and sends the events.
#![deny(missing_docs)]

mod audience;
mod chance;
mod choice;
mod film;
mod household;
mod search;
mod taste;
mod visit;
mod watch;

pub use audience::Audience;
pub use choice::{Browsed, Chosen, Seen, Shown};
pub use household::{Household, MARK, Member, households};
pub use search::Search;
pub use visit::{Visit, visits};
pub use watch::Watching;

/// A day, in milliseconds.
pub const DAY_MS: reel_api::Millis = 24 * 3_600 * 1_000;
