//! Each item as a linear function of all the others: ridge regression, solved in one step.
//!
//! After Steck's EASE, with the three places opened at which plain EASE treats all alike: how much
//! a busy viewer counts, how strongly a popular item is held back, and how far an item may rest on
//! a single other one.

use crate::invert::invert;
use crate::matrix::{Matrix, add_scaled};
use crate::{Entry, Interactions, ItemMatrix, TrainError, in_range};

/// Items whose lines are computed at once.
const AT_ONCE: usize = 8;

/// How the regression is held back. With the last three at 0 it is plain EASE. The defaults were
/// tuned with `bench/personal`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EaseSettings {
    /// The penalty on each squared weight, in watchers; above 0.
    pub ridge: f32,
    /// The penalty of an item grows with this power of its popularity over the mean one; 0..=1.
    pub popularity_power: f32,
    /// A viewer counts with this power of one over the size of the history; 0..=1.
    pub activity_power: f32,
    /// As if each item of a history were forgotten with this probability when another is
    /// predicted: the weights spread over more items; at least 0, below 1.
    pub dropout: f32,
}

impl Default for EaseSettings {
    fn default() -> Self {
        Self { ridge: 150.0, popularity_power: 0.5, activity_power: 0.5, dropout: 0.0 }
    }
}

/// The matrix of the regression. Where there are fewer users than items, their equations are
/// solved instead; it is the same matrix.
///
/// # Errors
/// When there is nothing to learn from, or a setting is out of its range, or the ridge is too
/// small for the numbers.
pub fn train_ease(interactions: &Interactions, settings: &EaseSettings) -> Result<ItemMatrix, TrainError> {
    let unit = 0.0..=1.0;
    in_range("ridge", settings.ridge > 0.0 && settings.ridge.is_finite())?;
    in_range("popularity_power", unit.contains(&settings.popularity_power))?;
    in_range("activity_power", unit.contains(&settings.activity_power))?;
    in_range("dropout", (0.0..1.0).contains(&settings.dropout))?;
    if interactions.is_empty() {
        return Err(TrainError::Empty);
    }
    let activity = activity_weights(interactions, settings.activity_power);
    let penalties = penalties(&squares(interactions, &activity), settings);
    let solved = if interactions.users() < interactions.items() {
        by_users(interactions, &activity, &penalties)
    } else {
        by_items(interactions, &activity, &penalties)
    };
    let mut weights = solved.ok_or(TrainError::Unsolvable)?;
    (0..weights.rows()).for_each(|item| weights.set(item, item, 0.0));
    if weights.values().iter().all(|weight| weight.is_finite()) {
        Ok(ItemMatrix::dense(weights))
    } else {
        Err(TrainError::Unsolvable)
    }
}

/// How much each user counts; 1 in the mean.
fn activity_weights(interactions: &Interactions, power: f32) -> Vec<f32> {
    let sizes = interactions.histories().map(|history| history.iter().map(|entry| entry.weight).sum::<f32>());
    let mut weights: Vec<f32> = sizes.map(|size| if size > 0.0 { libm::powf(size, -power) } else { 0.0 }).collect();
    let active = weights.iter().filter(|&&weight| weight > 0.0).count() as f32;
    let mean = weights.iter().sum::<f32>() / active;
    weights.iter_mut().for_each(|weight| *weight /= mean);
    weights
}

/// The diagonal of the weighted Gram matrix.
fn squares(interactions: &Interactions, activity: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0; interactions.items()];
    for (history, activity) in interactions.histories().zip(activity) {
        for entry in history {
            sums[entry.index as usize] += activity * entry.weight * entry.weight;
        }
    }
    sums
}

/// What is added to the diagonal.
fn penalties(squares: &[f32], settings: &EaseSettings) -> Vec<f32> {
    let seen = squares.iter().filter(|&&square| square > 0.0);
    let mean = seen.clone().sum::<f32>() / seen.count() as f32;
    let odds = settings.dropout / (1.0 - settings.dropout);
    let of = |&square: &f32| {
        // An item that nobody watched has no weights to hold back.
        let relative = if square > 0.0 { square / mean } else { 1.0 };
        settings.ridge * libm::powf(relative, settings.popularity_power) + odds * square
    };
    squares.iter().map(of).collect()
}

/// The items' Gram matrix, each user counting as `activity` says.
pub(crate) fn weighted_gram(interactions: &Interactions, activity: &[f32]) -> Matrix {
    let mut gram = Matrix::zeros(interactions.items(), interactions.items());
    for (history, activity) in interactions.histories().zip(activity) {
        for one in history {
            let row = gram.row_mut(one.index as usize);
            for other in history {
                row[other.index as usize] += activity * one.weight * other.weight;
            }
        }
    }
    gram
}

/// With P the inverse of the Gram matrix plus penalties, the weights are -P_ij / P_jj.
fn by_items(interactions: &Interactions, activity: &[f32], penalties: &[f32]) -> Option<Matrix> {
    let mut matrix = weighted_gram(interactions, activity);
    for (item, penalty) in penalties.iter().enumerate() {
        matrix.set(item, item, matrix.get(item, item) + penalty);
    }
    invert(&mut matrix)?;
    let scales: Vec<f32> = (0..matrix.rows()).map(|item| -1.0 / matrix.get(item, item)).collect();
    for item in 0..matrix.rows() {
        matrix.row_mut(item).iter_mut().zip(&scales).for_each(|(weight, scale)| *weight *= scale);
    }
    Some(matrix)
}

/// The same by Woodbury's identity: with A the interactions over the roots of the penalties and
/// Q = A^T (1 + A A^T)^-1 A, the weights are Q_ij / (1 - Q_jj) * sqrt(penalty_j / penalty_i).
fn by_users(interactions: &Interactions, activity: &[f32], penalties: &[f32]) -> Option<Matrix> {
    let roots: Vec<f32> = penalties.iter().map(|penalty| penalty.sqrt()).collect();
    let scaled = interactions.histories().zip(activity).map(|(history, activity)| {
        let mut row = history.to_vec();
        row.iter_mut().for_each(|entry| entry.weight *= activity.sqrt() / roots[entry.index as usize]);
        row
    });
    let scaled = Interactions::from_rows(interactions.items(), scaled);
    let mut inverse = weighted_gram(&scaled.transposed(), &vec![1.0; scaled.items()]);
    (0..inverse.rows()).for_each(|user| inverse.set(user, user, inverse.get(user, user) + 1.0));
    invert(&mut inverse)?;
    let mut weights = sandwich(&inverse, &scaled);
    let rests: Vec<f32> = (0..weights.rows()).map(|item| 1.0 - weights.get(item, item)).collect();
    for (item, root) in roots.iter().enumerate() {
        let scales = roots.iter().zip(&rests).map(|(other, rest)| other / (root * rest));
        weights.row_mut(item).iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale);
    }
    rests.iter().all(|&rest| rest > 0.0).then_some(weights)
}

/// A^T M A, for a symmetric M: half of it is computed, the other half is the same. Some items at once, since their
/// weights for one user lie side by side then.
fn sandwich(middle: &Matrix, sparse: &Interactions) -> Matrix {
    let items = sparse.items();
    let mut product = Matrix::zeros(items, items);
    let columns = sparse.transposed();
    let histories: Vec<&[Entry]> = columns.histories().collect();
    let mut line = vec![0.0; middle.columns()];
    let mut lines = vec![[0.0; AT_ONCE]; middle.columns()];
    for (first, block) in (0..items).step_by(AT_ONCE).zip(histories.chunks(AT_ONCE)) {
        for (lane, watchers) in block.iter().enumerate() {
            line.fill(0.0);
            watchers.iter().for_each(|user| add_scaled(&mut line, user.weight, middle.row(user.index as usize)));
            lines.iter_mut().zip(&line).for_each(|(lanes, value)| lanes[lane] = *value);
        }
        for (other, others) in histories.iter().enumerate().take(first + block.len()) {
            let mut sums = [0.0; AT_ONCE];
            for user in *others {
                let lanes = &lines[user.index as usize];
                sums.iter_mut().zip(lanes).for_each(|(sum, value)| *sum += user.weight * value);
            }
            product.row_mut(other)[first..first + block.len()].copy_from_slice(&sums[..block.len()]);
        }
    }
    for row in 0..items {
        (0..row).for_each(|column| product.set(row, column, product.get(column, row)));
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interaction;
    use crate::random::Random;

    fn made_up(users: u32, items: u32) -> Interactions {
        let mut random = Random::new(3);
        let pairs = (0..users).flat_map(|user| (0..items).map(move |item| (user, item)));
        let watched: Vec<_> =
            pairs.filter(|(user, item)| random.signed() > 0.3 + ((user + item) % 3) as f32 * 0.2).collect();
        let weighted =
            watched.into_iter().map(|(user, item)| Interaction { user, item, weight: 1.0 + (item % 2) as f32 });
        Interactions::new(users as usize, items as usize, weighted).unwrap()
    }

    const SETTINGS: EaseSettings =
        EaseSettings { ridge: 5.0, popularity_power: 0.5, activity_power: 0.5, dropout: 0.2 };

    #[test]
    fn users_and_items_give_the_same_matrix() {
        let matrix = made_up(40, 30);
        let activity = activity_weights(&matrix, 0.5);
        let penalties = penalties(&squares(&matrix, &activity), &SETTINGS);
        let one = by_items(&matrix, &activity, &penalties).unwrap();
        let other = by_users(&matrix, &activity, &penalties).unwrap();
        for i in 0..30 {
            for j in (0..30).filter(|&j| j != i) {
                assert!((one.get(i, j) - other.get(i, j)).abs() < 1e-4, "{} {}", one.get(i, j), other.get(i, j));
            }
        }
    }

    /// Each column is the minimum of its squared error plus penalties: there the gradient is 0.
    #[test]
    fn the_weights_minimise_the_penalised_error() {
        let matrix = made_up(40, 30);
        let model = train_ease(&matrix, &SETTINGS).unwrap();
        let activity = activity_weights(&matrix, 0.5);
        let penalties = penalties(&squares(&matrix, &activity), &SETTINGS);
        let gram = weighted_gram(&matrix, &activity);
        let rows: Vec<_> = (0..30).map(|index| model.score(&[Entry { index, weight: 1.0 }])).collect();
        for (j, target) in rows.iter().enumerate() {
            for i in (0..30).filter(|&i| i != j) {
                let fit: f32 = rows.iter().enumerate().map(|(k, row)| gram.get(i, k) * row[j]).sum();
                let gradient = fit + penalties[i] * rows[i][j] - gram.get(i, j);
                assert!(gradient.abs() < 2e-3, "at {i}, {j} it is {gradient}");
            }
            assert_eq!(target[j], 0.0, "no item speaks for itself");
        }
    }

    #[test]
    fn what_cannot_be_solved_is_an_error() {
        let train = |settings| train_ease(&made_up(4, 4), &settings).map(|_| ());
        assert_eq!(train(EaseSettings { ridge: 0.0, ..SETTINGS }), Err(TrainError::Setting("ridge")));
        assert_eq!(train(EaseSettings { dropout: 1.0, ..SETTINGS }), Err(TrainError::Setting("dropout")));
        let none = Interactions::new(4, 4, []).unwrap();
        assert_eq!(train_ease(&none, &SETTINGS).map(|_| ()), Err(TrainError::Empty));
        let huge = Interactions::new(1, 2, [0, 1].map(|item| Interaction { user: 0, item, weight: 1e30 })).unwrap();
        assert_eq!(train_ease(&huge, &SETTINGS).map(|_| ()), Err(TrainError::Unsolvable));
    }
}
