//! The keys that a consumer took in last, by which it knows doubles.

use reel_api::Millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};

/// So many keys are remembered of a stream; doubles of what came before count again.
pub const MAX_KEYS: usize = 1_000_000;
/// For so long, in milliseconds, they are remembered.
pub const KEPT_MS: u64 = 24 * 3_600 * 1_000;

/// How far a consumer has come in a stream, kept with what it made of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The last position that it took in; all before it are done.
    pub position: u64,
    /// The latest time of an event that it took in.
    #[serde(default)]
    pub latest: Millis,
}

/// The last keys, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Recent {
    keys: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Recent {
    /// Takes in a key; false when it is a double.
    pub fn take(&mut self, key: u64) -> bool {
        if !self.keys.insert(key) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > MAX_KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        true
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// A key out of what tells one thing from all others: the first 64 bits of its SHA-256.
pub fn key_of(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    let digest: [u8; 32] = digest.finalize().into();
    u64::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

/// Keys as bytes, as a row keeps them.
pub fn to_bytes(keys: &[u64]) -> Vec<u8> {
    keys.iter().flat_map(|key| key.to_be_bytes()).collect()
}

/// The keys of [`to_bytes`].
pub fn from_bytes(bytes: &[u8]) -> impl DoubleEndedIterator<Item = u64> + '_ {
    bytes.as_chunks::<8>().0.iter().map(|key| u64::from_be_bytes(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_is_known_until_it_is_too_long_ago() {
        let mut recent = Recent::default();
        assert!(recent.take(7) && !recent.take(7));
        for key in 0..MAX_KEYS as u64 {
            recent.take(1_000 + key);
        }
        assert_eq!(recent.len(), MAX_KEYS);
        assert!(recent.take(7), "so many came after it that it is forgotten");
    }

    #[test]
    fn keys_come_back_from_bytes() {
        let keys = [key_of(&[b"a"]), key_of(&[b"b", b"c"]), 0];
        assert_eq!(from_bytes(&to_bytes(&keys)).collect::<Vec<_>>(), keys);
        assert_ne!(keys[0], keys[1]);
    }
}
