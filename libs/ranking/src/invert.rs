//! The inverse of a symmetric positive definite matrix.
//!
//! The sweep operator, block by block. Sweeping a block `K` of rows and columns turns `A_KK` into
//! `-A_KK^-1`, `A_iK` into `A_iK A_KK^-1` and `A_ij` into `A_ij - A_iK A_KK^-1 A_Kj`; once all are
//! swept, the matrix is its negative inverse. It stays symmetric all along, so that only the lower
//! triangle is worked on.

use crate::matrix::{Matrix, add_scaled};
use std::ops::Range;

/// Rows swept at once.
const BLOCK: usize = 64;
/// The tile that is held in registers.
const HEIGHT: usize = 4;
const WIDTH: usize = 8;

/// Inverts in place; only the lower triangle is read. None when it is not positive definite.
pub(crate) fn invert(matrix: &mut Matrix) -> Option<()> {
    let size = matrix.rows();
    for from in (0..size).step_by(BLOCK) {
        sweep(matrix, from..(from + BLOCK).min(size))?;
    }
    for row in 0..size {
        for column in 0..=row {
            let value = -matrix.get(row, column);
            matrix.set(row, column, value);
            matrix.set(column, row, value);
        }
    }
    Some(())
}

fn sweep(matrix: &mut Matrix, block: Range<usize>) -> Option<()> {
    let pivot = pivot_inverse(matrix, &block)?;
    let panel = panel(matrix, &block);
    let scaled = product(&panel, &pivot);
    subtract_product(matrix, &scaled, &panel);
    for (k, column) in block.clone().enumerate() {
        matrix.row_mut(column)[..block.start].copy_from_slice(&scaled.row(k)[..block.start]);
        for row in block.end..matrix.rows() {
            matrix.set(row, column, scaled.get(k, row));
        }
        for (other, row) in block.clone().enumerate() {
            matrix.set(row, column, -pivot.get(other, k));
        }
    }
    Some(())
}

/// The inverse of the block itself, by elimination in 64-bit numbers.
fn pivot_inverse(matrix: &Matrix, block: &Range<usize>) -> Option<Matrix> {
    let size = block.len();
    let at = |row: usize, column: usize| f64::from(matrix.get(block.start + row, block.start + column));
    let mut a: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| at(i.max(j), i.min(j))).collect()).collect();
    for k in 0..size {
        let pivot = a[k][k];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        a[k][k] = 1.0;
        a[k].iter_mut().for_each(|value| *value /= pivot);
        let line = a[k].clone();
        for row in a.iter_mut().enumerate().filter_map(|(i, row)| (i != k).then_some(row)) {
            let factor = std::mem::take(&mut row[k]);
            row.iter_mut().zip(&line).for_each(|(value, from)| *value -= factor * from);
        }
    }
    let values = a.into_iter().flatten().map(|value| value as f32).collect();
    Matrix::from_values(size, size, values)
}

/// The block's columns, each as a row; zeros where the block itself is, which is swept apart.
fn panel(matrix: &Matrix, block: &Range<usize>) -> Matrix {
    let mut panel = Matrix::zeros(block.len(), matrix.rows());
    for (k, column) in block.clone().enumerate() {
        panel.row_mut(k)[..block.start].copy_from_slice(&matrix.row(column)[..block.start]);
        for row in block.end..matrix.rows() {
            panel.set(k, row, matrix.get(row, column));
        }
    }
    panel
}

fn product(panel: &Matrix, pivot: &Matrix) -> Matrix {
    let mut product = Matrix::zeros(panel.rows(), panel.columns());
    for k in 0..panel.rows() {
        for other in 0..panel.rows() {
            add_scaled(product.row_mut(k), pivot.get(k, other), panel.row(other));
        }
    }
    product
}

/// `A_ij -= sum over k of scaled_ki * panel_kj`, for the tiles that touch the lower triangle.
fn subtract_product(matrix: &mut Matrix, scaled: &Matrix, panel: &Matrix) {
    let size = matrix.rows();
    let right: Vec<Vec<[f32; WIDTH]>> = (0..size).step_by(WIDTH).map(|from| strip(panel, from)).collect();
    for top in (0..size).step_by(HEIGHT) {
        let left: Vec<[f32; HEIGHT]> = strip(scaled, top);
        let last = (top + HEIGHT - 1).min(size - 1);
        for (number, right) in right.iter().enumerate().take(last / WIDTH + 1) {
            let sums = tile(&left, right);
            for (row, sums) in (top..=last).zip(sums) {
                let values = matrix.row_mut(row)[number * WIDTH..].iter_mut();
                values.zip(sums).for_each(|(value, sum)| *value -= sum);
            }
        }
    }
}

/// `N` neighbouring columns, packed row by row; zeros beyond the last one.
fn strip<const N: usize>(matrix: &Matrix, from: usize) -> Vec<[f32; N]> {
    let packed = |row: usize| {
        let mut lanes = [0.0; N];
        lanes.iter_mut().zip(&matrix.row(row)[from..]).for_each(|(lane, value)| *lane = *value);
        lanes
    };
    (0..matrix.rows()).map(packed).collect()
}

fn tile(left: &[[f32; HEIGHT]], right: &[[f32; WIDTH]]) -> [[f32; WIDTH]; HEIGHT] {
    let mut sums = [[0.0; WIDTH]; HEIGHT];
    for (left, right) in left.iter().zip(right) {
        for (sums, &factor) in sums.iter_mut().zip(left) {
            for (sum, &value) in sums.iter_mut().zip(right) {
                *sum += factor * value;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// `B^T B + ridge`
    fn positive(size: usize, ridge: f32) -> Matrix {
        let mut random = Random::new(7);
        let values = (0..2 * size * size).map(|_| random.signed()).collect();
        let mut matrix = Matrix::from_values(2 * size, size, values).unwrap().gram();
        for i in 0..size {
            matrix.set(i, i, matrix.get(i, i) + ridge);
        }
        matrix
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        // Of less than a block, of blocks, and of blocks and a part of one.
        for size in [1, 3, 64, 128, 150] {
            let matrix = positive(size, 1.0);
            let mut inverse = matrix.clone();
            invert(&mut inverse).unwrap();
            for i in 0..size {
                for j in 0..size {
                    let sum: f32 = (0..size).map(|k| matrix.get(i, k) * inverse.get(k, j)).sum();
                    let expected = if i == j { 1.0 } else { 0.0 };
                    assert!((sum - expected).abs() < 1e-3, "{size}: at {i}, {j} it is {sum}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_none() {
        let mut matrix = positive(70, 1.0);
        matrix.set(68, 68, -1.0);
        assert_eq!(invert(&mut matrix), None);
        assert_eq!(invert(&mut Matrix::from_values(1, 1, vec![f32::NAN]).unwrap()), None);
        assert_eq!(invert(&mut Matrix::zeros(0, 0)), Some(()));
    }
}
