//! What can be suggested while a word is typed: titles, people and genres.

use crate::document::Document;
use crate::edits::Edits;
use crate::fold::words;
use reel_api::TitleId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tantivy::TantivyError;
use tantivy_fst::{Automaton, IntoStreamer, Map, Streamer};

/// Texts of up to so many letters have their best phrases listed: too many begin with them.
const SHORT: usize = 3;
/// How many of each kind are listed there.
const LISTED: usize = 16;
/// Texts of so many letters may hold a typo.
const TYPO_FROM: usize = 4;
/// The letters of a text or phrase that count.
const LONGEST: usize = 60;

/// What a viewer may mean.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Suggestion {
    /// To be shown, as the catalogue writes it.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuggestionKind {
    /// A genre.
    Genre,
    /// A title, with its id.
    Title(TitleId),
    /// Someone who plays or directs.
    Person,
}

/// The phrases of some titles, by how they begin and by how each of their words does.
pub(crate) struct Phrases {
    all: Vec<Phrase>,
    /// From a phrase's end, from each of its words on, to a place in `lists`.
    map: Map<Vec<u8>>,
    lists: Vec<Vec<Start>>,
    /// The best for each short text.
    short: HashMap<String, Vec<Start>>,
}

struct Phrase {
    suggestion: Suggestion,
    titles: u32,
}

/// A phrase and whether it begins there, rather than goes on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Start {
    inside: bool,
    phrase: u32,
}

/// A suggestion with what orders it: the lower, the better.
pub(crate) type Ranked = ((bool, Reverse<u32>, usize), Suggestion);

impl Phrases {
    pub(crate) fn build(documents: &[Arc<Document>]) -> Result<Self, TantivyError> {
        let all = collect(documents);
        let mut starts: BTreeMap<String, Vec<Start>> = BTreeMap::new();
        for (phrase, named) in (0..).zip(&all) {
            let words = words(&named.suggestion.text);
            for from in 0..words.len() {
                let key = cut(&words[from..].join(" "), LONGEST).to_owned();
                starts.entry(key).or_default().push(Start { inside: from > 0, phrase });
            }
        }
        let short = listed(&all, &starts);
        let map =
            Map::from_iter(starts.keys().zip(0..)).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        Ok(Self { all, map, lists: starts.into_values().collect(), short })
    }

    /// What begins with a text, best first within each kind.
    pub(crate) fn find(&self, text: &str) -> Vec<Ranked> {
        let text = words(text).join(" ");
        let text = cut(&text, LONGEST);
        let letters = text.chars().count();
        if letters <= SHORT {
            return self.ranked(self.short.get(text).into_iter().flatten());
        }
        let found = self.starts(Edits::new(text, 0, true));
        if !found.is_empty() || letters < TYPO_FROM {
            return self.ranked(found.into_iter());
        }
        self.ranked(self.starts(Edits::new(text, 1, true)).into_iter())
    }

    fn starts<A: Automaton>(&self, automaton: A) -> Vec<&Start> {
        let mut found = Vec::new();
        let mut stream = self.map.search(automaton).into_stream();
        while let Some((_, list)) = stream.next() {
            found.extend(self.lists.get(list as usize).into_iter().flatten());
        }
        found
    }

    fn ranked<'a>(&self, starts: impl Iterator<Item = &'a Start>) -> Vec<Ranked> {
        let mut starts: Vec<&Start> = starts.collect();
        starts.sort_unstable_by_key(|start| (start.phrase, start.inside));
        starts.dedup_by_key(|start| start.phrase);
        starts.sort_by_key(|start| rank(&self.all, start));
        starts
            .into_iter()
            .map(|start| (rank(&self.all, start), self.all[start.phrase as usize].suggestion.clone()))
            .collect()
    }
}

fn rank(all: &[Phrase], start: &Start) -> (bool, Reverse<u32>, usize) {
    let phrase = &all[start.phrase as usize];
    (start.inside, Reverse(phrase.titles), phrase.suggestion.text.len())
}

fn cut(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end])
}

/// Every phrase once; people and genres with the number of their titles.
fn collect(documents: &[Arc<Document>]) -> Vec<Phrase> {
    let mut counts: HashMap<(&str, SuggestionKind), u32> = HashMap::new();
    for document in documents {
        let genres = document.genres.iter().map(|genre| (genre.as_str(), SuggestionKind::Genre));
        let people = document.cast.iter().chain(&document.directors);
        let people = people.map(|person| (person.as_str(), SuggestionKind::Person));
        let title = (document.name.as_str(), SuggestionKind::Title(document.id));
        for phrase in genres.chain(people).chain([title]) {
            *counts.entry(phrase).or_default() += 1;
        }
    }
    let mut all: Vec<Phrase> = counts
        .into_iter()
        .map(|((text, kind), titles)| Phrase { suggestion: Suggestion { text: text.to_owned(), kind }, titles })
        .collect();
    // The same titles make the same suggestions.
    all.sort_by(|a, b| (&a.suggestion.text, a.suggestion.kind).cmp(&(&b.suggestion.text, b.suggestion.kind)));
    all
}

fn listed(all: &[Phrase], starts: &BTreeMap<String, Vec<Start>>) -> HashMap<String, Vec<Start>> {
    let mut short: HashMap<String, Vec<Start>> = HashMap::new();
    for (key, list) in starts {
        for (at, c) in key.char_indices().take(SHORT) {
            match short.get_mut(&key[..at + c.len_utf8()]) {
                Some(listed) => listed.extend(list),
                None => drop(short.insert(key[..at + c.len_utf8()].to_owned(), list.clone())),
            }
        }
    }
    for list in short.values_mut() {
        list.sort_by_cached_key(|start| rank(all, start));
        let mut of_kind = HashMap::new();
        list.retain(|start| {
            let kind = std::mem::discriminant(&all[start.phrase as usize].suggestion.kind);
            let count = of_kind.entry(kind).or_insert(0);
            *count += 1;
            *count <= LISTED
        });
        list.shrink_to_fit();
    }
    short
}

/// A few of several kinds: a genre or two, then two titles for each person.
pub(crate) fn mixed(mut ranked: Vec<Ranked>, limit: usize) -> Vec<Suggestion> {
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut seen = std::collections::HashSet::new();
    let mut kinds: [Vec<Suggestion>; 3] = Default::default();
    for (_, suggestion) in ranked {
        if seen.insert(suggestion.clone()) {
            kinds[place(suggestion.kind)].push(suggestion);
        }
    }
    let [genres, titles, people] = kinds.map(|kind| kind.into_iter().take(limit));
    let (mut titles, mut people) = (titles, people);
    let mut mixed: Vec<Suggestion> = genres.take(2).collect();
    while mixed.len() < limit {
        let before = mixed.len();
        mixed.extend(titles.by_ref().take(2));
        mixed.extend(people.next());
        if mixed.len() == before {
            break;
        }
    }
    mixed.truncate(limit);
    mixed
}

fn place(kind: SuggestionKind) -> usize {
    match kind {
        SuggestionKind::Genre => 0,
        SuggestionKind::Title(_) => 1,
        SuggestionKind::Person => 2,
    }
}
