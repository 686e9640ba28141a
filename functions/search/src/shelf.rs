//! The catalogue, indexed.

use crate::CONTENT;
use reel_api::catalogue::{Catalogue, Kept};
use reel_api::content::Title;
use reel_api::{CallError, Client, Millis, OnBehalf, Principal, Problem, TitleId};
use reel_search::{Document, Index, SearchError};
use std::collections::HashMap;
use std::rc::Rc;

/// What can be found.
pub(crate) struct Shelf {
    pub(crate) index: Index,
    pub(crate) titles: HashMap<TitleId, Rc<Title>>,
    /// Those of them that not everybody may see who has no limit of age.
    pub(crate) windowed: Vec<Rc<Title>>,
    episodes: HashMap<TitleId, Title>,
}

impl Shelf {
    /// What was watched, as far as it can be found: an episode counts for its series.
    pub(crate) fn watched(&self, id: TitleId) -> Option<&Title> {
        let series = self.episodes.get(&id).and_then(|episode| episode.series);
        self.titles.get(&series.map_or(id, |series| series.id)).map(|title| &**title)
    }
}

thread_local! {
    static SHELF: Rc<Kept<Shelf>> = Rc::default();
}

/// What can be found now, at most a few seconds old.
pub(crate) async fn current(principal: &Principal, now: Millis) -> Result<Rc<Shelf>, CallError> {
    let content = Client::new(OnBehalf::new(CONTENT, principal.clone()));
    SHELF.with(Rc::clone).view(&content, now, fill).await
}

fn fill(catalogue: &Catalogue, news: Vec<Rc<Title>>, before: Option<Rc<Shelf>>) -> Result<Shelf, CallError> {
    // Episodes and trailers are reached from what is found.
    let (shown, gone): (Vec<_>, Vec<_>) =
        news.into_iter().filter(|title| title.kind.is_listed()).partition(|title| title.status.is_shown());
    let changed = shown.iter().map(|title| Document::from(&**title));
    let index = match before {
        Some(before) => before.index.with(changed, gone.iter().map(|title| title.id)),
        None => Index::build(changed),
    };
    let index = index.map_err(|error: SearchError| Problem::internal(error.to_string()))?;
    let titles = catalogue.titles();
    let windowed = titles.values().filter(|title| !title.windows.is_empty()).cloned().collect();
    Ok(Shelf { index, titles, windowed, episodes: catalogue.episodes() })
}
