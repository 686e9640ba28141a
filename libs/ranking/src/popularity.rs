//! What most watch.

use crate::Interactions;
use crate::bytes::{FormatError, Reader, Writer};

/// The items by what was watched of them in all: the same for every viewer.
#[derive(Debug, Clone, PartialEq)]
pub struct Popularity {
    weights: Vec<f32>,
}

impl Popularity {
    /// The sum of weights per item.
    pub fn train(interactions: &Interactions) -> Self {
        Self { weights: interactions.item_weights() }
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn score(&self) -> Vec<f32> {
        self.weights.clone()
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.floats(&self.weights);
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        Ok(Self { weights: from.floats()? })
    }
}
