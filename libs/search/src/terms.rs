//! The titles a word is in: exactly, as a prefix, or with typos.

use crate::edits::{Distance, Edits};
use crate::part::{Part, SHORT_PREFIX, Words};
use crate::rank::{self, Field};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, TantivyError};

/// An unfinished word of so many letters may hold one.
const PREFIX_TYPO_FROM: usize = 5;
/// Words of so many letters may hold two.
const TWO_TYPOS_FROM: usize = 8;
/// The terms that a word stands for at most.
const MOST_TERMS: usize = 512;

/// A word that is looked for.
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) letters: usize,
    /// It may go on.
    pub(crate) unfinished: bool,
    /// It may hold so many at first.
    pub(crate) typos: u8,
}

impl<'a> Word<'a> {
    /// A word that tells so much, from 0 to 1.
    pub(crate) fn new(text: &'a str, telling: f32, unfinished: bool) -> Self {
        let typos = if rank::is_common(telling) { 0 } else { rank::typos_allowed(text) };
        Self { text, letters: text.chars().count(), unfinished, typos }
    }
}

/// The best that a word is worth, for each title of a part.
pub(crate) struct Best {
    worth: Vec<f32>,
    touched: Vec<u32>,
}

impl Best {
    pub(crate) fn new(titles: usize) -> Self {
        Self { worth: vec![0.0; titles], touched: Vec::new() }
    }

    fn offer(&mut self, title: u32, worth: f32) {
        let best = &mut self.worth[title as usize];
        if *best == 0.0 {
            self.touched.push(title);
        }
        *best = best.max(worth);
    }

    /// Each title with what the word is worth there; nothing is left.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (u32, f32)> {
        let worth = &mut self.worth;
        self.touched.drain(..).map(|title| (title, std::mem::take(&mut worth[title as usize])))
    }
}

/// In how many titles a word stands as it is, in a field that names things.
pub(crate) fn frequency(part: &Part, word: &str) -> Result<u32, TantivyError> {
    let mut most = 0;
    for words in [&part.title, &part.people, &part.description] {
        most = most.max(words.terms().get(word)?.map_or(0, |info| info.doc_freq));
    }
    Ok(most)
}

/// Finds a word in all fields of a part.
pub(crate) fn find(part: &Part, word: &Word, best: &mut Best) -> Result<(), TantivyError> {
    let short = word.unfinished && word.letters <= SHORT_PREFIX;
    let mut near = false;
    if short {
        exact(&part.title_start, word.text, rank::worth_of_start(Field::Title), best)?;
        exact(&part.people_start, word.text, rank::worth_of_start(Field::People), best)?;
        near = self::near(&part.genre, &[(&part.genre, Field::Genre)], word, 0, true, best)?;
    }
    let unfinished = word.unfinished && !short;
    let names = [(&part.title, Field::Title), (&part.people, Field::People), (&part.genre, Field::Genre)];
    let description = [(&part.description, Field::Description)];
    near |= self::near(&part.name, &names, word, word.typos, unfinished, best)?;
    near |= self::near(&part.description, &description, word, 0, unfinished, best)?;
    if !near && word.typos > 0 {
        near = self::near(&part.description, &description, word, 1, unfinished, best)?;
        if word.letters >= TWO_TYPOS_FROM && !near {
            self::near(&part.name, &names, word, 2, unfinished, best)?;
        }
    }
    Ok(())
}

fn exact(words: &Words, term: &str, worth: f32, best: &mut Best) -> Result<bool, TantivyError> {
    let info = words.terms().get(term)?;
    if let Some(info) = &info {
        offer_all(words, info, worth, best)?;
    }
    Ok(info.is_some())
}

/// Finds a word in some fields, up to some typos; says whether there was any. `all` has the terms of each: it is gone
/// through once, which takes longer than to look a few of them up.
fn near(
    all: &Words,
    fields: &[(&Words, Field)],
    word: &Word,
    typos: u8,
    unfinished: bool,
    best: &mut Best,
) -> Result<bool, TantivyError> {
    let mut any = false;
    if typos == 0 && !unfinished {
        for (words, field) in fields {
            any |= exact(words, word.text, rank::worth(*field, rank::EXACT), best)?;
        }
        return Ok(any);
    }
    let edits = Edits::new(word.text, typos, unfinished);
    let mut stream = all.terms().search(&edits).into_stream()?;
    let mut terms = 0;
    while terms < MOST_TERMS && stream.advance() {
        let distance = edits.distance(stream.key());
        let Some(quality) = quality(word, stream.key(), distance) else { continue };
        terms += 1;
        for (words, field) in fields {
            if let Some(info) = words.terms().get(stream.key())? {
                any = true;
                offer_all(words, &info, rank::worth(*field, quality), best)?;
            }
        }
    }
    Ok(any)
}

/// How well a term fits a word; none when it does not.
fn quality(word: &Word, term: &[u8], distance: Distance) -> Option<f32> {
    let whole = distance.whole.map(rank::quality_of_typos);
    let room = word.letters as f32 / (term.len().max(word.letters)) as f32;
    let begun = match distance.begun {
        Some(0) => Some(rank::quality_of_prefix(room)),
        Some(typos) if word.letters >= PREFIX_TYPO_FROM => Some(rank::quality_of_prefix_typos(typos, room)),
        _ => None,
    };
    whole.into_iter().chain(begun).reduce(f32::max)
}

fn offer_all(
    words: &Words,
    info: &tantivy::postings::TermInfo,
    worth: f32,
    best: &mut Best,
) -> Result<(), TantivyError> {
    let mut titles = words.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    let mut title = titles.doc();
    while title != TERMINATED {
        best.offer(title, worth);
        title = titles.advance();
    }
    Ok(())
}
