//! Ranking: what a viewer would watch next, from what all viewers have watched.
//!
//! Each model learns from [`Interactions`] (users x items, sparse, weighted), gives every item a
//! score for one viewer's history, and is kept as bytes ([`Model::to_bytes`]). A history need not
//! be one that was learnt from: a viewer's next hour counts without training anew. No I/O and no
//! clock; the same interactions, settings and seed give the same model.
//!
//! Users and items are numbered from 0. [`learn`] numbers titles, chooses a model for how much is
//! known, and gives both as one [`TitleModel`].
#![deny(missing_docs)]

mod als;
mod blend;
mod bytes;
mod co_watched;
mod ease;
mod histories;
mod interactions;
mod invert;
mod item_item;
mod item_matrix;
mod learn;
mod liking;
mod matrix;
mod model;
mod own_model;
mod popularity;
mod random;
mod scores;
mod spectral;
mod title_model;

pub use als::{Als, AlsSettings};
pub use blend::{Blend, BlendError};
pub use bytes::{FormatError, checksum};
pub use co_watched::CoWatched;
pub use ease::{EaseSettings, train_ease};
pub use histories::{TitleKey, Watched, histories_from_bytes, histories_to_bytes};
pub use interactions::{Entry, Interaction, InteractionError, Interactions};
pub use item_item::{ItemItemSettings, train_item_item};
pub use item_matrix::ItemMatrix;
pub use learn::{LearnError, MAX_TITLES, MIN_VIEWERS, learn, train_blend};
pub use liking::{RATED, played};
pub use model::{FORMAT_VERSION, Model};
pub use own_model::OwnModel;
pub use popularity::Popularity;
pub use scores::{Ranked, Scores};
pub use spectral::{Spectral, SpectralSettings};
pub use title_model::TitleModel;

/// Why a model could not be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// There is no user, or no item.
    #[error("there is nothing to learn from")]
    Empty,
    /// A setting is out of its range; the setting's name.
    #[error("the setting {0} is out of its range")]
    Setting(&'static str),
    /// The equations have no solution in 32-bit numbers: the ridge is too small for the weights.
    #[error("the ridge is too small for interactions of such weight")]
    Unsolvable,
}

/// A setting in its range, or the error that names it.
fn in_range(name: &'static str, holds: bool) -> Result<(), TrainError> {
    if holds { Ok(()) } else { Err(TrainError::Setting(name)) }
}
