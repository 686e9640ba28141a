//! What a viewer likes, by genre: what was watched and rated, remembered for a minute.

use crate::HISTORY;
use crate::shelf::Shelf;
use reel_api::history::{HistoryEntry, Rated, Rating};
use reel_api::{CallError, Client, Millis, OnBehalf, Principal, ProfileId};
use reel_search::Taste;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// For how long a taste holds, in milliseconds.
const FRESH_MS: Millis = 60_000;
/// Of how many viewers an instance remembers the taste.
const REMEMBERED: usize = 1_000;
/// What a rating counts, where a title watched to its end counts 1.
const RATED: f32 = 2.0;

thread_local! {
    static TASTES: RefCell<HashMap<ProfileId, (Millis, Rc<Taste>)>> = RefCell::default();
}

/// The taste of who asks; none without a profile, or while `history` is away.
pub(crate) async fn of(principal: &Principal, shelf: &Shelf, now: Millis) -> Option<Rc<Taste>> {
    let profile = principal.profile?;
    let known = TASTES.with_borrow(|tastes| tastes.get(&profile).cloned());
    if let Some((_, taste)) = known.filter(|(at, _)| now.saturating_sub(*at) < FRESH_MS) {
        return Some(taste);
    }
    match ask(principal).await {
        Ok((entries, ratings)) => Some(remember(profile, now, taste(shelf, &entries, &ratings))),
        Err(error) => {
            eprintln!("a search goes without the viewer's taste: {error}");
            None
        }
    }
}

async fn ask(principal: &Principal) -> Result<(Vec<HistoryEntry>, Vec<Rated>), CallError> {
    let history = Client::new(OnBehalf::new(HISTORY, principal.clone()));
    Ok((history.history().await?.entries, history.ratings().await?.ratings))
}

fn remember(profile: ProfileId, now: Millis, taste: Taste) -> Rc<Taste> {
    let taste = Rc::new(taste);
    TASTES.with_borrow_mut(|tastes| {
        if tastes.len() >= REMEMBERED {
            tastes.retain(|_, (at, _)| now.saturating_sub(*at) < FRESH_MS);
        }
        if tastes.len() < REMEMBERED {
            tastes.insert(profile, (now, Rc::clone(&taste)));
        }
    });
    taste
}

/// Each genre by how much of it was watched and how it was rated; the most liked has 1.
fn taste(shelf: &Shelf, entries: &[HistoryEntry], ratings: &[Rated]) -> Taste {
    let watched = entries.iter().map(|entry| (entry.content_id, f32::from(entry.progress_pct) / 100.0));
    let rated = ratings.iter().map(|rated| match rated.rating {
        Rating::Like => (rated.content_id, RATED),
        Rating::Dislike => (rated.content_id, -RATED),
    });
    let mut likings: HashMap<&str, f32> = HashMap::new();
    for (title, liking) in watched.chain(rated) {
        for genre in shelf.watched(title).into_iter().flat_map(|title| &title.genres) {
            *likings.entry(genre).or_default() += liking;
        }
    }
    let most = likings.values().fold(1.0_f32, |most, liking| most.max(liking.abs()));
    Taste::new(likings.into_iter().map(|(genre, liking)| (genre, liking / most)))
}
