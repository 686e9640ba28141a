//! What takes part, and with which parameters. Ours were chosen on the validation part alone.

use reel_ranking::{
    Als, AlsSettings, EaseSettings, Interactions, ItemItemSettings, Model, Popularity, Spectral, SpectralSettings,
    TrainError, train_blend, train_ease, train_item_item,
};

/// Trains a model from a seed.
pub(crate) type Train = fn(&Interactions, u64) -> Result<Model, TrainError>;

/// The blend of three models.
pub(crate) const REEL: &str = "reel";

/// How many weights of EASE an item keeps where the model is to be small.
pub(crate) const TRUNCATED: usize = 200;

/// Reel's models, by name.
pub(crate) const MODELS: [(&str, Train); 8] = [
    ("popularity", |history, _| Ok(Model::Popularity(Popularity::train(history)))),
    ("item-item", |history, _| train_item_item(history, &ItemItemSettings::default()).map(Model::Items)),
    ("plain EASE", |history, _| train_ease(history, &PLAIN).map(Model::Items)),
    ("EASE", |history, _| train_ease(history, &EaseSettings::default()).map(Model::Items)),
    ("ALS", |history, seed| Als::train(history, &AlsSettings { seed, ..AlsSettings::default() }).map(Model::Als)),
    ("spectral", |history, seed| {
        Spectral::train(history, &SpectralSettings { seed, ..SpectralSettings::default() }).map(Model::Spectral)
    }),
    (REEL, |history, seed| blend(history, seed, None)),
    ("reel, truncated", |history, seed| blend(history, seed, Some(TRUNCATED))),
];

/// The published model, with the ridge that its peers' grid chose.
const PLAIN: EaseSettings = EaseSettings { ridge: 300.0, popularity_power: 0.0, activity_power: 0.0, dropout: 0.0 };

/// The blend that Reel trains, from a seed. `keep` is how many weights of EASE an item keeps, if not all.
pub(crate) fn blend(history: &Interactions, seed: u64, keep: Option<usize>) -> Result<Model, TrainError> {
    let (als, spectral) =
        (AlsSettings { seed, ..AlsSettings::default() }, SpectralSettings { seed, ..SpectralSettings::default() });
    train_blend(history, &EaseSettings::default(), keep, &als, &spectral)
}
