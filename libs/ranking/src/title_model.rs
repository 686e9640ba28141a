//! A model with the titles that its items are: what a training gives and a ranking is asked of.

use crate::bytes::{FormatError, Seal, Writer};
use crate::histories::{TitleKey, Watched};
use crate::{Entry, Model, Popularity};
use std::collections::HashMap;

/// A model of titles.
#[derive(Debug, Clone, PartialEq)]
pub struct TitleModel {
    titles: Vec<TitleKey>,
    items: HashMap<TitleKey, u32>,
    popularity: Popularity,
    model: Model,
}

const SEAL: Seal = Seal { magic: b"ReelTitl", version: 1 };

impl TitleModel {
    /// A model whose items are these titles in this order.
    ///
    /// # Errors
    /// When one title stands twice, or the parts are of different numbers of items.
    pub fn new(titles: Vec<TitleKey>, popularity: Popularity, model: Model) -> Result<Self, FormatError> {
        let items: HashMap<TitleKey, u32> = titles.iter().copied().zip(0..).collect();
        let fits = [items.len(), popularity.items(), model.items()].iter().all(|&items| items == titles.len());
        if fits { Ok(Self { titles, items, popularity, model }) } else { Err(FormatError::Inconsistent) }
    }

    /// The titles that it knows.
    pub fn titles(&self) -> &[TitleKey] {
        &self.titles
    }

    /// The model of the titles' numbers.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether it knows a title.
    pub fn knows(&self, title: &TitleKey) -> bool {
        self.items.contains_key(title)
    }

    /// The `n` titles that a viewer who watched these would watch next, best first, with scores that
    /// are comparable within the list; none of these themselves and none of `leave_out`. Empty when
    /// nothing that was watched is known.
    pub fn rank(&self, watched: &[Watched], n: usize, leave_out: &[TitleKey]) -> Vec<(TitleKey, f32)> {
        let history = self.history(watched);
        if history.is_empty() {
            return Vec::new();
        }
        let watched = history.iter().map(|entry| entry.index);
        let excluded: Vec<u32> = watched.chain(leave_out.iter().filter_map(|title| self.item(title))).collect();
        self.named(self.model.score(&history).top(n, &excluded))
    }

    /// The `n` titles that most watch, most first, with how much that is.
    pub fn popular(&self, n: usize) -> Vec<(TitleKey, f32)> {
        self.named(Model::Popularity(self.popularity.clone()).score(&[]).top(n, &[]))
    }

    /// What is known of a history, each title once.
    fn history(&self, watched: &[Watched]) -> Vec<Entry> {
        let mut weights: HashMap<u32, f32> = HashMap::new();
        for Watched { title, weight } in watched.iter().filter(|watched| watched.weight.is_finite()) {
            if let Some(item) = self.item(title) {
                *weights.entry(item).or_default() += weight;
            }
        }
        let mut history: Vec<Entry> = weights.into_iter().map(|(index, weight)| Entry { index, weight }).collect();
        history.retain(|entry| entry.weight > 0.0);
        history.sort_by_key(|entry| entry.index);
        history
    }

    fn item(&self, title: &TitleKey) -> Option<u32> {
        self.items.get(title).copied()
    }

    fn named(&self, ranked: Vec<crate::Ranked>) -> Vec<(TitleKey, f32)> {
        ranked.into_iter().map(|ranked| (self.titles[ranked.item as usize], ranked.score)).collect()
    }

    /// The bytes of the model, the same on every machine: eight letters, the version (32 bits), the
    /// checksum of the rest (64 bits), the titles, how popular they are, and the model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.u64(self.titles.len() as u64);
        self.titles.iter().for_each(|title| body.0.extend(title));
        self.popularity.write(&mut body);
        self.model.write(&mut body);
        SEAL.seal(&body)
    }

    /// The model that [`TitleModel::to_bytes`] made these bytes of.
    ///
    /// # Errors
    /// When they are no model, or one of another version, or not all of it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = SEAL.open(bytes)?;
        let titles = (0..reader.count(16)?).map(|_| reader.bytes()).collect::<Result<_, _>>()?;
        let (popularity, model) = (Popularity::read(&mut reader)?, Model::read(&mut reader)?);
        reader.end()?;
        Self::new(titles, popularity, model)
    }
}
