//! The titles of one part that a query means, and how well.

use crate::part::{Facts, Part};
use crate::query::{Filter, Query};
use crate::rank;
use crate::terms::{self, Best, Word};
use std::collections::HashSet;
use tantivy::TantivyError;

/// The share of a query, by what its words tell, that a title must match.
const LEAST: f32 = 0.45;
/// What a title of one word is worth above one of many, between equals.
const SHORT_TITLE: f32 = 0.5;

/// What is looked for.
pub(crate) struct Looked<'a> {
    pub(crate) words: &'a [String],
    /// How much each word tells, from 0 to 1.
    pub(crate) telling: Vec<f32>,
    /// All the words, without spaces.
    pub(crate) whole: String,
}

/// A title that was found.
pub(crate) struct Candidate {
    pub(crate) title: u32,
    pub(crate) score: f32,
}

/// The titles of a part that match a query and may be found.
pub(crate) fn candidates(
    part: &Part,
    gone: &HashSet<u32>,
    looked: &Looked,
    query: &Query,
) -> Result<Vec<Candidate>, TantivyError> {
    let Some(allowed) = Allowed::new(part, &query.filter) else { return Ok(Vec::new()) };
    let scored = if looked.words.is_empty() {
        (0..part.documents.len() as u32).map(|title| Candidate { title, score: 1.0 }).collect()
    } else {
        scored(part, looked)?
    };
    let liking: Vec<f32> =
        part.values.iter().map(|(_, genre)| query.taste.map_or(0.0, |taste| taste.of(genre))).collect();
    let mut found = scored;
    found.retain_mut(|found| {
        let facts = &part.facts[found.title as usize];
        if query.taste.is_some() {
            found.score = rank::with_taste(found.score, mean(facts, &liking));
        }
        let hidden =
            query.filter.hidden.is_some_and(|hidden| hidden.contains(&part.documents[found.title as usize].id));
        allowed.is(facts) && !hidden && !gone.contains(&found.title)
    });
    Ok(found)
}

fn mean(facts: &Facts, liking: &[f32]) -> f32 {
    let all: f32 = facts.genres.iter().map(|genre| liking[usize::from(*genre)]).sum();
    all / facts.genres.len().max(1) as f32
}

fn scored(part: &Part, looked: &Looked) -> Result<Vec<Candidate>, TantivyError> {
    let mut sums = Sums::new(part.documents.len());
    let mut best = Best::new(part.documents.len());
    for (place, (word, telling)) in looked.words.iter().zip(&looked.telling).enumerate() {
        let word = Word::new(word, *telling, place + 1 == looked.words.len());
        terms::find(part, &word, &mut best)?;
        best.drain().for_each(|(title, worth)| sums.add(title, worth * telling, *telling));
    }
    rank::whole_titles(part, &looked.whole, |title, score| sums.whole(title, score))?;
    let all: f32 = looked.telling.iter().sum();
    let score = |(title, sum): (u32, Sum)| {
        let covered = sum.telling / all;
        let shortness = SHORT_TITLE / f32::from(part.facts[title as usize].title_words.max(1));
        let score = sum.worth / all * covered * covered + sum.whole + shortness;
        (covered >= LEAST || sum.whole > 0.0).then_some(Candidate { title, score })
    };
    Ok(sums.finish().filter_map(score).collect())
}

/// What the words are worth together, for each title.
struct Sums {
    all: Vec<Sum>,
    touched: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    worth: f32,
    telling: f32,
    whole: f32,
}

impl Sums {
    fn new(titles: usize) -> Self {
        Self { all: vec![Sum::default(); titles], touched: Vec::new() }
    }

    fn at(&mut self, title: u32) -> &mut Sum {
        let sum = &mut self.all[title as usize];
        if sum.telling == 0.0 && sum.whole == 0.0 {
            self.touched.push(title);
        }
        sum
    }

    fn add(&mut self, title: u32, worth: f32, telling: f32) {
        let sum = self.at(title);
        sum.worth += worth;
        sum.telling += telling;
    }

    fn whole(&mut self, title: u32, score: f32) {
        let sum = self.at(title);
        sum.whole = sum.whole.max(score);
    }

    fn finish(self) -> impl Iterator<Item = (u32, Sum)> {
        self.touched.into_iter().map(move |title| (title, self.all[title as usize]))
    }
}

/// A filter, in a part's numbers.
struct Allowed<'a> {
    filter: &'a Filter<'a>,
    genre: Option<u16>,
    kind: Option<u16>,
}

impl<'a> Allowed<'a> {
    /// None when no title of the part can pass.
    fn new(part: &Part, filter: &'a Filter<'a>) -> Option<Self> {
        let known = |name: Option<&str>| match name {
            Some(name) => part.value(name).map(Some),
            None => Some(None),
        };
        Some(Self { filter, genre: known(filter.genre)?, kind: known(filter.kind)? })
    }

    fn is(&self, facts: &Facts) -> bool {
        let year = facts.year;
        self.genre.is_none_or(|genre| facts.genres.contains(&genre))
            && (self.kind.is_none() || self.kind == facts.kind)
            && self.filter.from.is_none_or(|from| year.is_some_and(|year| year >= from))
            && self.filter.to.is_none_or(|to| year.is_some_and(|year| year <= to))
            && (facts.playable || !self.filter.playable)
    }
}
