//! What having watched one item says of each other one.

use crate::bytes::{FormatError, Reader, Writer};
use crate::interactions::{Entry, Interactions};
use crate::matrix::{Matrix, add_scaled};

/// A weight for each pair of items. A history's scores are the sum of its items' rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemMatrix(Weights);

#[derive(Debug, Clone, PartialEq)]
enum Weights {
    Dense(Matrix),
    Sparse(Interactions),
}

const DENSE: u32 = 0;
const SPARSE: u32 = 1;
/// The bytes of an entry: its index and its weight.
const ENTRY: usize = 8;

impl ItemMatrix {
    pub(crate) fn dense(weights: Matrix) -> Self {
        Self(Weights::Dense(weights))
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        match &self.0 {
            Weights::Dense(matrix) => matrix.columns(),
            Weights::Sparse(matrix) => matrix.items(),
        }
    }

    /// The same with no more than `keep` weights for each item that is scored, those farthest from
    /// 0: smaller, and faster to score with, for a little less accuracy.
    pub fn truncated(&self, keep: usize) -> Self {
        let columns = match &self.0 {
            Weights::Dense(matrix) => (0..matrix.columns()).map(|column| strongest(column_of(matrix, column), keep)),
            Weights::Sparse(matrix) => {
                let columns = matrix.transposed();
                let kept = columns.histories().map(|column| strongest(column.to_vec(), keep));
                return Self(Weights::Sparse(Interactions::from_rows(matrix.users(), kept).transposed()));
            }
        };
        Self(Weights::Sparse(Interactions::from_rows(self.items(), columns).transposed()))
    }

    pub(crate) fn score(&self, history: &[Entry]) -> Vec<f32> {
        let mut scores = vec![0.0; self.items()];
        for Entry { index, weight } in history.iter().filter(|entry| (entry.index as usize) < self.items()) {
            match &self.0 {
                Weights::Dense(matrix) => add_scaled(&mut scores, *weight, matrix.row(*index as usize)),
                Weights::Sparse(matrix) => {
                    for other in matrix.history(*index as usize) {
                        scores[other.index as usize] += weight * other.weight;
                    }
                }
            }
        }
        scores
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        match &self.0 {
            Weights::Dense(matrix) => {
                to.u32(DENSE);
                to.matrix(matrix);
            }
            Weights::Sparse(matrix) => {
                to.u32(SPARSE);
                to.u64(matrix.items() as u64);
                for row in matrix.histories() {
                    to.u64(row.len() as u64);
                    row.iter().for_each(|entry| {
                        to.u32(entry.index);
                        to.f32(entry.weight);
                    });
                }
            }
        }
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        match from.u32()? {
            DENSE => {
                let matrix = from.matrix()?;
                let square = matrix.rows() == matrix.columns();
                if square { Ok(Self::dense(matrix)) } else { Err(FormatError::Inconsistent) }
            }
            // A row takes eight bytes at least.
            SPARSE => {
                let items = from.count(8)?;
                let rows = (0..items).map(|_| row(from, items)).collect::<Result<Vec<_>, _>>()?;
                Ok(Self(Weights::Sparse(Interactions::from_rows(items, rows))))
            }
            _ => Err(FormatError::Inconsistent),
        }
    }
}

fn row(from: &mut Reader, items: usize) -> Result<Vec<Entry>, FormatError> {
    let entry = |from: &mut Reader| {
        let entry = Entry { index: from.u32()?, weight: from.f32()? };
        if (entry.index as usize) < items { Ok(entry) } else { Err(FormatError::Inconsistent) }
    };
    (0..from.count(ENTRY)?).map(|_| entry(from)).collect()
}

fn column_of(matrix: &Matrix, column: usize) -> Vec<Entry> {
    let entry = |row: usize| Entry { index: row as u32, weight: matrix.get(row, column) };
    (0..matrix.rows()).map(entry).filter(|entry| entry.weight != 0.0).collect()
}

/// The entries farthest from 0, ascending by index; of equal ones, those of the lower index.
fn strongest(mut entries: Vec<Entry>, keep: usize) -> Vec<Entry> {
    if keep < entries.len() {
        let by_strength = |a: &Entry, b: &Entry| b.weight.abs().total_cmp(&a.weight.abs()).then(a.index.cmp(&b.index));
        entries.select_nth_unstable_by(keep, by_strength);
        entries.truncate(keep);
        entries.sort_unstable_by_key(|entry| entry.index);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> ItemMatrix {
        ItemMatrix::dense(Matrix::from_values(3, 3, vec![0.0, 3.0, 1.0, -2.0, 0.0, 4.0, 1.0, 1.0, 0.0]).unwrap())
    }

    #[test]
    fn scores_are_the_sum_of_the_history_s_rows() {
        let history =
            [Entry { index: 0, weight: 1.0 }, Entry { index: 2, weight: 2.0 }, Entry { index: 7, weight: 1.0 }];
        assert_eq!(matrix().score(&history), [2.0, 5.0, 1.0], "what is not known counts for nothing");
        assert_eq!(matrix().truncated(3).score(&history), [2.0, 5.0, 1.0]);
    }

    #[test]
    fn the_strongest_of_each_column_stay() {
        let history = [0, 1, 2].map(|index| Entry { index, weight: 1.0 });
        assert_eq!(matrix().truncated(1).score(&history), [-2.0, 3.0, 4.0]);
        assert_eq!(matrix().truncated(2).truncated(1), matrix().truncated(1));
        assert_eq!(matrix().truncated(0).score(&history), [0.0; 3]);
    }
}
