//! Making, changing and deleting titles, by editors.

use crate::draft::Draft;
use crate::lists::Listing;
use crate::store::{self, Creation};
use crate::title::Stored;
use crate::{body, outbox};
use reel_api::content::{NewTitle, TitleChange, TitleChanges, TitleEdit, TitleKind};
use reel_api::{AccountId, Role, TitleId};
use reel_sdk::{Problem, Request, Response, clock, random};
use std::collections::BTreeSet;

/// Makes a title.
pub(crate) async fn create(request: &Request) -> Result<Response, Problem> {
    let editor = editor(request)?;
    let (title, is_new) = make(body(request)?, editor).await?;
    outbox::send().await;
    answer(if is_new { 201 } else { 200 }, &title)
}

/// Changes a title, unless somebody else changed it since it was read.
pub(crate) async fn edit(request: &Request, id: &str) -> Result<Response, Problem> {
    let (editor, id) = (editor(request)?, parse(id)?);
    let TitleEdit { version, title } = body(request)?;
    let read = version_read(version, request.header("if-match"))?;
    if title.id.is_some_and(|other| other != id) {
        return Err(Problem::invalid(format!("the title's id is another than {id}: leave it out")));
    }
    let draft = Draft::check(title)?;
    related(&draft).await?;
    let now = clock::now_ms();
    let changed = store::change(id, Some(editor), |title| {
        unedited_since(title, read)?;
        draft.apply(title, now)
    });
    match changed.await {
        Ok((title, _)) => {
            outbox::send().await;
            answer(200, &title)
        }
        Err(problem) if problem.code == EDITED => Err(told(&store::changes_of(id, read).await?, problem)),
        Err(problem) => Err(problem),
    }
}

/// Deletes a title. A series has to be empty.
pub(crate) async fn delete(request: &Request, id: &str) -> Result<Response, Problem> {
    let (editor, id) = (editor(request)?, parse(id)?);
    if !store::is_empty(&Listing::Episodes(id)).await? {
        return Err(Problem::conflict("has-episodes", "the series has episodes: delete or move them first"));
    }
    store::delete(id, editor).await?;
    outbox::send().await;
    Ok(Response::empty(204))
}

/// What was changed of a title.
pub(crate) async fn changes(request: &Request, id: &str) -> Result<Response, Problem> {
    editor(request)?;
    Response::json(200, &TitleChanges { changes: store::changes_of(parse(id)?, 0).await? })
}

/// The account of an editor.
pub(crate) fn editor(request: &Request) -> Result<AccountId, Problem> {
    let principal = request.principal()?;
    principal.require(Role::Editor)?;
    Ok(principal.account)
}

/// The title, and whether it is new.
pub(crate) async fn make(new: NewTitle, editor: AccountId) -> Result<(Stored, bool), Problem> {
    let (given, now) = (new.id, clock::now_ms());
    let draft = Draft::check(new)?;
    related(&draft).await?;
    let id = given.unwrap_or_else(|| TitleId::new(now, &random::bytes()));
    for slug in draft.slugs(id)? {
        let title = draft.title(id, slug, now);
        match store::create(&title, Some(editor)).await? {
            Creation::Made => return Ok((title, true)),
            Creation::IdTaken(there) => return again(&draft, *there).map(|there| (there, false)),
            Creation::SlugTaken => {}
        }
    }
    Err(store::slug_taken(&draft.wanted_slug()?))
}

/// The same title again is no error; another one under its id is.
fn again(draft: &Draft, there: Stored) -> Result<Stored, Problem> {
    if there.details.name == draft.name() {
        return Ok(there);
    }
    Err(Problem::conflict(
        "id-taken",
        format!("{} is the id of {:?}: leave the id out to get a new one", there.id, there.details.name),
    ))
}

/// Admits a title whose series, or the title that it is a trailer of, is one.
pub(crate) async fn related(draft: &Draft) -> Result<(), Problem> {
    if let Some(place) = draft.details.series {
        let series = store::by_id(place.id).await?;
        if series.is_none_or(|series| series.details.kind != TitleKind::Series) {
            return Err(Problem::invalid(format!("series {} is none; make the series first", place.id)));
        }
    }
    if let Some(of) = draft.details.trailer_of {
        let there = store::by_id(of).await?;
        if there.is_none_or(|title| title.details.kind == TitleKind::Trailer) {
            return Err(Problem::invalid(format!(
                "trailer_of {of} is no title that has trailers; make the title first"
            )));
        }
    }
    Ok(())
}

const EDITED: &str = "edited";

/// The version that an editor read: from the body, or from `If-Match` (RFC 9110, section 13.1.1).
fn version_read(given: Option<u64>, if_match: Option<&str>) -> Result<u64, Problem> {
    let tag = if_match.map(|tag| tag.trim().trim_matches('"').parse());
    match (given, tag) {
        (Some(version), None) | (None, Some(Ok(version))) => Ok(version),
        (Some(version), Some(Ok(other))) if version == other => Ok(version),
        (None, None) => Err(Problem::new(
            428,
            "version",
            "Say which version was read",
            "version, or If-Match, is that of the title as it was read, so that nobody's change is lost",
        )),
        _ => Err(Problem::invalid("version and If-Match are the version of the title as it was read, a number")),
    }
}

/// What is found out of encodings meanwhile is no edit.
fn unedited_since(title: &Stored, read: u64) -> Result<(), Problem> {
    if title.edited <= read && read <= title.version {
        return Ok(());
    }
    if read > title.version {
        return Err(Problem::invalid(format!("version is {read}; the title's is {}", title.version)));
    }
    Err(Problem::conflict(EDITED, format!("the title is at version {}, and version {read} was read", title.version)))
}

/// The conflict, with what others changed.
fn told(changes: &[TitleChange], problem: Problem) -> Problem {
    let by_editors = changes.iter().filter(|change| change.by.is_some());
    let what: BTreeSet<&str> = by_editors.flat_map(|change| &change.what).map(String::as_str).collect();
    let fields = what.into_iter().collect::<Vec<_>>().join(", ");
    let detail =
        format!("{}: meanwhile somebody else changed {fields}. Read it again, and change that", problem.detail);
    Problem { detail, ..problem }
}

pub(crate) fn answer(status: u16, title: &Stored) -> Result<Response, Problem> {
    Ok(Response::json(status, &title.to_title())?.with_header("etag", &format!("\"{}\"", title.version)))
}

pub(crate) fn parse(id: &str) -> Result<TitleId, Problem> {
    id.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(version: u64, edited: u64) -> Stored {
        let new = serde_json::from_str(r#"{"name":"Bunny"}"#).unwrap();
        let title = Draft::check(new).unwrap().title(TitleId::new(1, &[1; 10]), "bunny".into(), 1_000);
        Stored { version, edited, ..title }
    }

    #[test]
    fn who_read_an_older_edit_is_told() {
        assert!(unedited_since(&title(5, 3), 5).is_ok());
        assert!(unedited_since(&title(5, 3), 3).is_ok(), "only an encoding moved it since");
        let conflict = unedited_since(&title(5, 3), 2).unwrap_err();
        assert_eq!((conflict.status, conflict.code.as_str()), (409, EDITED));
        assert_eq!(unedited_since(&title(5, 3), 6).unwrap_err().status, 400);
        let change = |by: bool, what: &[&str]| TitleChange {
            version: 1,
            at: String::new(),
            by: by.then(|| AccountId::new(1, &[1; 10])),
            what: what.iter().map(|field| (*field).to_owned()).collect(),
        };
        let changes = [change(true, &["year", "name"]), change(false, &["revision"]), change(true, &["name"])];
        let told = told(&changes, conflict).detail;
        assert!(told.contains("somebody else changed name, year.") && !told.contains("revision"), "{told}");
    }

    #[test]
    fn the_version_stands_in_the_body_or_in_the_header() {
        assert_eq!(version_read(Some(3), None), Ok(3));
        assert_eq!(version_read(None, Some("\"4\"")), Ok(4));
        assert_eq!(version_read(Some(4), Some("\"4\"")), Ok(4));
        let status = |given, header| version_read(given, header).unwrap_err().status;
        assert_eq!((status(None, None), status(Some(3), Some("\"4\"")), status(None, Some("*"))), (428, 400, 400));
    }
}
