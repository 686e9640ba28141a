//! What is shown in a slot to learn whether it is liked: which title, and what came of it.

use reel_api::experiment::{ChoiceFor, LoggedDecision, MAX_CANDIDATES};
use reel_api::{DecisionId, EventId, Millis, ProfileId, TitleId, rfc3339};
use reel_events::{Event, Kind, Recorded, SlotDecision, VERSION};
use reel_exploration::{Bandit, Exploration, ExplorationError, Settings, Sums};
use reel_sdk::Problem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The length of a context: a constant, and genres by their hash.
pub(crate) const DIMENSIONS: usize = 16;
/// A play within so long of a decision is its doing, in milliseconds: a day.
const WINDOW_MS: Millis = 24 * 3_600 * 1_000;

/// How titles are tried: one that nobody saw is hoped to be played by one viewer of five, and a tenth of the decisions
/// goes to all candidates alike, without which the log could not be evaluated.
fn settings() -> Settings {
    let exploration = Exploration::Thompson(0.2);
    Settings { expected: 0.2, exploration, floor: 0.1, ..Settings::new(DIMENSIONS) }
}

/// A decision, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub(crate) id: DecisionId,
    pub(crate) slot: String,
    /// The profile's pseudonym: nothing here is to be deleted with a person.
    #[serde(alias = "profile")]
    pub(crate) viewer: ProfileId,
    pub(crate) context: Vec<f64>,
    /// In ascending order.
    pub(crate) candidates: Vec<TitleId>,
    /// The one that is shown.
    pub(crate) title_id: TitleId,
    /// The chance with which it was chosen.
    pub(crate) propensity: f64,
    /// Whether its card was seen: what was not can earn nothing.
    pub(crate) seen: bool,
    pub(crate) played: bool,
}

/// What is known of a viewer: a constant, and the genres that the viewer likes most, each in a place that its
/// name decides.
fn context(genres: &[String]) -> Vec<f64> {
    let mut context = vec![0.0; DIMENSIONS];
    context[0] = 1.0;
    for genre in genres {
        let hash = Sha256::digest(genre.to_lowercase().as_bytes());
        context[1 + usize::from(hash[0]) % (DIMENSIONS - 1)] = 1.0;
    }
    context
}

/// Chooses one of the candidates, which are in ascending order, and tells the chance that it had; `learned` has what is
/// known of some. `seed` decides what is drawn.
fn choose(
    context: &[f64],
    candidates: &[TitleId],
    learned: &HashMap<TitleId, Sums>,
    seed: u64,
) -> Result<(TitleId, f64), Problem> {
    if !(2..=MAX_CANDIDATES).contains(&candidates.len()) {
        return Err(Problem::invalid(format!("a slot is filled with one of 2 to {MAX_CANDIDATES} titles")));
    }
    let of = |title: &TitleId| learned.get(title).cloned().unwrap_or_else(|| Sums::new(DIMENSIONS));
    let arms = candidates.iter().map(of).collect();
    let places: Vec<_> = (0..candidates.len()).collect();
    let decision = Bandit::of(settings(), arms).and_then(|bandit| bandit.choose(context, &places, seed));
    let decision = decision.map_err(|e| Problem::internal(format!("nothing can be chosen: {e}")))?;
    Ok((candidates[decision.arm], decision.propensity))
}

impl Decision {
    /// Takes a decision.
    ///
    /// # Errors
    /// A 400 problem when there are fewer than two candidates or too many.
    pub(crate) fn take(
        of: &ChoiceFor,
        id: DecisionId,
        learned: &HashMap<TitleId, Sums>,
        seed: u64,
    ) -> Result<Self, Problem> {
        let (context, mut candidates) = (context(&of.genres), of.candidates.clone());
        candidates.sort_unstable();
        candidates.dedup();
        let (title_id, propensity) = choose(&context, &candidates, learned, seed)?;
        let (slot, viewer) = (of.slot.clone(), of.profile.pseudonym());
        Ok(Self { id, slot, viewer, context, candidates, title_id, propensity, seen: false, played: false })
    }

    /// The event that tells of it.
    pub(crate) fn recorded(&self, of: ChoiceFor, id: EventId) -> Recorded {
        let Self { id: decision, slot, candidates, title_id, propensity, .. } = self.clone();
        let ChoiceFor { account, profile, genres, .. } = of;
        let kind = Kind::SlotDecision(SlotDecision { decision, slot, genres, candidates, title_id, propensity });
        let at = decision.made_at();
        Recorded { account, profile, received_at: at, event: Event { id, v: VERSION, at, kind } }
    }

    /// The decision after its card was seen, or its title played by it; and what its arm learns from that. None when
    /// nothing changes: who plays has seen the card, and neither counts twice.
    ///
    /// # Errors
    /// When the sums of the arm are not those of such decisions.
    pub(crate) fn after(&self, played: bool, arm: &Sums) -> Result<Option<(Self, Sums)>, ExplorationError> {
        if self.played || (self.seen && !played) {
            return Ok(None);
        }
        let mut arm = arm.clone();
        if !self.seen {
            arm.add(&self.context, 0.0)?;
        }
        if played {
            arm.reward(&self.context, 1.0)?;
        }
        Ok(Some((Self { seen: true, played, ..self.clone() }, arm)))
    }

    /// Whether what a viewer did with a title at a time is this decision's doing.
    pub(crate) fn led_to(&self, profile: ProfileId, title: TitleId, at: Millis) -> bool {
        self.viewer == profile.pseudonym() && self.title_id == title && at < self.id.made_at() + WINDOW_MS
    }

    /// The line of the log.
    pub(crate) fn logged(self) -> LoggedDecision {
        LoggedDecision {
            id: self.id,
            slot: self.slot,
            at: rfc3339(self.id.made_at()),
            context: self.context,
            candidates: self.candidates,
            title_id: self.title_id,
            propensity: self.propensity,
            played: self.played,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::AccountId;

    const NOW: Millis = 1_705_350_600_000;

    fn title(n: u8) -> TitleId {
        TitleId::new(1, &[n; 10])
    }

    fn genres(names: &[&str]) -> Vec<f64> {
        context(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    fn choice(genres: &[&str], candidates: Vec<TitleId>) -> ChoiceFor {
        let (account, profile) = (AccountId::new(1, &[1; 10]), ProfileId::new(1, &[1; 10]));
        let genres = genres.iter().map(|genre| (*genre).to_owned()).collect();
        ChoiceFor { account, profile, slot: "discover".into(), genres, candidates }
    }

    fn take(of: &ChoiceFor, learned: &HashMap<TitleId, Sums>, seed: u64) -> Result<Decision, Problem> {
        Decision::take(of, DecisionId::new(NOW, &[1; 10]), learned, seed)
    }

    #[test]
    fn a_genre_has_its_place_whatever_its_case() {
        assert_eq!(genres(&[])[0], 1.0);
        assert_eq!(genres(&["History"]), genres(&["history"]));
        assert_ne!(genres(&["History"]), genres(&["Comedy"]));
        assert_eq!(genres(&["History", "Comedy"]), genres(&["Comedy", "History"]));
    }

    /// Two tastes, three titles: each taste plays one of them. What is learned moves the choice there, and the chance that
    /// is told is the one that it had.
    #[test]
    fn a_slot_learns_what_each_taste_plays() {
        let mut learned = HashMap::new();
        let tastes = ["Comedy", "History"];
        let (mut right, mut weight) = ([0; 2], 0.0);
        for n in 0..4_000_u64 {
            let (half, taste) = ((n >= 2_000) as usize, (n % 2) as usize);
            let of = choice(&tastes[taste..=taste], vec![title(3), title(1), title(2), title(1)]);
            let decision = take(&of, &learned, n).unwrap();
            assert_eq!(decision.candidates, [title(1), title(2), title(3)]);
            assert!(decision.propensity >= 0.1 / 3.0 - 1e-9, "{decision:?}");
            weight += 1.0 / 3.0 / decision.propensity;
            let liked = decision.title_id == title(1 + taste as u8);
            right[half] += usize::from(liked);
            let arm = learned.entry(decision.title_id).or_insert_with(|| Sums::new(DIMENSIONS));
            *arm = decision.after(liked && n % 3 != 0, arm).unwrap().unwrap().1;
        }
        assert!(right[1] > 1_700, "{right:?} of 2000");
        assert!((weight / 4_000.0 - 1.0).abs() < 0.2, "the mean weight of a policy by chance is 1, not {weight}");
    }

    #[test]
    fn a_decision_earns_once_and_only_what_it_led_to() {
        let of = choice(&["History"], vec![title(1), title(2)]);
        let (decision, sums) = (take(&of, &HashMap::new(), 1).unwrap(), Sums::new(DIMENSIONS));
        let (seen, shown) = decision.after(false, &sums).unwrap().unwrap();
        let (played, rewarded) = seen.after(true, &shown).unwrap().unwrap();
        let at_once = decision.after(true, &sums).unwrap().unwrap();
        assert_eq!(at_once, (played.clone(), rewarded.clone()));
        assert_eq!(seen.after(false, &shown), Ok(None));
        assert_eq!((played.after(true, &rewarded), played.after(false, &rewarded)), (Ok(None), Ok(None)));
        let (viewer, shown) = (of.profile, decision.title_id);
        assert!(
            decision.led_to(viewer, shown, NOW + WINDOW_MS - 1) && !decision.led_to(viewer, shown, NOW + WINDOW_MS)
        );
        assert!(!decision.led_to(viewer, title(3), NOW) && !decision.led_to(ProfileId::new(1, &[2; 10]), shown, NOW));
    }

    #[test]
    fn one_title_is_no_choice() {
        for candidates in [vec![], vec![title(1)], vec![title(1), title(1)], (0..99).map(title).collect()] {
            assert_eq!(take(&choice(&[], candidates), &HashMap::new(), 1).unwrap_err().status, 400);
        }
    }
}
