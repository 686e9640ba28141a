//! Answers that are good for a while, no more than so many of them.

use reel_api::Millis;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// A map whose entries are forgotten after a time, and all at once when it is full of
/// entries that are still good.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    entries: HashMap<K, (Millis, V)>,
    max_age_ms: u64,
    capacity: usize,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(crate) fn new(capacity: usize, max_age_ms: u64) -> Self {
        Self { entries: HashMap::new(), max_age_ms, capacity }
    }

    /// The value, while it is good.
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q, now: Millis) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (since, value) = self.entries.get(key)?;
        (now.saturating_sub(*since) < self.max_age_ms).then(|| value.clone())
    }

    /// Keeps a value from now on.
    pub(crate) fn put(&mut self, key: K, value: V, now: Millis) {
        if self.entries.len() >= self.capacity {
            self.entries.retain(|_, (since, _)| now.saturating_sub(*since) < self.max_age_ms);
        }
        if self.entries.len() >= self.capacity {
            self.entries.clear();
        }
        self.entries.insert(key, (now, value));
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn a_value_is_good_for_its_time() {
        let mut recent = Recent::new(10, 5_000);
        recent.put("a".to_owned(), 1, 1_000);
        assert_eq!(recent.get("a", 5_999), Some(1));
        assert_eq!(recent.get("a", 6_000), None);
        assert_eq!(recent.get("b", 1_000), None);
    }

    #[test]
    fn there_are_never_more_than_its_capacity() {
        let mut recent = Recent::new(3, 5_000);
        for n in 0..100 {
            recent.put(n, n, 1_000 + n);
            assert!(recent.entries.len() <= 3);
            assert_eq!(recent.get(&n, 1_000 + n), Some(n));
        }
    }

    #[test]
    fn old_values_make_room_for_good_ones() {
        let mut recent = Recent::new(2, 5_000);
        recent.put("old", 1, 0);
        recent.put("good", 2, 4_000);
        recent.put("new", 3, 6_000);
        assert_eq!((recent.get("good", 6_000), recent.get("new", 6_000)), (Some(2), Some(3)));
    }
}
