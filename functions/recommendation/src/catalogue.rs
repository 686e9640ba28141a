//! What viewers see and what it is like, remembered for a moment.

use crate::CONTENT;
use reel_api::catalogue::Kept;
use reel_api::content::Title;
use reel_api::{CallError, Client, Millis, OnBehalf, Principal, TitleId};
use reel_likeness::Likeness;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    static SHELF: Rc<Kept<Shelf>> = Rc::default();
}

/// What viewers see.
pub(crate) struct Shelf {
    /// Newest first.
    pub(crate) titles: Vec<Title>,
    pub(crate) likeness: Likeness,
    /// What is reached from its series alone.
    pub(crate) episodes: HashMap<TitleId, Title>,
    places: HashMap<TitleId, usize>,
}

impl Shelf {
    pub(crate) fn new(titles: Vec<Title>) -> Self {
        let places = titles.iter().enumerate().map(|(place, title)| (title.id, place)).collect();
        Self { likeness: Likeness::build(&titles), titles, episodes: HashMap::new(), places }
    }

    pub(crate) fn with_episodes(self, episodes: HashMap<TitleId, Title>) -> Self {
        Self { episodes, ..self }
    }

    /// What stands for a title where titles are listed: its series, if it is an episode.
    pub(crate) fn listed(&self, id: TitleId) -> TitleId {
        self.episodes.get(&id).and_then(|episode| episode.series).map_or(id, |series| series.id)
    }

    /// A title by its id; none when viewers do not see it.
    pub(crate) fn title(&self, id: TitleId) -> Option<&Title> {
        self.titles.get(*self.places.get(&id)?)
    }
}

/// What viewers see. While `content` is away, what was last seen.
pub(crate) async fn shelf(principal: &Principal, now: Millis) -> Result<Rc<Shelf>, CallError> {
    let content = Client::new(OnBehalf::new(CONTENT, principal.clone()));
    let make = |catalogue: &reel_api::catalogue::Catalogue, _, _| {
        Ok(Shelf::new(catalogue.newest_first()).with_episodes(catalogue.episodes()))
    };
    SHELF.with(Rc::clone).view(&content, now, make).await
}
