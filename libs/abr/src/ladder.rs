//! The bitrates to choose from.

/// The most rungs a ladder has.
pub const MAX_RUNGS: usize = 16;

/// Why a list of bitrates is no ladder.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LadderError {
    /// There is no rung, or there are too many.
    #[error("a ladder has 1 to {MAX_RUNGS} rungs; this one has {0}")]
    Count(usize),
    /// A rung is not above the one before it.
    #[error("bitrates are above 0 and ascend; rung {0} does not")]
    Order(usize),
}

/// Bitrates in bits per second, ascending.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ladder {
    rates: [f64; MAX_RUNGS],
    utilities: [f64; MAX_RUNGS],
    count: usize,
}

impl Ladder {
    /// A ladder of these bitrates (bits per second).
    ///
    /// # Errors
    /// When there are none or more than [`MAX_RUNGS`], or they do not ascend from above 0.
    pub fn new(bitrates: &[f64]) -> Result<Self, LadderError> {
        if bitrates.is_empty() || bitrates.len() > MAX_RUNGS {
            return Err(LadderError::Count(bitrates.len()));
        }
        let mut ladder = Self { rates: [0.0; MAX_RUNGS], utilities: [0.0; MAX_RUNGS], count: bitrates.len() };
        let mut below = 0.0;
        for (rung, &rate) in bitrates.iter().enumerate() {
            if !(rate > below && rate.is_finite()) {
                return Err(LadderError::Order(rung));
            }
            ladder.rates[rung] = rate;
            ladder.utilities[rung] = libm::log(rate / bitrates[0]);
            below = rate;
        }
        Ok(ladder)
    }

    /// The bitrates in bits per second, lowest first.
    pub fn rates(&self) -> &[f64] {
        &self.rates[..self.count]
    }

    /// What each rung is worth: the logarithm of its bitrate over the lowest one's.
    pub(crate) fn utilities(&self) -> &[f64] {
        &self.utilities[..self.count]
    }

    /// The highest rung.
    pub fn top(&self) -> usize {
        self.count - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_ascends() {
        assert_eq!(Ladder::new(&[1e6, 1e6]), Err(LadderError::Order(1)));
        assert_eq!(Ladder::new(&[0.0]), Err(LadderError::Order(0)));
        assert_eq!(Ladder::new(&[f64::NAN]), Err(LadderError::Order(0)));
        assert_eq!(Ladder::new(&[]), Err(LadderError::Count(0)));
        assert_eq!(Ladder::new(&[1.0; 17]), Err(LadderError::Count(17)));
        assert_eq!(Ladder::new(&[1e6, 2e6]).map(|ladder| ladder.top()), Ok(1));
    }
}
