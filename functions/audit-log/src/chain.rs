//! The chain: each entry carries the hash of the one before, so none can be changed, left out or put in between
//! without every later one being another.

use reel_api::Millis;
use reel_api::audit::{Act, Entry};
use reel_sdk::Problem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the first entry has for the hash of the one before.
pub(crate) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where the chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The number of the last entry; 0 before the first.
    pub(crate) number: u64,
    /// Its hash.
    pub(crate) hash: String,
}

impl Head {
    /// Before the first entry.
    pub(crate) fn start() -> Self {
        Self { number: 0, hash: START.into() }
    }

    /// The entry that follows.
    ///
    /// # Errors
    /// A 500 problem when an act has no JSON form.
    pub(crate) fn entry(&self, act: Act, at_ms: Millis) -> Result<Entry, Problem> {
        let (number, before) = (self.number + 1, self.hash.clone());
        let hash = hash(&before, number, at_ms, &act)?;
        Ok(Entry { number, at_ms, act, before, hash })
    }

    /// The end of a chain that ends with an entry.
    pub(crate) fn at(entry: &Entry) -> Self {
        Self { number: entry.number, hash: entry.hash.clone() }
    }
}

/// How far entries follow from a place, up to the one of this number; and what the first that does not has wrong.
pub(crate) fn follow(mut held: Head, entries: &[Entry], last: u64) -> (Head, Option<String>) {
    for entry in entries {
        if let Some(wrong) = wrong(&held, entry) {
            return (held, Some(wrong));
        }
        held = Head::at(entry);
    }
    let missing = (held.number < last).then(|| format!("entry {} is missing", held.number + 1));
    (held, missing)
}

fn wrong(held: &Head, entry: &Entry) -> Option<String> {
    let expected = held.number + 1;
    if entry.number != expected {
        return Some(format!("entry {expected} is missing"));
    }
    if entry.before != held.hash {
        return Some(format!("entry {expected} does not follow from the one before"));
    }
    let own = hash(&entry.before, entry.number, entry.at_ms, &entry.act).ok();
    (own.as_ref() != Some(&entry.hash)).then(|| format!("entry {expected} was changed"))
}

fn hash(before: &str, number: u64, at_ms: Millis, act: &Act) -> Result<String, Problem> {
    let act = serde_json::to_vec(&(number, at_ms, act));
    let act = act.map_err(|e| Problem::internal(format!("an act has no JSON form: {e}")))?;
    Ok(hex::encode(Sha256::new().chain_update(before).chain_update(act).finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(length: u64) -> Vec<Entry> {
        let mut head = Head::start();
        let mut entries = Vec::new();
        for n in 1..=length {
            let entry = head.entry(Act::Ended { begun: n, status: 204 }, n * 1_000).unwrap();
            head = Head::at(&entry);
            entries.push(entry);
        }
        entries
    }

    fn broken(entries: &[Entry]) -> Option<String> {
        follow(Head::start(), entries, 5).1
    }

    #[test]
    fn an_untouched_chain_holds_from_any_place() {
        let entries = log(5);
        assert_eq!(follow(Head::start(), &entries, 5), (Head::at(&entries[4]), None));
        assert_eq!(follow(Head::at(&entries[1]), &entries[2..], 5), (Head::at(&entries[4]), None));
        assert_eq!(follow(Head::start(), &[], 0), (Head::start(), None));
    }

    #[test]
    fn each_change_gap_and_insertion_shows() {
        for n in 0..5 {
            let mut changed = log(5);
            changed[n].act = Act::Ended { begun: 9, status: 500 };
            assert_eq!(broken(&changed), Some(format!("entry {} was changed", n + 1)));
            // Whoever changes an entry and its hash breaks the next one.
            let mut forged = log(5);
            let before = if n == 0 { Head::start() } else { Head::at(&forged[n - 1]) };
            forged[n] = before.entry(Act::Ended { begun: 9, status: 500 }, 1).unwrap();
            let expected = (n < 4).then(|| format!("entry {} does not follow from the one before", n + 2));
            assert_eq!(broken(&forged), expected, "the end is told by its hash alone");
            let mut gap = log(5);
            gap.remove(n);
            assert_eq!(broken(&gap), Some(format!("entry {} is missing", n + 1)));
            let mut doubled = log(5);
            doubled.insert(n, doubled[n].clone());
            assert!(broken(&doubled).is_some());
        }
        assert_ne!(Head::at(&log(4)[3]), Head::at(&log(5)[4]));
    }
}
