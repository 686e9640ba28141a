//! Any of the models, as one type: what is trained in one place and asked in another.

use crate::bytes::{FormatError, Reader, Seal, Writer};
use crate::{Als, Blend, Entry, ItemMatrix, Popularity, Ranked, Scores, Spectral};

/// The version of the form that [`Model::to_bytes`] gives.
pub const FORMAT_VERSION: u32 = 1;

const SEAL: Seal = Seal { magic: b"ReelRank", version: FORMAT_VERSION };

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// What most watch.
    Popularity(Popularity),
    /// Weights from item to item: item-item similarity, EASE.
    Items(ItemMatrix),
    /// Factors of viewers and items.
    Als(Als),
    /// The strongest patterns.
    Spectral(Spectral),
    /// Several of the others.
    Blend(Blend),
}

impl Model {
    /// The number of items.
    pub fn items(&self) -> usize {
        match self {
            Self::Popularity(model) => model.items(),
            Self::Items(model) => model.items(),
            Self::Als(model) => model.items(),
            Self::Spectral(model) => model.items(),
            Self::Blend(model) => model.items(),
        }
    }

    /// The score of each item for a viewer with this history (each item once, in any order). An
    /// item of the history that the model does not know counts for nothing.
    pub fn score(&self, history: &[Entry]) -> Scores {
        Scores(match self {
            Self::Popularity(model) => model.score(),
            Self::Items(model) => model.score(history),
            Self::Als(model) => model.score(history),
            Self::Spectral(model) => model.score(history),
            Self::Blend(model) => model.score(history),
        })
    }

    /// The `n` best items for a viewer with this history, none of them in it: see [`Scores::top`].
    pub fn top(&self, history: &[Entry], n: usize) -> Vec<Ranked> {
        let seen: Vec<u32> = history.iter().map(|entry| entry.index).collect();
        self.score(history).top(n, &seen)
    }

    /// The model as bytes, the same on every machine: eight letters, the version (32 bits), the
    /// checksum of the rest (64 bits), the kind of model (32 bits) and what it consists of; all
    /// little-endian, lists after their lengths.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        self.write(&mut body);
        SEAL.seal(&body)
    }

    /// The model that [`Model::to_bytes`] made these bytes of.
    ///
    /// # Errors
    /// When they are no model, or one of another version, or not all of it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = SEAL.open(bytes)?;
        let model = Self::read(&mut reader)?;
        reader.end()?;
        Ok(model)
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        match self {
            Self::Popularity(model) => (to.u32(POPULARITY), model.write(to)).1,
            Self::Items(model) => (to.u32(ITEMS), model.write(to)).1,
            Self::Als(model) => (to.u32(ALS), model.write(to)).1,
            Self::Spectral(model) => (to.u32(SPECTRAL), model.write(to)).1,
            Self::Blend(model) => (to.u32(BLEND), model.write(to)).1,
        }
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        match from.u32()? {
            kind if kind == BLEND => Ok(Self::Blend(Blend::read(from)?)),
            kind => Self::read_kind(kind, from),
        }
    }

    /// A model that is no blend: what is read nests no deeper than what was written.
    pub(crate) fn read_plain(from: &mut Reader) -> Result<Self, FormatError> {
        let kind = from.u32()?;
        Self::read_kind(kind, from)
    }

    fn read_kind(kind: u32, from: &mut Reader) -> Result<Self, FormatError> {
        match kind {
            POPULARITY => Popularity::read(from).map(Self::Popularity),
            ITEMS => ItemMatrix::read(from).map(Self::Items),
            ALS => Als::read(from).map(Self::Als),
            SPECTRAL => Spectral::read(from).map(Self::Spectral),
            _ => Err(FormatError::Inconsistent),
        }
    }
}

const POPULARITY: u32 = 1;
const ITEMS: u32 = 2;
const ALS: u32 = 3;
const SPECTRAL: u32 = 4;
const BLEND: u32 = 5;
