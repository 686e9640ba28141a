//! A Cholesky factor that takes in one observation at a time.

/// The lower triangle `L`, row after row, of `A = L Lᵀ` with `A` symmetric and positive definite.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factor {
    size: usize,
    rows: Vec<f64>,
}

/// Where a row begins in a packed lower triangle.
fn row(index: usize) -> usize {
    index * (index + 1) / 2
}

/// How many numbers a packed lower triangle has.
pub(crate) fn packed(size: usize) -> usize {
    row(size)
}

impl Factor {
    /// The factor of `ridge · I`.
    pub(crate) fn scaled_identity(size: usize, ridge: f64) -> Self {
        let mut rows = vec![0.0; packed(size)];
        for index in 0..size {
            rows[row(index) + index] = libm::sqrt(ridge);
        }
        Self { size, rows }
    }

    /// The factor of `gram + ridge · I`, in O(size³); nothing when that is not positive definite. `gram` is a packed
    /// lower triangle of this size.
    pub(crate) fn new(size: usize, gram: &[f64], ridge: f64) -> Option<Self> {
        let mut rows = gram.to_vec();
        for i in 0..size {
            for j in 0..=i {
                let (a, b) = (row(i), row(j));
                let dot: f64 = (0..j).map(|k| rows[a + k] * rows[b + k]).sum();
                let rest = rows[a + j] - dot;
                rows[a + j] = if i > j { rest / rows[b + j] } else { positive_root(rest + ridge)? };
            }
        }
        Some(Self { size, rows })
    }

    /// Adds `x xᵀ` to `A` in O(size²), by one rotation for each column.
    pub(crate) fn add(&mut self, x: &[f64]) {
        let mut x = x.to_vec();
        for k in 0..self.size {
            if x[k] == 0.0 {
                continue;
            }
            let diagonal = self.rows[row(k) + k];
            let length = libm::hypot(diagonal, x[k]);
            let (cosine, sine) = (diagonal / length, x[k] / length);
            self.rows[row(k) + k] = length;
            for (i, rest) in x.iter_mut().enumerate().skip(k + 1) {
                let below = &mut self.rows[row(i) + k];
                (*below, *rest) = (cosine * *below + sine * *rest, cosine * *rest - sine * *below);
            }
        }
    }

    /// `L⁻¹ x`: its squared length is `xᵀ A⁻¹ x`.
    pub(crate) fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut solved = Vec::with_capacity(self.size);
        for (i, value) in x.iter().enumerate() {
            let start = row(i);
            let dot: f64 = self.rows[start..].iter().zip(&solved).map(|(a, b)| a * b).sum();
            solved.push((value - dot) / self.rows[start + i]);
        }
        solved
    }

    /// `A⁻¹ x`.
    pub(crate) fn solve(&self, x: &[f64]) -> Vec<f64> {
        let mut solved = self.forward(x);
        for i in (0..self.size).rev() {
            let start = row(i);
            solved[i] /= self.rows[start + i];
            let (before, after) = solved.split_at_mut(i);
            for (value, factor) in before.iter_mut().zip(&self.rows[start..]) {
                *value -= factor * after[0];
            }
        }
        solved
    }
}

fn positive_root(value: f64) -> Option<f64> {
    (value > 0.0 && value.is_finite()).then(|| libm::sqrt(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [[f64; 3]; 4] = [[1.0, 0.5, -2.0], [0.0, 3.0, 1.0], [4.0, 0.0, 0.25], [-1.0, -1.0, 2.0]];

    #[test]
    fn one_at_a_time_is_as_all_at_once() {
        let mut grown = Factor::scaled_identity(3, 0.5);
        let mut gram = [0.0; 6];
        for x in &ROWS {
            grown.add(x);
            for i in 0..3 {
                (0..=i).for_each(|j| gram[row(i) + j] += x[i] * x[j]);
            }
        }
        let whole = Factor::new(3, &gram, 0.5).unwrap();
        for (a, b) in grown.rows.iter().zip(&whole.rows) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }

    #[test]
    fn solving_undoes_multiplying() {
        let mut factor = Factor::scaled_identity(3, 0.5);
        ROWS.iter().for_each(|x| factor.add(x));
        let expected = [0.3, -1.5, 2.0];
        let mut product = expected.map(|value| 0.5 * value);
        for x in &ROWS {
            let dot: f64 = x.iter().zip(&expected).map(|(a, b)| a * b).sum();
            product.iter_mut().zip(x).for_each(|(sum, value)| *sum += dot * value);
        }
        for (found, wanted) in factor.solve(&product).iter().zip(expected) {
            assert!((found - wanted).abs() < 1e-12);
        }
        let squared: f64 = factor.forward(&product).iter().map(|value| value * value).sum();
        let quadratic: f64 = product.iter().zip(expected).map(|(a, b)| a * b).sum();
        assert!((squared - quadratic).abs() < 1e-10);
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        assert_eq!(Factor::new(2, &[1.0, 3.0, 1.0], 0.5), None);
        assert_eq!(Factor::new(1, &[f64::NAN], 1.0), None);
    }
}
