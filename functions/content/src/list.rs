//! Lists of titles, newest first.

use crate::store::{self, Listing};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::content::{Title, Titles};
use reel_api::{Principal, Role};
use reel_sdk::{Problem, Request, Response};

/// A page of a list: what viewers see, all of it or of one genre, or for an editor
/// everything there is.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let listing = listing(&request.principal()?, request.query("status"), request.query("genre"))?;
    let cursor = request.query("cursor").map(|cursor| read(&cursor)).transpose()?;
    let (titles, cursor) = store::list(&listing, cursor).await?;
    page(titles, cursor)
}

/// A page of what changed since a time, for functions that keep a catalogue of their own.
pub(crate) async fn changes(request: &Request) -> Result<Response, Problem> {
    let since = request.query("since").map_or(Ok(0), |since| since.parse());
    let since = since.map_err(|_| Problem::invalid("since is a time in Unix milliseconds"))?;
    let cursor = request.query("cursor").map(|cursor| read(&cursor)).transpose()?;
    let (titles, cursor) = store::changed(since, cursor).await?;
    page(titles, cursor)
}

fn page(titles: Vec<Title>, cursor: Option<String>) -> Result<Response, Problem> {
    Response::json(200, &Titles { titles, cursor: cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)) })
}

fn listing(principal: &Principal, status: Option<String>, genre: Option<String>) -> Result<Listing, Problem> {
    match (status.as_deref(), genre) {
        (None | Some("shown"), None) => Ok(Listing::Shown),
        (None | Some("shown"), Some(genre)) => Ok(Listing::genre(&genre)),
        (Some("all"), None) => principal.require(Role::Editor).map(|()| Listing::All),
        (Some("all"), Some(_)) => Err(Problem::invalid("genre goes with what viewers see: leave status=all out")),
        (Some(other), _) => Err(Problem::invalid(format!("status is {other:?}; it is shown or all"))),
    }
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
    use reel_api::{AccountId, SessionId};

    fn asked(role: Role, status: Option<&str>, genre: Option<&str>) -> Result<Listing, u16> {
        let (account, session) = (AccountId::new(1, &[1; 10]), SessionId::new(1, &[1; 10]));
        let principal = Principal { account, session, profile: None, role, maturity: None };
        listing(&principal, status.map(Into::into), genre.map(Into::into)).map_err(|problem| problem.status)
    }

    #[test]
    fn a_viewer_lists_what_is_shown() {
        assert_eq!(asked(Role::Viewer, None, None), Ok(Listing::Shown));
        assert_eq!(asked(Role::Viewer, None, Some("Sci-Fi")), Ok(Listing::genre("sci-fi")));
        assert_eq!(asked(Role::Viewer, Some("all"), None), Err(403));
        assert_eq!(asked(Role::Viewer, Some("draft"), None), Err(400));
    }

    #[test]
    fn an_editor_lists_everything() {
        assert_eq!(asked(Role::Editor, Some("all"), None), Ok(Listing::All));
        assert_eq!(asked(Role::Editor, None, None), Ok(Listing::Shown));
    }

    #[test]
    fn a_cursor_that_is_none_is_refused() {
        assert_eq!(read("ä").unwrap_err().status, 400);
        assert_eq!(read(&BASE64_URL_SAFE_NO_PAD.encode("p/1")), Ok("p/1".into()));
    }
}
