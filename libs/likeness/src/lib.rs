//! Which titles are alike, by what is known of them alone: genres, people, themes, tone, the
//! words that tell of them, the year. No plays and no ratings, so a new title has its place at once.
//!
//! [`Likeness::build`] turns each title into a sparse vector, in which every kind of
//! feature has a fixed weight; two titles are as alike as their vectors agree,
//! which [`Likeness::alike`] lists. Several watched titles together are a [`Profile`].
#![deny(missing_docs)]

mod features;
mod likeness;
mod stem;
mod themes;
mod vector;

pub use likeness::{Alike, Likeness};
pub use vector::Profile;
