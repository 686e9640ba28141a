//! Search over the titles: as one types, forgiving typos, in one process's memory.
//!
//! An [`Index`] is made from [`Document`]s and never changes: [`Index::with`] answers a
//! new one that shares what is old, so a reader swaps one pointer. Every word of a query
//! counts, the last one as a prefix. An exact title comes first, then titles that begin so,
//! then words in titles, people, genres, descriptions. No clock, no I/O, no thread.
#![deny(missing_docs)]

mod document;
mod edits;
mod facets;
mod fold;
mod highlight;
mod index;
mod part;
mod phrases;
mod query;
mod rank;
mod score;
mod terms;

pub use document::Document;
pub use facets::{Count, Facets};
pub use index::{Index, SearchError};
pub use phrases::{Suggestion, SuggestionKind};
pub use query::{Filter, Found, Hit, Query, Taste};
