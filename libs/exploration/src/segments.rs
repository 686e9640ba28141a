//! The candidate for all, and for segments that differ.

use crate::evidence::log_evidence;
use crate::{Counts, ExplorationError, Test};
use serde::{Deserialize, Serialize};

/// A segment of viewers, such as those with one taste, that gets another candidate than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentChoice {
    /// Its place in the list of segments.
    pub segment: usize,
    /// The candidate that is better there.
    pub candidate: usize,
}

/// What to show until the next test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The candidate for all.
    pub winner: usize,
    /// The segments that differ.
    pub segments: Vec<SegmentChoice>,
}

impl Test {
    /// What to show to whom: nothing yet, as long as no candidate has won among all. `segments` has the counts of all
    /// candidates in each segment; segments may overlap, and their viewers are among all, too.
    ///
    /// In a segment with `least` trials of both, a candidate takes the winner's place when there is evidence that its
    /// rate there is above the winner's; of several, the one with the highest rate does. The chance that any segment
    /// ever gets a candidate that is not better there than the winner is at most α again: each ordered pair in each
    /// segment has its share of it. `least` only puts off a choice; it may be 0.
    ///
    /// # Errors
    /// When a count or a setting is wrong, or a segment has another number of candidates.
    pub fn choose(
        &self,
        candidates: &[Counts],
        segments: &[Vec<Counts>],
        least: u64,
    ) -> Result<Option<Choice>, ExplorationError> {
        for segment in segments {
            if segment.len() != candidates.len() {
                return Err(ExplorationError::Compared { expected: candidates.len(), found: segment.len() });
            }
            self.check(segment)?;
        }
        let Some(winner) = self.look(candidates)?.winner else { return Ok(None) };
        Ok(Some(Choice { winner, segments: self.differing(winner, segments, least)? }))
    }

    /// The segments in which another candidate is better than the winner among all, as [`Test::choose`] finds them:
    /// for further looks, once the winner is settled. The number of segments is part of the price: it must be the
    /// same at every look, with segments that nobody was seen in yet.
    ///
    /// # Errors
    /// When a count or a setting is wrong, or a segment lacks the winner.
    pub fn differing(
        &self,
        winner: usize,
        segments: &[Vec<Counts>],
        least: u64,
    ) -> Result<Vec<SegmentChoice>, ExplorationError> {
        let mut choices = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            self.check(segment)?;
            if winner >= segment.len() {
                return Err(ExplorationError::Compared { expected: winner + 1, found: segment.len() });
            }
            let pairs = segment.len() * (segment.len() - 1) * segments.len();
            let needed = libm::log(pairs as f64 / self.alpha);
            choices.extend(
                self.better(segment, winner, least, needed)
                    .map(|candidate| SegmentChoice { segment: index, candidate }),
            );
        }
        Ok(choices)
    }

    /// The candidate to take the winner's place in a segment.
    fn better(&self, segment: &[Counts], winner: usize, least: u64, needed: f64) -> Option<usize> {
        let enough = |candidate: usize| segment[candidate].trials >= least;
        (0..segment.len())
            .filter(|&candidate| candidate != winner && enough(candidate) && enough(winner))
            .filter(|&candidate| log_evidence(&self.prior, &segment[candidate], &segment[winner]) >= needed)
            .max_by(|&a, &b| segment[a].rate().total_cmp(&segment[b].rate()))
    }
}
