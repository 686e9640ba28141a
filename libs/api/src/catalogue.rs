//! The catalogue as functions keep it in memory: read once, then kept up by what changed.

use crate::availability::Viewing;
use crate::content::Title;
use crate::{CallError, Client, Millis, TitleId, Transport, from_rfc3339};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Changes are asked for again for so long, since one that was slow may stand before one that was seen.
const OVERLAP_MS: Millis = 60_000;

/// For how long nobody is asked again.
const FRESH_MS: Millis = 5_000;
/// A look that takes longer has come to nothing.
const LOOK_MS: Millis = 60_000;
/// Who looked no more for so long begins anew: that a title was deleted is told for a month.
const TOO_LONG_MS: Millis = 24 * 3_600 * 1_000;

/// What viewers anywhere see, as of the last look.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    titles: HashMap<TitleId, Rc<Title>>,
    /// When it was last looked at; none before the first time.
    looked: Option<Millis>,
}

impl Catalogue {
    /// Takes in what changed since the last look, at first everything. The titles that are new, or other than before,
    /// or that viewers see no more: these have a status that says so.
    ///
    /// # Errors
    /// Why `content` does not answer; what was known before is known still.
    pub async fn look<T: Transport>(&mut self, content: &Client<T>, now: Millis) -> Result<Vec<Rc<Title>>, CallError> {
        let since = self.looked.map(|looked| looked.saturating_sub(OVERLAP_MS));
        let (mut told, mut cursor) = (Vec::new(), None);
        loop {
            let page = match since {
                None => content.catalogue(cursor.as_deref()).await?,
                Some(since) => content.title_changes(since, cursor.as_deref()).await?,
            };
            told.extend(page.titles.into_iter().map(Rc::new));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        told.retain(|title| self.take(title));
        self.looked = Some(now);
        Ok(told)
    }

    /// The films and series, by id.
    pub fn titles(&self) -> HashMap<TitleId, Rc<Title>> {
        let listed = self.titles.iter().filter(|(_, title)| title.kind.is_listed());
        listed.map(|(id, title)| (*id, Rc::clone(title))).collect()
    }

    /// The films and series, those first that viewers see for the shortest time.
    pub fn newest_first(&self) -> Vec<Title> {
        let listed = self.titles.values().filter(|title| title.kind.is_listed());
        let mut titles: Vec<_> = listed.map(|title| Title::clone(title)).collect();
        titles.sort_by_cached_key(|title| {
            let since = title.published_at.as_ref().unwrap_or(&title.created_at);
            (Reverse(from_rfc3339(since)), title.id)
        });
        titles
    }

    /// The episodes of series that viewers see, by id, each with what it has of its series.
    pub fn episodes(&self) -> HashMap<TitleId, Title> {
        let of_series = |(id, title): (&TitleId, &Rc<Title>)| {
            let series = self.titles.get(&title.series?.id)?;
            Some((*id, Title::clone(title).of_series(series)))
        };
        self.titles.iter().filter_map(of_series).collect()
    }

    /// Takes a title in; whether it is news.
    fn take(&mut self, title: &Rc<Title>) -> bool {
        if !title.status.is_shown() {
            return self.titles.remove(&title.id).is_some();
        }
        let is_news = self.titles.get(&title.id).is_none_or(|known| known.version < title.version);
        if is_news {
            self.titles.insert(title.id, Rc::clone(title));
        }
        is_news
    }

    fn is_too_old(&self, now: Millis) -> bool {
        self.looked.is_some_and(|looked| now.saturating_sub(looked) > TOO_LONG_MS)
    }
}

/// Those of some titles that a viewer may not see.
pub fn hidden<'a>(titles: impl IntoIterator<Item = &'a Title>, viewing: &Viewing) -> HashSet<TitleId> {
    let everybody = |title: &Title| title.windows.is_empty() && viewing.maturity.is_none();
    let hidden = titles.into_iter().filter(|title| !everybody(title) && title.admit(viewing).is_err());
    hidden.map(|title| title.id).collect()
}

/// What a warm function makes of the catalogue, `V`, kept between requests. It is replaced in one
/// step: who asks while the next is made gets the one before.
#[derive(Debug)]
pub struct Kept<V> {
    /// None while somebody looks.
    catalogue: RefCell<Option<Catalogue>>,
    view: RefCell<Option<(Millis, Rc<V>)>>,
}

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self { catalogue: RefCell::new(Some(Catalogue::default())), view: RefCell::default() }
    }
}

impl<V> Kept<V> {
    /// The view, at most a few seconds old. `make` has the catalogue, what is new in it, and the view
    /// before; nothing is made when nothing is new.
    ///
    /// # Errors
    /// Why `content` does not answer or no view can be made, when there is none from before.
    pub async fn view<T: Transport>(
        &self,
        content: &Client<T>,
        now: Millis,
        make: impl FnOnce(&Catalogue, Vec<Rc<Title>>, Option<Rc<V>>) -> Result<V, CallError>,
    ) -> Result<Rc<V>, CallError> {
        let before = self.view.borrow().clone();
        let age = before.as_ref().map(|(at, _)| now.saturating_sub(*at));
        let catalogue = self.catalogue.take();
        let (mut catalogue, before) = match (catalogue, before) {
            (catalogue, Some((_, view))) if age.is_some_and(|age| age < FRESH_MS) => {
                self.catalogue.replace(catalogue);
                return Ok(view);
            }
            (None, Some((_, view))) if age.is_some_and(|age| age < LOOK_MS) => return Ok(view),
            (catalogue, before) => (catalogue.unwrap_or_default(), before.map(|(_, view)| view)),
        };
        let anew = catalogue.is_too_old(now);
        if anew {
            catalogue = Catalogue::default();
        }
        let made = match (catalogue.look(content, now).await, &before) {
            (Ok(news), Some(view)) if news.is_empty() && !anew => Ok(Rc::clone(view)),
            (Ok(news), _) => make(&catalogue, news, before.clone().filter(|_| !anew)).map(Rc::new).inspect_err(|_| {
                // What is new is new again at the next look.
                catalogue = Catalogue::default();
            }),
            (Err(error), _) => Err(error),
        };
        self.catalogue.replace(Some(catalogue));
        let view = made.or_else(|error| before.ok_or(error))?;
        self.view.replace(Some((now, Rc::clone(&view))));
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures::executor::block_on;
    use serde_json::{Value, json};
    use std::borrow::Borrow;
    use std::sync::Mutex;

    /// A `content` that answers each request in turn, and what it was asked.
    #[derive(Default)]
    struct Content {
        answers: Mutex<Vec<Value>>,
        asked: Mutex<Vec<String>>,
    }

    impl Transport for &Content {
        async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
            self.asked.lock().unwrap().push(request.uri().to_string());
            let answer = self.answers.lock().unwrap().pop().ok_or("nobody is there")?;
            Ok(http::Response::new(Bytes::from(answer.to_string())))
        }
    }

    fn title(n: u8, version: u64, published: &str) -> Value {
        json!({
            "id": TitleId::new(1, &[n; 10]), "slug": format!("t-{n}"), "name": "T", "description": "", "year": null,
            "genres": [], "credit": null, "status": "published", "failure": null, "duration_ms": null,
            "revision": null, "artwork": null, "created_at": "2026-01-01T00:00:00Z", "published_at": published,
            "version": version,
        })
    }

    fn page(titles: &[Value], cursor: Option<&str>) -> Value {
        json!({ "titles": titles, "cursor": cursor })
    }

    fn slugs(titles: &[impl Borrow<Title>]) -> Vec<&str> {
        titles.iter().map(|title| title.borrow().slug.as_str()).collect()
    }

    #[test]
    fn after_everything_only_what_changed_is_asked_for() {
        let (old, new) = (title(1, 1, "2026-01-02T00:00:00Z"), title(2, 1, "2026-01-03T00:00:00Z"));
        let changed = title(1, 2, "2026-01-04T00:00:00Z");
        let content = Content::default();
        *content.answers.lock().unwrap() =
            vec![page(&[new.clone(), changed], None), page(&[new], None), page(&[old], Some("more"))];
        let mut catalogue = Catalogue::default();
        assert_eq!(block_on(catalogue.look(&Client::new(&content), 100_000)).unwrap().len(), 2);
        assert_eq!(slugs(&catalogue.newest_first()), ["t-2", "t-1"]);
        let news = block_on(catalogue.look(&Client::new(&content), 110_000)).unwrap();
        assert_eq!(slugs(&news), ["t-1"], "what was seen before is no news");
        assert_eq!(slugs(&catalogue.newest_first()), ["t-1", "t-2"]);
        let asked = content.asked.lock().unwrap();
        assert_eq!(asked[..], ["/_reel/catalogue", "/_reel/catalogue?cursor=more", "/_reel/changes?since=40000"]);
    }

    #[test]
    fn what_viewers_see_no_more_is_told_once_and_may_come_back() {
        let shown = title(1, 3, "2026-01-02T00:00:00Z");
        let mut withdrawn = title(1, 4, "2026-01-02T00:00:00Z");
        withdrawn["status"] = "withdrawn".into();
        let again = title(1, 1, "2026-01-05T00:00:00Z");
        let content = Content::default();
        let pages = [&[shown][..], &[withdrawn.clone()], &[withdrawn.clone()], &[withdrawn, again]];
        *content.answers.lock().unwrap() = pages.iter().rev().map(|titles| page(titles, None)).collect();
        let mut catalogue = Catalogue::default();
        let mut look = |now| block_on(catalogue.look(&Client::new(&content), now)).unwrap().len();
        assert_eq!([look(0), look(5_000), look(10_000), look(15_000)], [1, 1, 0, 1]);
        assert_eq!(catalogue.newest_first()[0].version, 1, "made again, it counts anew");
    }

    #[test]
    fn episodes_stand_aside_and_have_what_their_series_has() {
        let mut series = title(1, 1, "2026-01-02T00:00:00Z");
        (series["kind"], series["name"], series["maturity"]) = ("series".into(), "Dark".into(), 16.into());
        let episode = |n: u8, of: u8| {
            let mut episode = title(n, 1, "2026-01-02T00:00:00Z");
            let id = TitleId::new(1, &[of; 10]);
            (episode["kind"], episode["series"]) = ("episode".into(), json!({ "id": id, "season": 1, "number": n }));
            episode
        };
        let content = Content::default();
        *content.answers.lock().unwrap() = vec![page(&[series, episode(2, 1), episode(3, 9)], None)];
        let mut catalogue = Catalogue::default();
        block_on(catalogue.look(&Client::new(&content), 0)).unwrap();
        assert_eq!(slugs(&catalogue.newest_first()), ["t-1"]);
        assert_eq!(catalogue.titles().len(), 1);
        let episodes = catalogue.episodes();
        let known: Vec<_> = episodes.values().map(|title| (title.series_name.as_deref(), title.maturity)).collect();
        assert_eq!(known, [(Some("Dark"), Some(16))], "an episode whose series is not seen is not seen");
    }

    #[test]
    fn what_a_viewer_may_not_see_is_hidden() {
        let of = |n: u8, windows: Value, maturity: Option<u8>| {
            let mut title = title(n, 1, "2026-01-02T00:00:00Z");
            (title["windows"], title["maturity"]) = (windows, maturity.into());
            serde_json::from_value::<Title>(title).unwrap()
        };
        let titles = [of(1, json!([]), None), of(2, json!([{ "countries": ["DE"] }]), None), of(3, json!([]), Some(6))];
        let hidden = |country, maturity| hidden(&titles, &Viewing::new(0, Some(country), maturity)).len();
        assert_eq!([hidden("DE", None), hidden("FR", None), hidden("DE", Some(6))], [0, 1, 2]);
    }

    #[test]
    fn what_was_known_outlives_a_failure() {
        let content = Content::default();
        *content.answers.lock().unwrap() = vec![page(&[title(1, 1, "2026-01-02T00:00:00Z")], None)];
        let mut catalogue = Catalogue::default();
        block_on(catalogue.look(&Client::new(&content), 5)).unwrap();
        assert!(block_on(catalogue.look(&Client::new(&content), 9)).is_err());
        assert_eq!((catalogue.newest_first().len(), catalogue.looked), (1, Some(5)));
    }

    #[test]
    fn a_view_is_made_when_there_is_news_and_holds_while_there_is_none() {
        let at = |day: u8| title(day, 1, &format!("2026-01-0{day}T00:00:00Z"));
        let content = Content::default();
        *content.answers.lock().unwrap() = vec![page(&[at(2)], None), page(&[], None), page(&[at(1)], None)];
        let kept = Kept::<Vec<Title>>::default();
        let view = |now| {
            let view = block_on(kept.view(&Client::new(&content), now, |catalogue, _, _| Ok(catalogue.newest_first())));
            view.unwrap()
        };
        let first = view(0);
        assert_eq!(slugs(&first), ["t-1"]);
        assert!(Rc::ptr_eq(&first, &view(4_999)), "nobody was asked");
        assert!(Rc::ptr_eq(&first, &view(5_000)), "there was no news");
        assert_eq!(slugs(&view(10_000)), ["t-2", "t-1"]);
        assert_eq!(slugs(&view(15_000)), ["t-2", "t-1"], "nobody answered");
        assert_eq!(content.asked.lock().unwrap().len(), 4);
    }

    #[test]
    fn who_asks_while_somebody_looks_gets_the_view_before() {
        let kept = Kept::<u32>::default();
        kept.view.replace(Some((0, Rc::new(7))));
        kept.catalogue.replace(None);
        let content = Content::default();
        let view = |now| block_on(kept.view(&Client::new(&content), now, |_, _, _| Ok(8))).unwrap();
        assert_eq!((*view(59_999), content.asked.lock().unwrap().len()), (7, 0));
        // Whoever looked is gone.
        *content.answers.lock().unwrap() = vec![page(&[title(1, 1, "2026-01-02T00:00:00Z")], None)];
        assert_eq!(*view(60_000), 8);
    }
}
