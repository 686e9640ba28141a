//! A test of a title's pictures.

use crate::counted::Counted;
use crate::name::Name;
use reel_api::content::Title;
use reel_api::experiment::{Picture, Stage, Summary, letter};
use reel_api::{ExperimentId, Millis, ProfileId, TitleId, rfc3339};
use reel_exploration::{Counts, ExplorationError, Prior, Test};
use reel_sdk::Problem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How many tastes a test tells apart: the first that are seen. The evidence that one differs is weighed against so
/// many, whether they were seen or not, so that no look comes cheaper than another.
pub(crate) const TASTES: usize = 32;
/// A picture is judged within a taste once so many viewers were shown it.
const LEAST: u64 = 100;
/// For how long after the decision a taste may find a picture of its own, in milliseconds: four weeks.
const OPEN_MS: Millis = 28 * 24 * 3_600 * 1_000;

/// How pictures are compared. Hardly anything is expected of the share of viewers who play: on a small platform it is
/// great, on a large one a few percent.
pub(crate) fn comparison() -> Test {
    Test { prior: Prior { successes: 0.5, failures: 2.0 }, ..Test::default() }
}

/// A test, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PictureTest {
    pub(crate) id: ExperimentId,
    pub(crate) title_id: TitleId,
    pub(crate) title_name: String,
    /// Relative to the platform's base URL; their places are what is counted.
    pub(crate) pictures: Vec<String>,
    pub(crate) started_at: Millis,
    pub(crate) ended_at: Option<Millis>,
    /// The tastes that it tells apart, in the order in which they were seen.
    pub(crate) tastes: Vec<String>,
    pub(crate) decision: Option<Decision>,
    /// Grows with each change of the title's tests.
    pub(crate) revision: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub(crate) at: Millis,
    /// The place of the picture for all.
    pub(crate) winner: usize,
    /// The tastes that have a picture of their own.
    pub(crate) own: BTreeMap<String, usize>,
    /// The tastes in which another picture is ahead, without certainty: there the test goes on.
    pub(crate) open: Vec<String>,
}

impl PictureTest {
    /// A test that begins now.
    pub(crate) fn new(id: ExperimentId, title: &Title, pictures: Vec<String>, now: Millis) -> Self {
        Self {
            id,
            title_id: title.id,
            title_name: title.name.clone(),
            pictures,
            started_at: now,
            ended_at: None,
            tastes: Vec::new(),
            decision: None,
            revision: 0,
        }
    }

    /// The test in place of the title's last one.
    ///
    /// # Errors
    /// A 409 problem while the last one runs.
    pub(crate) fn after(self, latest: Option<&Self>) -> Result<Self, Problem> {
        match latest.map(Self::stage) {
            Some(Stage::Running) => Err(Problem::conflict(
                "experiment-running",
                format!("pictures of {:?} are being tested already: end that test first", self.title_name),
            )),
            _ => Ok(self),
        }
    }

    /// The test, ended: the title has its poster again. None when it was ended before.
    pub(crate) fn ending(self, now: Millis) -> Option<Self> {
        self.ended_at.is_none().then_some(Self { ended_at: Some(now), ..self })
    }

    /// The picture that a viewer is shown; none when the test was ended.
    pub(crate) fn shown(&self, profile: ProfileId, taste: Option<&str>, now: Millis) -> Option<Picture> {
        if self.ended_at.is_some() {
            return None;
        }
        let place = match &self.decision {
            Some(decision) if !decision.is_open(taste, now) => decision.picture(taste),
            _ => self.drawn(profile),
        };
        let name = Name { test: self.id, place, taste: taste.unwrap_or_default().into() };
        Some(Picture { url: self.pictures.get(place)?.clone(), variant: name.to_string() })
    }

    /// Whether a picture of this name counts when a viewer saw or chose it: the one that the viewer drew, while the
    /// draw decides what is shown. What is shown by a decision tells nothing that the test may use.
    pub(crate) fn counts(&self, profile: ProfileId, name: &Name, now: Millis) -> bool {
        let undecided = self.decision.as_ref().is_none_or(|decision| decision.is_open(Some(&name.taste), now));
        self.id == name.test && self.ended_at.is_none() && undecided && self.drawn(profile) == name.place
    }

    /// The place of the picture that a viewer draws: by chance, and the same one every time.
    fn drawn(&self, profile: ProfileId) -> usize {
        let hash = Sha256::new().chain_update(self.id.as_bytes()).chain_update(profile.as_bytes()).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        (u64::from_be_bytes(first) % self.pictures.len().max(1) as u64) as usize
    }

    /// Under which taste a viewer is counted; empty for one that is not told apart.
    pub(crate) fn segment<'a>(&self, taste: &'a str) -> &'a str {
        if self.tastes.iter().any(|known| known == taste) { taste } else { "" }
    }

    /// Whether a taste is new and there is room to tell it apart.
    pub(crate) fn has_room_for(&self, taste: &str) -> bool {
        !taste.is_empty() && self.segment(taste).is_empty() && self.tastes.len() < TASTES
    }

    /// The test that tells another taste apart; none when this one stays as it is.
    pub(crate) fn admitting(mut self, taste: &str) -> Option<Self> {
        let new = self.has_room_for(taste);
        self.tastes.extend(new.then(|| taste.to_owned()));
        new.then_some(self)
    }

    /// The test with what was found in it; none when this one stays as it is. The first winner stays the winner.
    pub(crate) fn deciding(self, id: ExperimentId, decision: &Decision) -> Option<Self> {
        let other = self.decision.as_ref().is_some_and(|before| before.winner != decision.winner || before == decision);
        let stays = self.id != id || self.ended_at.is_some() || other;
        (!stays).then(|| Self { decision: Some(decision.clone()), ..self })
    }

    /// What the counts say now. A winner stays; what tastes differ may be found later.
    ///
    /// # Errors
    /// When the counts cannot be.
    pub(crate) fn decide(&self, counted: &Counted, now: Millis) -> Result<Option<Decision>, ExplorationError> {
        let test = comparison();
        let settled = self.decision.as_ref().map(|decision| (decision.winner, decision.at));
        let found = || Ok(test.look(&counted.all(self.pictures.len()))?.winner.map(|winner| (winner, now)));
        let Some((winner, at)) = settled.map_or_else(found, |settled| Ok(Some(settled)))? else { return Ok(None) };
        let mut segments: Vec<_> = self.tastes.iter().map(|taste| counted.of(taste, self.pictures.len())).collect();
        let ahead = self.tastes.iter().zip(&segments).filter(|(_, counts)| is_behind(counts, winner));
        let ahead: Vec<_> = ahead.map(|(taste, _)| taste.clone()).collect();
        segments.resize(TASTES, vec![Counts::default(); self.pictures.len()]);
        let mut own = self.decision.as_ref().map(|decision| decision.own.clone()).unwrap_or_default();
        for choice in test.differing(winner, &segments, LEAST)? {
            own.entry(self.tastes[choice.segment].clone()).or_insert(choice.candidate);
        }
        let open = ahead.into_iter().filter(|taste| !own.contains_key(taste)).collect();
        Ok(Some(Decision { at, winner, own, open }))
    }

    fn stage(&self) -> Stage {
        match (&self.ended_at, &self.decision) {
            (Some(_), _) => Stage::Ended,
            (None, Some(_)) => Stage::Decided,
            (None, None) => Stage::Running,
        }
    }

    /// The test in short.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            id: self.id,
            title_id: self.title_id,
            title_name: self.title_name.clone(),
            stage: self.stage(),
            started_at: rfc3339(self.started_at),
            decided_at: self.decision.as_ref().map(|decision| rfc3339(decision.at)),
            winner: self.decision.as_ref().map(|decision| letter(decision.winner)),
        }
    }
}

/// Whether another picture than the winner is ahead.
fn is_behind(counts: &[Counts], winner: usize) -> bool {
    counts.iter().any(|counted| counted.rate() > counts[winner].rate())
}

impl Decision {
    /// The place of the picture for a taste.
    fn picture(&self, taste: Option<&str>) -> usize {
        taste.and_then(|taste| self.own.get(taste)).copied().unwrap_or(self.winner)
    }

    /// Whether the test goes on for a taste.
    pub(crate) fn is_open(&self, taste: Option<&str>, now: Millis) -> bool {
        now < self.at + OPEN_MS && taste.is_some_and(|taste| self.open.iter().any(|open| open == taste))
    }
}
