//! Items that the same people watch.

use crate::ease::weighted_gram;
use crate::{Interactions, ItemMatrix, TrainError, in_range};

/// How alike two items must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemItemSettings {
    /// How many items speak for each one; at least 1.
    pub neighbours: usize,
    /// What is added to the norm, in watchers: above 0, few shared watchers say little. At least 0.
    pub shrinkage: f32,
}

impl Default for ItemItemSettings {
    fn default() -> Self {
        Self { neighbours: 200, shrinkage: 20.0 }
    }
}

/// The cosine of the items' columns, shrunk, for the nearest neighbours of each.
///
/// # Errors
/// When there is nothing to learn from, or a setting is out of its range.
pub fn train_item_item(interactions: &Interactions, settings: &ItemItemSettings) -> Result<ItemMatrix, TrainError> {
    in_range("neighbours", settings.neighbours > 0)?;
    in_range("shrinkage", settings.shrinkage >= 0.0 && settings.shrinkage.is_finite())?;
    if interactions.is_empty() {
        return Err(TrainError::Empty);
    }
    let mut gram = weighted_gram(interactions, &vec![1.0; interactions.users()]);
    let norms: Vec<f32> = (0..gram.rows()).map(|item| gram.get(item, item).sqrt()).collect();
    for (item, norm) in norms.iter().enumerate() {
        for (weight, other) in gram.row_mut(item).iter_mut().zip(&norms) {
            // Of an item that nobody watched, all weights are 0 already.
            if *weight > 0.0 {
                *weight /= norm * other + settings.shrinkage;
            }
        }
        gram.set(item, item, 0.0);
    }
    Ok(ItemMatrix::dense(gram).truncated(settings.neighbours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Interaction};

    #[test]
    fn what_the_same_people_watch_is_near() {
        // Items 0 and 1 share both watchers, 0 and 2 one of them; nobody watched 3.
        let pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)];
        let matrix =
            Interactions::new(2, 4, pairs.map(|(user, item)| Interaction { user, item, weight: 1.0 })).unwrap();
        let of = |neighbours, shrinkage| {
            let model = train_item_item(&matrix, &ItemItemSettings { neighbours, shrinkage }).unwrap();
            model.score(&[Entry { index: 0, weight: 1.0 }])
        };
        let expected = [0.0, 1.0, 1.0 / 2f32.sqrt(), 0.0];
        assert!(of(4, 0.0).iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-6), "{:?}", of(4, 0.0));
        assert!((of(4, 2.0)[1] - 0.5).abs() < 1e-6);
        assert_eq!(of(1, 0.0)[2], of(4, 0.0)[2], "each item keeps its own nearest");
        let none = ItemItemSettings { neighbours: 0, shrinkage: 0.0 };
        assert_eq!(train_item_item(&matrix, &none), Err(TrainError::Setting("neighbours")));
    }
}
