//! Lists of titles, newest first.

use crate::asker::Asker;
use crate::lists::Listing;
use crate::{due, outbox, store};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::content::{Title, TitleStatus, Titles};
use reel_sdk::{Problem, Request, Response};

/// How many pages are looked through at once for titles that an editor looks for.
const LOOKED_THROUGH: usize = 20;
/// How many of them are enough.
const ENOUGH: usize = 50;

/// What is listed: a list, and which of its titles.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    listing: Listing,
    status: Option<TitleStatus>,
    /// In lower case.
    text: String,
}

impl Wanted {
    fn is(&self, title: &Title) -> bool {
        self.status.is_none_or(|status| title.status == status)
            && (self.text.is_empty() || names(title).any(|name| name.to_lowercase().contains(&self.text)))
    }

    fn is_everything(&self) -> bool {
        self.status.is_none() && self.text.is_empty()
    }
}

/// By what an editor finds a title.
fn names(title: &Title) -> impl Iterator<Item = &str> {
    let others = title.texts.values().filter_map(|texts| texts.name.as_deref());
    [title.name.as_str(), title.slug.as_str()].into_iter().chain(title.external_id.as_deref()).chain(others)
}

/// A page of a list: what viewers see, all of it or of one genre, or for an editor everything there is.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let asker = Asker::of(request)?;
    let query = |name| request.query(name);
    let wanted = wanted(asker.is_editor, query("status").as_deref(), query("genre"), query("q"))?;
    let mut cursor = query("cursor").map(|cursor| read(&cursor)).transpose()?;
    due::publish().await;
    let mut found = Vec::new();
    for _ in 0..if wanted.is_everything() { 1 } else { LOOKED_THROUGH } {
        let (titles, next) = store::list(&wanted.listing, cursor).await?;
        found.extend(titles.into_iter().filter(|title| wanted.is(title)));
        cursor = next;
        if cursor.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    page(asker.seen(found), cursor)
}

/// A page of what changed since a time, for functions that keep a catalogue of their own.
pub(crate) async fn changes(request: &Request) -> Result<Response, Problem> {
    let since = request.query("since").map_or(Ok(0), |since| since.parse());
    let since = since.map_err(|_| Problem::invalid("since is a time in Unix milliseconds"))?;
    let cursor = request.query("cursor").map(|cursor| read(&cursor)).transpose()?;
    due::publish().await;
    outbox::send_left().await;
    let (titles, cursor) = store::changed(since, cursor).await?;
    page(titles, cursor)
}

/// A page of all that viewers anywhere see, for the same: films and series, then episodes and trailers.
pub(crate) async fn catalogue(request: &Request) -> Result<Response, Problem> {
    let cursor = request.query("cursor").map(|cursor| read(&cursor)).transpose()?.unwrap_or_else(|| "shown:".into());
    let (list, rest) = cursor.split_once(':').ok_or_else(store::bad_cursor)?;
    let listing = match list {
        "shown" => Listing::Shown,
        "parts" => Listing::Parts,
        _ => return Err(store::bad_cursor()),
    };
    due::publish().await;
    let (titles, next) = store::list(&listing, Some(rest.to_owned()).filter(|rest| !rest.is_empty())).await?;
    let after = || (listing == Listing::Shown).then(|| "parts:".to_owned());
    page(titles, next.map(|next| format!("{list}:{next}")).or_else(after))
}

fn page(titles: Vec<Title>, cursor: Option<String>) -> Result<Response, Problem> {
    Response::json(200, &Titles { titles, cursor: cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)) })
}

fn wanted(
    is_editor: bool,
    status: Option<&str>,
    genre: Option<String>,
    text: Option<String>,
) -> Result<Wanted, Problem> {
    let text = text.unwrap_or_default().trim().to_lowercase();
    let status = match status {
        None | Some("shown") if text.is_empty() => {
            let listing = genre.map_or(Listing::Shown, |genre| Listing::genre(&genre));
            return Ok(Wanted { listing, status: None, text });
        }
        None | Some("shown") => {
            return Err(Problem::invalid("q goes with a status, for editors; viewers ask /v1/search?q="));
        }
        Some("all") => None,
        Some(status) => Some(of_name(status)?),
    };
    if !is_editor {
        return Err(Problem::forbidden("role", "this needs the role editor: viewers list what is shown"));
    }
    if genre.is_some() {
        return Err(Problem::invalid("genre goes with what viewers see: leave the status out"));
    }
    Ok(Wanted { listing: Listing::All, status, text })
}

fn of_name(status: &str) -> Result<TitleStatus, Problem> {
    let named = serde_json::from_value(status.into());
    named.map_err(|_| {
        Problem::invalid(format!(
            "status is {status:.40?}; it is shown, all, draft, announced, encoding, failed, scheduled, published or \
             withdrawn"
        ))
    })
}

/// The store's cursor, which is sent in a form that needs no encoding in an address.
fn read(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(store::bad_cursor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::TitleId;
    use reel_api::content::Texts;

    fn asked(editor: bool, status: Option<&str>, genre: Option<&str>, q: Option<&str>) -> Result<Wanted, u16> {
        wanted(editor, status, genre.map(Into::into), q.map(Into::into)).map_err(|problem| problem.status)
    }

    fn listing(listing: Listing) -> Wanted {
        Wanted { listing, status: None, text: String::new() }
    }

    #[test]
    fn a_viewer_lists_what_is_shown() {
        assert_eq!(asked(false, None, None, None), Ok(listing(Listing::Shown)));
        assert_eq!(asked(false, None, Some("Sci-Fi"), None), Ok(listing(Listing::genre("sci-fi"))));
        assert_eq!(asked(false, Some("all"), None, None), Err(403));
        assert_eq!(asked(false, Some("draft"), None, None), Err(403));
        assert_eq!(asked(false, Some("eaten"), None, None), Err(400));
        assert_eq!(asked(false, None, None, Some("bunny")), Err(400));
    }

    #[test]
    fn an_editor_lists_everything_or_some_of_it() {
        assert_eq!(asked(true, Some("all"), None, None), Ok(listing(Listing::All)));
        assert_eq!(asked(true, None, None, None), Ok(listing(Listing::Shown)));
        let withdrawn = asked(true, Some("withdrawn"), None, Some(" BUN ")).unwrap();
        assert_eq!((withdrawn.status, withdrawn.text.as_str()), (Some(TitleStatus::Withdrawn), "bun"));
        assert_eq!(asked(true, Some("all"), Some("Drama"), None), Err(400));
    }

    #[test]
    fn a_title_is_found_by_any_of_its_names() {
        let texts = [("de".into(), Texts { name: Some("Der Hase".into()), description: None })].into();
        let title = Title { texts, ..Title::announced(TitleId::new(1, &[1; 10]), "bbb", "Big Buck Bunny") };
        let is = |status, text: &str| Wanted { status, text: text.into(), listing: Listing::All }.is(&title);
        assert!(is(None, "") && is(None, "buck") && is(None, "hase") && is(Some(TitleStatus::Announced), "bbb"));
        assert!(!is(None, "hare") && !is(Some(TitleStatus::Draft), "buck"));
    }

    #[test]
    fn a_cursor_that_is_none_is_refused() {
        assert_eq!(read("ä").unwrap_err().status, 400);
        assert_eq!(read(&BASE64_URL_SAFE_NO_PAD.encode("p/1")), Ok("p/1".into()));
    }
}
