//! Sparse vectors of features.

/// Features by number, each with its value.
pub(crate) type Values = Vec<(u32, f32)>;

/// Values in the order of their features, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sparse(Values);

impl Sparse {
    /// Of values in any order; those of one feature add up.
    pub(crate) fn new(values: Values) -> Self {
        let mut values = summed(values);
        values.retain(|(_, value)| *value != 0.0);
        Self(values)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, f32)> {
        self.0.iter().copied()
    }

    pub(crate) fn dot(&self, other: &Self) -> f32 {
        let (mut a, mut b, mut sum) = (self.0.as_slice(), other.0.as_slice(), 0.0);
        while let ([(left, x), rest_a @ ..], [(right, y), rest_b @ ..]) = (a, b) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => a = rest_a,
                std::cmp::Ordering::Greater => b = rest_b,
                std::cmp::Ordering::Equal => {
                    sum += x * y;
                    (a, b) = (rest_a, rest_b);
                }
            }
        }
        sum
    }
}

/// Values in the order of their features, those of one feature added up.
pub(crate) fn summed(mut values: Values) -> Values {
    values.sort_by_key(|(feature, _)| *feature);
    values.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0.0 };
        same
    });
    values
}

/// Values brought to length one, times a weight.
pub(crate) fn scaled(values: &mut [(u32, f32)], weight: f32) {
    let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|(_, value)| *value *= weight / length);
    }
}

/// What several watched titles have in common, to compare others with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    pub(crate) wanted: Sparse,
    /// The titles it is made of, by number, in order.
    pub(crate) watched: Vec<u32>,
}

impl Profile {
    /// Whether nothing is known: no title, or none that is in the catalogue.
    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_vectors_share_multiplies() {
        let a = Sparse::new(vec![(3, 1.0), (1, 2.0), (3, 1.0), (7, 0.0)]);
        assert_eq!(a.iter().collect::<Vec<_>>(), [(1, 2.0), (3, 2.0)]);
        assert_eq!(a.dot(&Sparse::new(vec![(2, 9.0), (3, 0.5)])), 1.0);
        assert_eq!(a.dot(&Sparse::default()), 0.0);
    }

    #[test]
    fn a_vector_of_nothing_stays_so() {
        let mut values = [(1, 0.0)];
        scaled(&mut values, 1.0);
        assert_eq!(values, [(1, 0.0)]);
    }
}
