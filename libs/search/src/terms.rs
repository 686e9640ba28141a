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
/// The terms that a word stands for at most, in one field.
const MOST_TERMS: usize = 256;

/// A word that is looked for.
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) letters: usize,
    /// It may go on.
    pub(crate) unfinished: bool,
}

impl<'a> Word<'a> {
    pub(crate) fn new(text: &'a str, unfinished: bool) -> Self {
        Self { text, letters: text.chars().count(), unfinished }
    }

    fn typos(&self) -> u8 {
        rank::typos_allowed(self.text)
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
    if short {
        exact(&part.title_start, word.text, rank::worth_of_start(Field::Title), best)?;
        exact(&part.people_start, word.text, rank::worth_of_start(Field::People), best)?;
    }
    let unfinished = word.unfinished && !short;
    let mut near = near(&part.title, Field::Title, word, word.typos(), unfinished, best)?;
    near |= self::near(&part.people, Field::People, word, word.typos(), unfinished, best)?;
    near |= self::near(&part.genre, Field::Genre, word, word.typos(), word.unfinished, best)?;
    near |= self::near(&part.description, Field::Description, word, 0, unfinished, best)?;
    if !near && word.typos() > 0 {
        let typos = if word.letters >= TWO_TYPOS_FROM { 2 } else { 1 };
        near = self::near(&part.description, Field::Description, word, 1, unfinished, best)?;
        if typos == 2 && !near {
            self::near(&part.title, Field::Title, word, 2, unfinished, best)?;
            self::near(&part.people, Field::People, word, 2, unfinished, best)?;
            self::near(&part.genre, Field::Genre, word, 2, unfinished, best)?;
        }
    }
    Ok(())
}

fn exact(words: &Words, term: &str, worth: f32, best: &mut Best) -> Result<(), TantivyError> {
    if let Some(info) = words.terms().get(term)? {
        offer_all(words, &info, worth, best)?;
    }
    Ok(())
}

/// Finds a word in a field, up to some typos; says whether there was any.
fn near(
    words: &Words,
    field: Field,
    word: &Word,
    typos: u8,
    unfinished: bool,
    best: &mut Best,
) -> Result<bool, TantivyError> {
    if typos == 0 && !unfinished {
        let info = words.terms().get(word.text)?;
        if let Some(info) = &info {
            offer_all(words, info, rank::worth(field, rank::EXACT), best)?;
        }
        return Ok(info.is_some());
    }
    let edits = Edits::new(word.text, typos, unfinished);
    let mut stream = words.terms().search(&edits).into_stream()?;
    let mut terms = 0;
    while terms < MOST_TERMS && stream.advance() {
        let distance = edits.distance(stream.key());
        if let Some(quality) = quality(word, stream.key(), distance) {
            terms += 1;
            offer_all(words, stream.value(), rank::worth(field, quality), best)?;
        }
    }
    Ok(terms > 0)
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
