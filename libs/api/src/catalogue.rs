//! The catalogue as functions keep it in memory: read once, then kept up by what changed.

use crate::content::Title;
use crate::{CallError, Client, Millis, TitleId, Transport, from_rfc3339};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

/// Changes are asked for again for so long, since one that was slow may stand before one that was seen.
const OVERLAP_MS: Millis = 60_000;

/// For how long nobody is asked again.
const FRESH_MS: Millis = 5_000;
/// A look that takes longer has come to nothing.
const LOOK_MS: Millis = 60_000;

/// What viewers see, as of the last look.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    titles: HashMap<TitleId, Rc<Title>>,
    /// When it was last looked at; none before the first time.
    looked: Option<Millis>,
}

impl Catalogue {
    /// Takes in what changed since the last look, at first everything. The titles that are new
    /// or other than before.
    ///
    /// # Errors
    /// Why `content` does not answer; what was known before is known still.
    pub async fn look<T: Transport>(&mut self, content: &Client<T>, now: Millis) -> Result<Vec<Rc<Title>>, CallError> {
        let since = self.looked.map(|looked| looked.saturating_sub(OVERLAP_MS));
        let (mut changed, mut cursor) = (Vec::new(), None);
        loop {
            let page = match since {
                None => content.titles(cursor.as_deref()).await?,
                Some(since) => content.title_changes(since, cursor.as_deref()).await?,
            };
            changed.extend(page.titles.into_iter().filter(|title| self.is_news(title)).map(Rc::new));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        self.titles.extend(changed.iter().map(|title| (title.id, Rc::clone(title))));
        self.looked = Some(now);
        Ok(changed)
    }

    /// The titles, by id.
    pub fn titles(&self) -> &HashMap<TitleId, Rc<Title>> {
        &self.titles
    }

    /// The titles, those first that viewers see for the shortest time.
    pub fn newest_first(&self) -> Vec<Title> {
        let mut titles: Vec<_> = self.titles.values().map(|title| Title::clone(title)).collect();
        titles.sort_by_cached_key(|title| {
            let since = title.published_at.as_ref().unwrap_or(&title.created_at);
            (Reverse(from_rfc3339(since)), title.id)
        });
        titles
    }

    fn is_news(&self, title: &Title) -> bool {
        self.titles.get(&title.id).is_none_or(|known| known.version < title.version)
    }
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
        let made = match (catalogue.look(content, now).await, &before) {
            (Ok(news), Some(view)) if news.is_empty() => Ok(Rc::clone(view)),
            (Ok(news), _) => make(&catalogue, news, before.clone()).map(Rc::new).inspect_err(|_| {
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
        assert_eq!(asked[..], ["/v1/titles", "/v1/titles?cursor=more", "/_reel/changes?since=40000"]);
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
