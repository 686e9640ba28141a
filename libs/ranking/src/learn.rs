//! From what viewers watched to a model: which one depends on how much is known.

use crate::histories::{TitleKey, Watched};
use crate::{
    Als, AlsSettings, Blend, EaseSettings, Interaction, InteractionError, Interactions, ItemMatrix, Model, Popularity,
    Spectral, SpectralSettings, TitleModel, TrainError, train_ease,
};
use std::collections::HashMap;
use std::thread;

/// From so many viewers on who watched two titles or more there is a model.
pub const MIN_VIEWERS: usize = 20;
/// Of more titles, those that most viewers watched are learnt of: the equations' size is their square.
pub const MAX_TITLES: usize = 12_000;

/// From so many viewers and titles on three models are better than one.
const BLEND_VIEWERS: usize = 200;
const BLEND_TITLES: usize = 100;
/// Up to so many titles all weights between them are kept, and of more so many for each.
const ALL_WEIGHTS: usize = 1_024;
const KEPT_WEIGHTS: usize = 200;
/// The viewers of the data that the ridge was tuned with: fewer are held back less.
const TUNED_VIEWERS: f32 = 943.0;

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LearnError {
    /// Too few viewers watched two titles or more; how many did.
    #[error("only {0} viewers watched two titles or more: a model needs {MIN_VIEWERS}")]
    TooFew(usize),
    /// The equations have no solution.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// There are too many viewers.
    #[error(transparent)]
    Interactions(#[from] InteractionError),
}

/// Learns from histories: EASE from few, a blend of EASE, ALS and a spectral model from many. The
/// same histories in the same order give the same model.
///
/// # Errors
/// When there are too few, or they cannot be learnt from.
pub fn learn(histories: &[Vec<Watched>]) -> Result<TitleModel, LearnError> {
    let telling: Vec<_> = histories.iter().filter(|history| counted(history).count() > 1).collect();
    if telling.len() < MIN_VIEWERS {
        return Err(LearnError::TooFew(telling.len()));
    }
    let titles = most_watched(histories);
    let items: HashMap<&TitleKey, u32> = titles.iter().zip(0..).collect();
    let interactions = interactions(&telling, &items)?;
    let model = model(&interactions)?;
    let all: Vec<_> = histories.iter().collect();
    let popularity = Popularity::train(&self::interactions(&all, &items)?);
    Ok(TitleModel::new(titles, popularity, model).expect("each part is of these titles"))
}

fn counted(history: &[Watched]) -> impl Iterator<Item = &Watched> {
    history.iter().filter(|watched| watched.weight > 0.0 && watched.weight.is_finite())
}

/// The titles that most viewers watched, most first.
fn most_watched(histories: &[Vec<Watched>]) -> Vec<TitleKey> {
    let mut watchers: HashMap<TitleKey, u32> = HashMap::new();
    for watched in histories.iter().flat_map(|history| counted(history)) {
        *watchers.entry(watched.title).or_default() += 1;
    }
    let mut titles: Vec<_> = watchers.into_iter().collect();
    titles.sort_unstable_by_key(|&(title, watchers)| (std::cmp::Reverse(watchers), title));
    titles.truncate(MAX_TITLES);
    titles.into_iter().map(|(title, _)| title).collect()
}

fn interactions(
    histories: &[&Vec<Watched>],
    items: &HashMap<&TitleKey, u32>,
) -> Result<Interactions, InteractionError> {
    let entries = histories.iter().zip(0..).flat_map(|(history, user)| {
        let known = counted(history).filter_map(|watched| Some((*items.get(&watched.title)?, watched.weight)));
        known.map(move |(item, weight)| Interaction { user, item, weight })
    });
    Interactions::new(histories.len(), items.len(), entries)
}

fn model(interactions: &Interactions) -> Result<Model, TrainError> {
    let EaseSettings { ridge, .. } = EaseSettings::default();
    let ridge = ridge * (interactions.users() as f32 / TUNED_VIEWERS).min(1.0);
    let ease = EaseSettings { ridge, ..EaseSettings::default() };
    let keep = (interactions.items() > ALL_WEIGHTS).then_some(KEPT_WEIGHTS);
    if interactions.users() < BLEND_VIEWERS || interactions.items() < BLEND_TITLES {
        return kept(interactions, &ease, keep).map(Model::Items);
    }
    train_blend(interactions, &ease, keep, &AlsSettings::default(), &SpectralSettings::default())
}

/// EASE, ALS and a spectral model, each counting the same. EASE takes as long as the others together and more: it
/// learns on a thread of its own where there are threads. `keep` is how many of its weights an item keeps, if not all.
///
/// # Errors
/// When one of them cannot be trained.
pub fn train_blend(
    interactions: &Interactions,
    ease: &EaseSettings,
    keep: Option<usize>,
    als: &AlsSettings,
    spectral: &SpectralSettings,
) -> Result<Model, TrainError> {
    let train_ease = || kept(interactions, ease, keep);
    let (ease, als, spectral) = thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, train_ease);
        let (als, spectral) = (Als::train(interactions, als), Spectral::train(interactions, spectral));
        let ease = match beside {
            Ok(ease) => ease.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => train_ease(),
        };
        (ease, als, spectral)
    });
    let parts = vec![(1.0, Model::Items(ease?)), (1.0, Model::Als(als?)), (1.0, Model::Spectral(spectral?))];
    Ok(Model::Blend(Blend::new(parts).expect("three plain models of the same items")))
}

fn kept(interactions: &Interactions, ease: &EaseSettings, keep: Option<usize>) -> Result<ItemMatrix, TrainError> {
    let ease = train_ease(interactions, ease)?;
    Ok(keep.map(|keep| ease.truncated(keep)).unwrap_or(ease))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(n: u32) -> TitleKey {
        let mut title = [0; 16];
        title[..4].copy_from_slice(&n.to_be_bytes());
        title
    }

    /// Viewers of two tastes: each watched three of every four titles of its half.
    fn households(viewers: u32, titles: u32) -> Vec<Vec<Watched>> {
        let history = |viewer: u32| {
            let own = (0..titles).filter(move |n| n % 2 == viewer % 2 && !(n / 2 + viewer / 2).is_multiple_of(4));
            own.map(|n| Watched { title: title(n), weight: 1.0 }).collect()
        };
        (0..viewers).map(history).collect()
    }

    fn even(titles: &[(TitleKey, f32)]) -> usize {
        titles.iter().filter(|(title, _)| title[3].is_multiple_of(2)).count()
    }

    #[test]
    fn few_are_learnt_from_by_one_model_and_many_by_three() {
        for (viewers, titles, blend) in [(30, 24, false), (200, 100, true)] {
            let model = learn(&households(viewers, titles)).unwrap();
            let seen: Vec<Watched> = (0..4).map(|n| Watched { title: title(2 * n), weight: 1.0 }).collect();
            let next = model.rank(&seen, 5, &[title(8)]);
            assert_eq!((next.len(), even(&next)), (5, 5), "{viewers}");
            assert!(next.iter().all(|(next, _)| *next != title(8) && seen.iter().all(|seen| seen.title != *next)));
            let bytes = model.to_bytes();
            assert_eq!(TitleModel::from_bytes(&bytes), Ok(model.clone()));
            assert!(TitleModel::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            assert_eq!(matches!(model.model(), Model::Blend(_)), blend);
        }
    }

    #[test]
    fn too_few_give_none() {
        let mut few = households(19, 8);
        few.extend([vec![Watched { title: title(1), weight: 1.0 }], Vec::new()]);
        assert_eq!(learn(&few), Err(LearnError::TooFew(19)));
    }

    #[test]
    fn who_watched_one_title_counts_for_what_is_popular() {
        let mut histories = households(20, 8);
        histories.extend((0..50).map(|_| vec![Watched { title: title(77), weight: 1.0 }]));
        let model = learn(&histories).unwrap();
        assert_eq!(model.popular(1), [(title(77), 50.0)]);
        assert!(model.rank(&[], 3, &[]).is_empty() && model.knows(&title(77)) && !model.knows(&title(78)));
    }
}
