//! Chance that depends on nothing but its name: no draw moves another.

/// A draw, or what draws are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// The chance of something, by its name.
    pub(crate) fn of(self, name: &str) -> Self {
        Self(name.bytes().fold(self.0, |state, byte| mix(state ^ u64::from(byte))))
    }

    /// One of many, by its number.
    pub(crate) fn nth(self, number: u64) -> Self {
        Self(mix(self.0 ^ mix(number)))
    }

    /// Evenly from 0 up to and without 1.
    pub(crate) fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with a probability.
    pub(crate) fn holds(self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Evenly one of so many; 0 of none.
    pub(crate) fn below(self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }

    /// From a normal distribution of mean 0 and deviation 1 (Box and Muller).
    pub(crate) fn normal(self) -> f64 {
        let (radius, angle) = (self.nth(0).exponential(), self.nth(1).unit());
        (2.0 * radius).sqrt() * libm::cos(std::f64::consts::TAU * angle)
    }

    /// From an exponential distribution of mean 1.
    pub(crate) fn exponential(self) -> f64 {
        -libm::log(1.0 - self.unit())
    }

    /// From the distribution of Gumbel: added to each of some values, it makes the highest one a
    /// choice with logit probabilities.
    pub(crate) fn gumbel(self) -> f64 {
        -libm::log(self.exponential().max(f64::MIN_POSITIVE))
    }

    /// Bytes for an id.
    pub(crate) fn bytes<const LENGTH: usize>(self) -> [u8; LENGTH] {
        std::array::from_fn(|place| self.nth(place as u64).0 as u8)
    }
}

/// The finaliser of splitmix64.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(of: impl Fn(Chance) -> f64) -> f64 {
        (0..20_000).map(|n| of(Chance::new(1).nth(n))).sum::<f64>() / 20_000.0
    }

    #[test]
    fn draws_have_the_moments_of_their_distributions() {
        assert!((mean(Chance::unit) - 0.5).abs() < 0.01);
        assert!((mean(Chance::exponential) - 1.0).abs() < 0.03);
        assert!(mean(Chance::normal).abs() < 0.03);
        assert!((mean(|chance| chance.normal() * chance.normal()) - 1.0).abs() < 0.05);
        assert!((mean(Chance::gumbel) - 0.5772).abs() < 0.04);
        assert!((mean(|chance| f64::from(chance.holds(0.3))) - 0.3).abs() < 0.02);
    }

    #[test]
    fn a_draw_is_named_by_all_that_leads_to_it() {
        let seed = Chance::new(7);
        assert_eq!(seed.of("taste").nth(3), Chance::new(7).of("taste").nth(3));
        let others = [seed.of("taste").nth(4), seed.of("tastf").nth(3), Chance::new(8).of("taste").nth(3)];
        assert!(others.iter().all(|other| *other != seed.of("taste").nth(3)));
        assert!((0..100).all(|n| seed.nth(n).below(3) < 3) && seed.below(0) == 0);
    }
}
