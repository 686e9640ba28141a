//! What a match is worth. The weights are set so that the whole title outdoes any words in
//! it, and taste (a sixth at most) outdoes neither.

use crate::edits::Edits;
use crate::part::Part;
use tantivy::TantivyError;

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    People,
    Genre,
    Description,
}

/// The quality of a word that is as it was typed.
pub(crate) const EXACT: f32 = 1.0;

/// The score of a title that is as it was typed.
const EXACT_TITLE: f32 = 100.0;
/// Of one that begins so: with as much of it as was typed, up to the second.
const TITLE_PREFIX: (f32, f32) = (30.0, 50.0);
/// Of one with a typo: for four letters, for each further letter, and at most. The longer
/// the text, the less it is a chance that a title is so near: four letters are sooner the
/// beginning of a word in another title.
const TITLE_TYPO: (f32, f32, f32) = (1.0, 6.0, 60.0);
/// What a second typo leaves of that.
const SECOND_TYPO: f32 = 0.5;
/// Of one that begins so, with a typo.
const TITLE_PREFIX_TYPO: f32 = 12.0;
/// Whole titles of so many letters may hold a typo, as a whole and as a beginning, or two.
const TYPO_FROM: (usize, usize, usize) = (4, 6, 9);

/// Words of so many letters may hold a typo; shorter ones have too many neighbours.
const WORD_TYPO_FROM: usize = 4;
/// A word that tells less is common: of 10,000 titles one in a hundred has it.
const COMMON: f32 = 0.5;

/// How far taste moves a score, either way.
const TASTE: f32 = 0.15;

/// What a word is worth in a field, for its quality from 0 to 1.
pub(crate) fn worth(field: Field, quality: f32) -> f32 {
    let weight = match field {
        Field::Title => 10.0,
        Field::People => 5.0,
        Field::Genre => 3.0,
        Field::Description => 1.0,
    };
    weight * quality
}

/// What a word of few letters is worth as the beginning of one in a field.
pub(crate) fn worth_of_start(field: Field) -> f32 {
    worth(field, quality_of_prefix(0.5))
}

/// The quality of a word with typos.
pub(crate) fn quality_of_typos(typos: u8) -> f32 {
    [EXACT, 0.6, 0.35][usize::from(typos.min(2))]
}

/// The quality of a word that goes on, of which a share was typed.
pub(crate) fn quality_of_prefix(share: f32) -> f32 {
    0.65 + 0.25 * share
}

/// The quality of a word that goes on, with typos in what was typed.
pub(crate) fn quality_of_prefix_typos(typos: u8, share: f32) -> f32 {
    quality_of_typos(typos) * quality_of_prefix(share) * 0.8
}

/// How many typos a word may hold at first: none in a number, where each letter makes another.
pub(crate) fn typos_allowed(word: &str) -> u8 {
    let number = word.bytes().all(|byte| byte.is_ascii_digit());
    u8::from(!number && word.chars().count() >= WORD_TYPO_FROM)
}

/// Whether so many titles have a word that it is meant as it is, by what it tells.
pub(crate) fn is_common(telling: f32) -> bool {
    telling < COMMON
}

/// How much a word tells, from 0 (in every title) to 1 (in none).
pub(crate) fn telling(frequency: u32, titles: usize) -> f32 {
    let titles = titles.max(1) as f32;
    let told = (1.0 + titles / (1.0 + frequency as f32)).ln() / (1.0 + titles).ln();
    told.clamp(0.05, 1.0)
}

/// A score as a viewer's taste moves it, from -1 to 1.
pub(crate) fn with_taste(score: f32, liking: f32) -> f32 {
    score * (1.0 + TASTE * liking.clamp(-1.0, 1.0))
}

/// Scores titles whose whole name is, or begins like, a text without spaces.
pub(crate) fn whole_titles(part: &Part, text: &str, mut offer: impl FnMut(u32, f32)) -> Result<(), TantivyError> {
    let letters = text.chars().count();
    if letters == 0 {
        return Ok(());
    }
    let first = part.keys.partition_point(|(key, _)| key.as_str() < text);
    for (key, titles) in part.keys[first..].iter().take_while(|(key, _)| key.starts_with(text)) {
        let share = text.len() as f32 / key.len() as f32;
        let prefix = TITLE_PREFIX.0 + (TITLE_PREFIX.1 - TITLE_PREFIX.0) * share;
        let score = if key.len() == text.len() { EXACT_TITLE } else { prefix };
        titles.iter().for_each(|title| offer(*title, score));
    }
    if letters >= TYPO_FROM.0 && !near_titles(part, text, letters, 1, &mut offer)? && letters >= TYPO_FROM.2 {
        near_titles(part, text, letters, 2, &mut offer)?;
    }
    Ok(())
}

/// Scores titles up to some typos away; says whether there was any.
fn near_titles(
    part: &Part,
    text: &str,
    letters: usize,
    typos: u8,
    offer: &mut impl FnMut(u32, f32),
) -> Result<bool, TantivyError> {
    let edits = Edits::new(text, typos, letters >= TYPO_FROM.1);
    let mut stream = part.key.terms().search(&edits).into_stream()?;
    let mut any = false;
    while stream.advance() {
        any = true;
        let distance = edits.distance(stream.key());
        let score = match (distance.whole, distance.begun) {
            (Some(0), _) | (None, Some(0)) => continue,
            (Some(typos), _) => typo_score(letters, typos),
            (None, Some(typos)) => TITLE_PREFIX_TYPO * if typos > 1 { SECOND_TYPO } else { 1.0 },
            (None, None) => continue,
        };
        // The keys are in the order of the terms.
        if let Some((_, titles)) = part.keys.get(stream.term_ord() as usize) {
            titles.iter().for_each(|title| offer(*title, score));
        }
    }
    Ok(any)
}

fn typo_score(letters: usize, typos: u8) -> f32 {
    let further = letters.saturating_sub(TYPO_FROM.0) as f32;
    let one = (TITLE_TYPO.0 + TITLE_TYPO.1 * further).min(TITLE_TYPO.2);
    if typos > 1 { one * SECOND_TYPO } else { one }
}
