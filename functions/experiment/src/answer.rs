//! A test as an editor sees it.

use crate::counted::Counted;
use crate::test::{PictureTest, comparison};
use reel_api::Millis;
use reel_api::experiment::{Experiment, Segment, Variant, letter};
use reel_exploration::ExplorationError;
use std::cmp::Reverse;

/// The test with its counts, and what they say.
///
/// # Errors
/// When the counts cannot be.
pub(crate) fn answer(test: &PictureTest, counted: &Counted, now: Millis) -> Result<Experiment, ExplorationError> {
    let sound = comparison();
    let counts = counted.all(test.pictures.len());
    let standings = sound.look(&counts)?.standings;
    let variants =
        test.pictures.iter().zip(counts).zip(standings).enumerate().map(|(place, ((picture, counts), s))| {
            let (shown, clicked) = (counts.trials, counts.successes);
            let (rate, low, high, progress, beaten) = (s.rate, s.low, s.high, s.progress, s.beaten);
            Variant {
                letter: letter(place),
                picture: picture.clone(),
                shown,
                clicked,
                rate,
                low,
                high,
                progress,
                beaten,
            }
        });
    let mut segments: Vec<_> = test.tastes.iter().map(|taste| segment(test, counted, taste, now)).collect();
    segments.sort_by_key(|segment| Reverse(segment.shown.iter().sum::<u64>()));
    Ok(Experiment { summary: test.summary(), variants: variants.collect(), segments, alpha: sound.alpha })
}

fn segment(test: &PictureTest, counted: &Counted, taste: &str, now: Millis) -> Segment {
    let counts = counted.of(taste, test.pictures.len());
    let decision = test.decision.as_ref();
    Segment {
        taste: taste.into(),
        winner: decision.and_then(|decision| decision.own.get(taste)).map(|place| letter(*place)),
        open: decision.is_some_and(|decision| decision.is_open(Some(taste), now)),
        shown: counts.iter().map(|counts| counts.trials).collect(),
        clicked: counts.iter().map(|counts| counts.successes).collect(),
    }
}
