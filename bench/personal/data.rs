//! MovieLens 100K, split by a hash of user and film.

use crate::made_up::splitmix64;
use reel_ranking::{Interaction, Interactions};
use std::collections::BTreeSet;
use std::path::Path;

/// What a model learns from, and what it is to find.
pub(crate) struct Fold {
    pub(crate) history: Interactions,
    /// The films held out, user by user.
    pub(crate) held: Vec<Vec<u32>>,
}

/// Who rated what, both numbered from 0 in ascending order of their numbers in the file.
pub(crate) struct Ratings {
    users: usize,
    items: usize,
    /// User, film, and the hash modulo 100: below 20 is test, below 30 validation, the rest training.
    pairs: Vec<(u32, u32, u64)>,
}

impl Ratings {
    /// Reads `ml-100k.inter` in a folder: a line of names, then user, film, rating and time each.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("ml-100k.inter");
        let text = std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let pairs = text.lines().skip(1).map(pair).collect::<Option<Vec<_>>>();
        let pairs = pairs.filter(|pairs| !pairs.is_empty()).ok_or("ml-100k.inter has a line that is no rating")?;
        let users: Vec<u64> = pairs.iter().map(|pair| pair.0).collect::<BTreeSet<_>>().into_iter().collect();
        let items: Vec<u64> = pairs.iter().map(|pair| pair.1).collect::<BTreeSet<_>>().into_iter().collect();
        let at = |list: &[u64], value| list.partition_point(|&other| other < value) as u32;
        let numbered =
            |&(user, item): &(u64, u64)| (at(&users, user), at(&items, item), splitmix64((user << 32) | item) % 100);
        Ok(Self { pairs: pairs.iter().map(numbered).collect(), users: users.len(), items: items.len() })
    }

    /// Training against validation: what parameters are chosen by.
    pub(crate) fn validation(&self) -> Fold {
        self.fold(|hash| hash >= 30, |hash| (20..30).contains(&hash))
    }

    /// Training and validation against test: what is reported.
    pub(crate) fn test(&self) -> Fold {
        self.fold(|hash| hash >= 20, |hash| hash < 20)
    }

    fn fold(&self, learnt: impl Fn(u64) -> bool, held: impl Fn(u64) -> bool) -> Fold {
        let of = self.pairs.iter().filter(|pair| learnt(pair.2));
        let history = of.map(|&(user, item, _)| Interaction { user, item, weight: 1.0 });
        let history = Interactions::new(self.users, self.items, history).expect("all numbers are in bounds");
        let mut lists = vec![Vec::new(); self.users];
        for &(user, item, _) in self.pairs.iter().filter(|pair| held(pair.2)) {
            lists[user as usize].push(item);
        }
        Fold { history, held: lists }
    }
}

fn pair(line: &str) -> Option<(u64, u64)> {
    let mut fields = line.split('\t');
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_splitmix64() {
        assert_eq!(splitmix64(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn each_rating_is_in_one_part() {
        let ratings = Ratings { users: 1, items: 4, pairs: vec![(0, 0, 19), (0, 1, 20), (0, 2, 29), (0, 3, 30)] };
        let learnt = |fold: &Fold| fold.history.history(0).iter().map(|entry| entry.index).collect::<Vec<_>>();
        let (validation, test) = (ratings.validation(), ratings.test());
        assert_eq!((learnt(&validation), &validation.held[0]), (vec![3], &vec![1, 2]));
        assert_eq!((learnt(&test), &test.held[0]), (vec![1, 2, 3], &vec![0]));
    }
}
