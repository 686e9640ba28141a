//! The index: one large part, and a small one of what changed since.

use crate::document::Document;
use crate::facets::Counting;
use crate::fold::words;
use crate::highlight::highlights;
use crate::part::{Facts, Part};
use crate::phrases::{self, Suggestion, SuggestionKind};
use crate::query::{Found, Hit, Query};
use crate::rank;
use crate::score::{Candidate, Looked, candidates};
use reel_api::TitleId;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;
use tantivy::TantivyError;

/// The words of a query that count.
const MOST_WORDS: usize = 10;
/// The bytes of a query that are read.
const LONGEST_QUERY: usize = 512;
/// What changed is kept apart while it is fewer titles than this.
const FEW: usize = 256;

/// The index could not be made or read, which is a fault of its own: no query and no title
/// leads to it.
#[derive(Debug, thiserror::Error)]
#[error("the search index: {0}")]
pub struct SearchError(#[from] TantivyError);

/// Titles to be searched. Clones share what they hold.
#[derive(Clone)]
pub struct Index {
    layers: [Layer; 2],
}

#[derive(Clone)]
struct Layer {
    part: Arc<Part>,
    /// Titles of the part that were changed or removed since.
    gone: Arc<HashSet<u32>>,
}

impl Layer {
    fn build(documents: impl IntoIterator<Item = Arc<Document>>) -> Result<Self, TantivyError> {
        Ok(Self { part: Arc::new(Part::build(documents)?), gone: Arc::default() })
    }

    fn len(&self) -> usize {
        self.part.documents.len() - self.gone.len()
    }

    fn live(&self) -> impl Iterator<Item = &Arc<Document>> {
        let there = |number: &u32| !self.gone.contains(number);
        (0..).zip(&self.part.documents).filter(move |(number, _)| there(number)).map(|(_, document)| document)
    }

    fn without(&self, ids: &HashSet<TitleId>) -> Self {
        let mut gone = HashSet::clone(&self.gone);
        gone.extend(ids.iter().filter_map(|id| self.part.numbers.get(id)));
        Self { part: Arc::clone(&self.part), gone: Arc::new(gone) }
    }
}

impl Index {
    /// Indexes titles; of two with the same id, the later one.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn build(documents: impl IntoIterator<Item = Document>) -> Result<Self, SearchError> {
        Self::over(documents.into_iter().map(Arc::new))
    }

    fn over(documents: impl IntoIterator<Item = Arc<Document>>) -> Result<Self, SearchError> {
        Ok(Self { layers: [Layer::build(documents)?, Layer::build([])?] })
    }

    /// The index as it is after some titles were added or changed, and others removed. Cheap while what
    /// changed since the last build is few; else everything is indexed again. Until then what
    /// changed is searched apart, and may be found with a typo more than the rest.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn with(
        &self,
        changed: impl IntoIterator<Item = Document>,
        removed: impl IntoIterator<Item = TitleId>,
    ) -> Result<Self, SearchError> {
        let removed: HashSet<TitleId> = removed.into_iter().collect();
        let changed: Vec<Arc<Document>> =
            changed.into_iter().filter(|document| !removed.contains(&document.id)).map(Arc::new).collect();
        let moved = changed.iter().map(|document| document.id).chain(removed).collect();
        let [base, fresh] = self.layers.each_ref().map(|layer| layer.without(&moved));
        let fresh = fresh.live().cloned().chain(changed);
        if base.gone.len() + fresh.size_hint().0 < FEW.max(base.part.documents.len() / 16) {
            let fresh = Layer::build(fresh)?;
            return Ok(Self { layers: [base, fresh] });
        }
        Self::over(base.live().cloned().chain(fresh).collect::<Vec<_>>())
    }

    /// How many titles there are.
    pub fn len(&self) -> usize {
        self.layers.iter().map(Layer::len).sum()
    }

    /// Whether there is no title.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The titles that a query means, best first.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn search(&self, query: &Query) -> Result<Found, SearchError> {
        let words = query_words(query.text);
        let looked = self.looked(&words)?;
        let mut all = Vec::new();
        let mut counting = query.facets.then(Counting::default);
        for layer in &self.layers {
            let found = candidates(&layer.part, &layer.gone, &looked, query)?;
            if let Some(counting) = &mut counting {
                count(&layer.part, &found, counting);
            }
            all.extend(found.into_iter().map(|found| (&*layer.part, found)));
        }
        let total = all.len();
        let best = best(all, query.skip, query.limit);
        let hit = |(part, found): (&Part, Candidate)| {
            let document = &part.documents[found.title as usize];
            let highlights = if query.highlights { highlights(&document.name, &words) } else { Vec::new() };
            Hit { id: document.id, score: found.score, highlights }
        };
        Ok(Found { hits: best.into_iter().map(hit).collect(), total, facets: counting.map(Counting::finish) })
    }

    fn looked<'a>(&self, words: &'a [String]) -> Result<Looked<'a>, TantivyError> {
        let titles = self.len();
        let telling = |word: &String| {
            let mut frequency = 0;
            for layer in &self.layers {
                frequency += crate::terms::frequency(&layer.part, word)?;
            }
            Ok(rank::telling(frequency, titles))
        };
        let telling = words.iter().map(telling).collect::<Result<Vec<f32>, TantivyError>>()?;
        Ok(Looked { words, telling, whole: words.concat() })
    }

    /// What a text may be the beginning of, at most `limit`: titles, people and genres, by
    /// any of their words. People whose titles were all removed may stay until the index is built again.
    pub fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        let mut ranked = Vec::new();
        for layer in &self.layers {
            let there = |id: &TitleId| layer.part.numbers.get(id).is_some_and(|number| !layer.gone.contains(number));
            let found = layer.part.phrases.find(cut(text));
            ranked.extend(found.into_iter().filter(|(_, suggestion)| match &suggestion.kind {
                SuggestionKind::Title(id) => there(id),
                _ => true,
            }));
        }
        phrases::mixed(ranked, limit)
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_QUERY)]
}

fn query_words(text: &str) -> Vec<String> {
    let mut words = words(cut(text));
    words.truncate(MOST_WORDS);
    words
}

fn count<'a>(part: &'a Part, found: &[Candidate], counting: &mut Counting<'a>) {
    let mut values = vec![(0, 0); part.values.len()];
    for found in found {
        let Facts { year, genres, kind, .. } = &part.facts[found.title as usize];
        genres.iter().for_each(|genre| values[usize::from(*genre)].0 += 1);
        kind.iter().for_each(|kind| values[usize::from(*kind)].1 += 1);
        year.iter().for_each(|year| counting.decade(year / 10 * 10, 1));
    }
    for ((name, _), (genres, kinds)) in part.values.iter().zip(values) {
        counting.genre(name, genres);
        counting.kind(name, kinds);
    }
}

/// The best of all, after some that are left out, in order.
fn best(mut all: Vec<(&Part, Candidate)>, skip: usize, limit: usize) -> Vec<(&Part, Candidate)> {
    let end = skip.saturating_add(limit);
    if end < all.len() {
        all.select_nth_unstable_by(end, order);
        all.truncate(end);
    }
    all.sort_unstable_by(order);
    all.drain(..skip.min(all.len()));
    all
}

/// By score; of equals what can be played, the newest, and always in the same order.
fn order(a: &(&Part, Candidate), b: &(&Part, Candidate)) -> Ordering {
    let rest = |(part, found): &(&Part, Candidate)| {
        let facts = &part.facts[found.title as usize];
        (facts.playable, facts.year)
    };
    let id = |(part, found): &(&Part, Candidate)| part.documents[found.title as usize].id;
    let score = b.1.score.total_cmp(&a.1.score);
    score.then_with(|| rest(b).cmp(&rest(a))).then_with(|| id(a).cmp(&id(b)))
}
