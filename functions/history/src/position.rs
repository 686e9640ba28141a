//! Where a profile stopped in a title.

use crate::watched::{Progress, Watched};
use reel_api::Millis;
use reel_api::history;
use serde::{Deserialize, Serialize};

/// From this percentage on a title counts as watched to the end: what is left are credits.
const WATCHED_PCT: u64 = 95;

/// A position, as it is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// When it was there.
    at: Millis,
    position_ms: u64,
    duration_ms: u64,
    /// What happened until then was deleted from the history, and stays so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forgotten_at: Option<Millis>,
}

impl Position {
    /// The position after a moment; none when the moment adds nothing: because it tells
    /// no position, or because a later one is known.
    pub(crate) fn after(position: Option<&Self>, watched: &Watched) -> Option<Self> {
        let Progress { position_ms, duration_ms } = watched.progress?;
        let before = position.copied().unwrap_or_default();
        (watched.at > before.at).then_some(Self { at: watched.at, position_ms, duration_ms, ..before })
    }

    /// The position of a title that was deleted from the history.
    pub(crate) fn forgotten(now: Millis) -> Self {
        Self { at: now, position_ms: 0, duration_ms: 0, forgotten_at: Some(now) }
    }

    /// Whether a moment was deleted from the history before it arrived.
    pub(crate) fn forgets(&self, watched: &Watched) -> bool {
        self.forgotten_at.is_some_and(|at| watched.at <= at)
    }

    /// The position as it is answered: where to resume.
    pub(crate) fn answer(&self) -> history::Position {
        let progress = Progress { position_ms: self.position_ms, duration_ms: self.duration_ms };
        let watched = u128::from(self.position_ms) * 100 >= u128::from(self.duration_ms) * u128::from(WATCHED_PCT);
        history::Position { resume_ms: if watched { 0 } else { self.position_ms }, progress_pct: progress.percent() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(at: Millis, position_ms: u64) -> Watched {
        let progress = Some(Progress { position_ms, duration_ms: 100_000 });
        Watched { content: "t".into(), began: 1, at, device: "web".into(), progress }
    }

    fn after(moments: &[Watched]) -> Position {
        let mut position = None;
        for moment in moments {
            position = Position::after(position.as_ref(), moment).or(position);
        }
        position.unwrap_or_default()
    }

    #[test]
    fn the_latest_moment_counts_in_whatever_order_they_come() {
        let moments = [at(10, 5_000), at(30, 15_000), at(20, 90_000)];
        assert_eq!(after(&moments).answer(), history::Position { resume_ms: 15_000, progress_pct: 15 });
        let reversed: Vec<_> = moments.iter().rev().cloned().collect();
        assert_eq!(after(&reversed), after(&moments));
        assert_eq!(Position::after(Some(&after(&moments)), &at(30, 15_000)), None, "a double");
    }

    #[test]
    fn a_viewer_may_go_back() {
        assert_eq!(after(&[at(10, 90_000), at(20, 5_000)]).answer().resume_ms, 5_000);
    }

    #[test]
    fn what_was_watched_to_the_credits_begins_anew() {
        assert_eq!(after(&[at(10, 94_999)]).answer(), history::Position { resume_ms: 94_999, progress_pct: 94 });
        assert_eq!(after(&[at(10, 95_000)]).answer(), history::Position { resume_ms: 0, progress_pct: 95 });
        assert_eq!(after(&[at(10, 100_000)]).answer(), history::Position { resume_ms: 0, progress_pct: 100 });
        assert_eq!(Position::default().answer(), history::Position { resume_ms: 0, progress_pct: 0 });
    }

    #[test]
    fn a_start_tells_no_position() {
        assert_eq!(Position::after(None, &Watched { progress: None, ..at(10, 0) }), None);
    }

    #[test]
    fn what_was_forgotten_stays_so() {
        let forgotten = Position::forgotten(50);
        assert!(forgotten.forgets(&at(50, 9_000)) && !forgotten.forgets(&at(51, 9_000)));
        let again = Position::after(Some(&forgotten), &at(60, 9_000)).unwrap();
        assert_eq!(again.answer().resume_ms, 9_000);
        assert!(again.forgets(&at(40, 9_000)));
    }
}
