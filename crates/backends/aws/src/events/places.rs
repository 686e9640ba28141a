//! Where positions stand in Kinesis: a shard can only be entered by a sequence number, and a
//! position does not hold all of it.

use super::sequence;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many batches of a stream are remembered, those noted last.
const REMEMBERED: usize = 1_024;

/// A batch that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Its sequence number.
    pub(super) sequence: String,
    /// The position of its last record.
    pub(super) last: u64,
}

/// Where to enter a shard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entrance {
    /// At its first record.
    First,
    /// At this record.
    At(String),
    /// Behind this record.
    After(String),
}

/// The batches at which reads ended, of each stream.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<String, Known>>);

#[derive(Default)]
struct Known {
    places: BTreeMap<u64, Place>,
    noted: VecDeque<u64>,
}

impl Places {
    /// Remembers a batch. What goes is what was noted first: a consumer that is far behind
    /// needs its place as much as one at the end.
    pub(super) fn note(&self, stream: &str, place: Place) {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = streams.entry(stream.to_owned()).or_default();
        let number = sequence::place_of(place.last);
        if known.places.insert(number, place).is_none() {
            known.noted.push_back(number);
        }
        if known.noted.len() > REMEMBERED
            && let Some(first) = known.noted.pop_front()
        {
            known.places.remove(&first);
        }
    }

    /// The batch of a position, if it is remembered.
    pub(super) fn of(&self, stream: &str, position: u64) -> Option<Place> {
        let streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streams.get(stream)?.places.get(&sequence::place_of(position)).cloned()
    }

    /// Where to begin so that nothing after a position is missed: as near as is known.
    pub(super) fn entrance(&self, stream: &str, after: u64) -> Entrance {
        let streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = streams.get(stream).map(|known| &known.places);
        match places.and_then(|places| places.range(..=sequence::place_of(after)).next_back()) {
            None => Entrance::First,
            Some((_, place)) if place.last > after => Entrance::At(place.sequence.clone()),
            Some((_, place)) => Entrance::After(place.sequence.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_batch_is_the_entrance() {
        let places = Places::default();
        assert_eq!(places.entrance("s", 5), Entrance::First);
        places.note("s", Place { sequence: "seven".into(), last: sequence::position(7, 9) });
        let at = |place, index| places.entrance("s", sequence::position(place, index));
        assert_eq!(at(6, 400), Entrance::First);
        assert_eq!(at(7, 8), Entrance::At("seven".into()));
        assert_eq!([at(7, 9), at(9, 0)], [Entrance::After("seven".into()), Entrance::After("seven".into())]);
        assert_eq!(places.entrance("other", u64::MAX), Entrance::First);
    }

    #[test]
    fn what_was_noted_first_is_forgotten_first() {
        let places = Places::default();
        for place in (0..=REMEMBERED as u64).rev() {
            places.note("s", Place { sequence: place.to_string(), last: sequence::position(place, 0) });
        }
        assert_eq!(places.of("s", sequence::position(REMEMBERED as u64, 0)), None);
        assert_eq!(places.entrance("s", sequence::position(0, 0)), Entrance::After("0".into()));
    }
}
