//! Who watched what, and how much it counts.

/// One user's interaction with one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interaction {
    /// The user's number.
    pub user: u32,
    /// The item's number.
    pub item: u32,
    /// How much it counts, above 0; 1 is plain "watched".
    pub weight: f32,
}

/// An item in a history, or whatever else a row of a sparse matrix holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The column: the item's number.
    pub index: u32,
    /// How much it counts.
    pub weight: f32,
}

/// Why interactions are none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InteractionError {
    /// The user's number is not below the number of users.
    #[error("there is no user {0}")]
    User(u32),
    /// The item's number is not below the number of items.
    #[error("there is no item {0}")]
    Item(u32),
    /// The weight is not a finite number above 0.
    #[error("a weight is finite and above 0, not {0}")]
    Weight(f32),
    /// There are more users or items than 32-bit numbers.
    #[error("{0} are too many users or items")]
    Size(usize),
}

/// A sparse matrix of users x items. Each row is one user's history, items ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct Interactions {
    columns: usize,
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

impl Interactions {
    /// The matrix of these interactions, in any order; the weights of repeated ones add up.
    ///
    /// # Errors
    /// When a user or an item is out of bounds, or a weight is not finite and above 0.
    pub fn new(
        users: usize,
        items: usize,
        interactions: impl IntoIterator<Item = Interaction>,
    ) -> Result<Self, InteractionError> {
        let most = users.max(items);
        u32::try_from(most).map_err(|_| InteractionError::Size(most))?;
        let mut rows = vec![Vec::new(); users];
        for Interaction { user, item, weight } in interactions {
            if item as usize >= items {
                return Err(InteractionError::Item(item));
            }
            if !(weight > 0.0 && weight.is_finite()) {
                return Err(InteractionError::Weight(weight));
            }
            let row = rows.get_mut(user as usize).ok_or(InteractionError::User(user))?;
            row.push(Entry { index: item, weight });
        }
        Ok(Self::from_rows(items, rows.into_iter().map(merged)))
    }

    /// A matrix of rows whose entries ascend and are below `columns`.
    pub(crate) fn from_rows(columns: usize, rows: impl IntoIterator<Item = Vec<Entry>>) -> Self {
        let mut matrix = Self { columns, starts: vec![0], entries: Vec::new() };
        for row in rows {
            matrix.entries.extend(row);
            matrix.starts.push(matrix.entries.len());
        }
        matrix
    }

    /// The number of users.
    pub fn users(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        self.columns
    }

    /// The number of interactions, repeated ones counted once.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A user's history; empty for a user who is not known.
    pub fn history(&self, user: usize) -> &[Entry] {
        match (self.starts.get(user), self.starts.get(user + 1)) {
            (Some(&from), Some(&to)) => &self.entries[from..to],
            _ => &[],
        }
    }

    /// The histories, user after user.
    pub fn histories(&self) -> impl Iterator<Item = &[Entry]> {
        self.starts.windows(2).map(|ends| &self.entries[ends[0]..ends[1]])
    }

    /// The sum of weights per item.
    pub fn item_weights(&self) -> Vec<f32> {
        let mut sums = vec![0.0; self.columns];
        for entry in &self.entries {
            sums[entry.index as usize] += entry.weight;
        }
        sums
    }

    /// The matrix of items x users.
    pub(crate) fn transposed(&self) -> Self {
        let mut rows = vec![Vec::new(); self.columns];
        for (user, history) in self.histories().enumerate() {
            for entry in history {
                rows[entry.index as usize].push(Entry { index: user as u32, weight: entry.weight });
            }
        }
        Self::from_rows(self.users(), rows)
    }
}

/// A history in ascending order, each item once.
fn merged(mut history: Vec<Entry>) -> Vec<Entry> {
    history.sort_by_key(|entry| entry.index);
    history.dedup_by(|later, kept| {
        let same = later.index == kept.index;
        if same {
            kept.weight += later.weight;
        }
        same
    });
    history
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[(u32, u32, f32)]) -> Result<Interactions, InteractionError> {
        Interactions::new(2, 3, list.iter().map(|&(user, item, weight)| Interaction { user, item, weight }))
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        assert_eq!(of(&[(2, 0, 1.0)]), Err(InteractionError::User(2)));
        assert_eq!(of(&[(0, 3, 1.0)]), Err(InteractionError::Item(3)));
        assert_eq!(of(&[(0, 0, 0.0)]), Err(InteractionError::Weight(0.0)));
        assert!(matches!(of(&[(0, 0, f32::NAN)]), Err(InteractionError::Weight(_))));
    }

    #[test]
    fn histories_ascend_and_repeated_weights_add_up() {
        let matrix = of(&[(1, 2, 1.0), (1, 0, 1.0), (1, 2, 0.5)]).unwrap();
        assert_eq!(matrix.history(1), [Entry { index: 0, weight: 1.0 }, Entry { index: 2, weight: 1.5 }]);
        assert_eq!((matrix.history(0), matrix.history(9)), (&[][..], &[][..]));
        assert_eq!(matrix.item_weights(), [1.0, 0.0, 1.5]);
        assert_eq!(matrix.transposed().transposed(), matrix);
    }
}
