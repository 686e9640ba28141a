//! A dense matrix and the few operations on rows that all models share.

/// Row after row, 32-bit numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, values: vec![0.0; rows * columns] }
    }

    /// None when the values do not fill rows of that length.
    pub(crate) fn from_values(rows: usize, columns: usize, values: Vec<f32>) -> Option<Self> {
        (rows.checked_mul(columns)? == values.len()).then_some(Self { columns, values })
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn get(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.columns + column]
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, value: f32) {
        self.values[row * self.columns + column] = value;
    }

    pub(crate) fn transposed(&self) -> Self {
        let mut other = Self::zeros(self.columns, self.rows());
        for row in 0..self.rows() {
            for (column, &value) in self.row(row).iter().enumerate() {
                other.set(column, row, value);
            }
        }
        other
    }

    /// Its transpose times itself: columns x columns.
    pub(crate) fn gram(&self) -> Self {
        let mut gram = Self::zeros(self.columns, self.columns);
        for row in 0..self.rows() {
            for (column, &value) in self.row(row).iter().enumerate() {
                add_scaled(gram.row_mut(column), value, self.row(row));
            }
        }
        gram
    }
}

/// `to += scale * from`
pub(crate) fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

/// The inner product, in eight sums side by side: that is what the compiler makes SIMD of.
pub(crate) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let (ones, one_rest) = one.as_chunks::<8>();
    let (others, other_rest) = other.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..8 {
            sums[lane] += one[lane] * other[lane];
        }
    }
    let rest: f32 = one_rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    sums.iter().sum::<f32>() + rest
}
