//! Titles, as rows of table `titles`.
//!
//! `title/ID` holds the title, and a row for each of its changes; `slug/SLUG` its id; the lists hold it as it is
//! answered there ([`crate::lists`]). All rows of a title are written in one transaction, and with them the event
//! that tells of it ([`crate::outbox`]).

use crate::lists::{self, Listing, Place};
use crate::outbox;
use crate::title::Stored;
use reel_api::content::{Title, TitleChange};
use reel_api::{AccountId, Millis, TitleId, rfc3339};
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, Write, transact};
use reel_sdk::{Problem, clock};
use serde::{Deserialize, Serialize};

pub(crate) const TITLES: Table = Table("titles");
/// How many titles a page has.
const PAGE: u32 = 100;
/// How many changes of a title are told.
const CHANGES: u32 = 100;
/// How often a change begins again because another one was faster.
const ATTEMPTS: usize = 8;
/// For how long it is told that a title was deleted.
const TOMBSTONE_MS: Millis = 30 * 24 * 3_600 * 1_000;

/// What an edit says nothing of, so that it is not lost by one.
const UNTOUCHED_BY_EDITS: [&str; 4] = ["status", "encoding", "revision", "poster"];

/// What came of making a title.
pub(crate) enum Creation {
    Made,
    /// There is a title of this id.
    IdTaken(Box<Stored>),
    SlugTaken,
}

/// What is kept of a change.
#[derive(Serialize, Deserialize)]
struct Kept {
    at: Millis,
    by: Option<AccountId>,
    what: Vec<String>,
}

/// Writes of one transaction, those with a condition first, each with what it means when that does not hold.
#[derive(Default)]
struct Writes {
    writes: Vec<Write>,
    meanings: Vec<Lost>,
}

/// Why a transaction was not made.
#[derive(Clone)]
enum Lost {
    /// Another change was faster, or there is such a title.
    Race,
    SlugTaken(String),
    PlaceTaken,
    /// The title that this one belongs to was deleted.
    Orphan,
}

impl Writes {
    fn guard(&mut self, write: Write, meaning: Lost) {
        self.writes.insert(self.meanings.len(), write);
        self.meanings.push(meaning);
    }

    /// Makes all the changes, or says which condition did not hold.
    async fn commit(self) -> Result<Result<(), Lost>, Problem> {
        match transact(self.writes).await {
            Ok(_) => Ok(Ok(())),
            Err(Error::Conflict(at)) => Ok(Err(self.meanings.get(at as usize).cloned().unwrap_or(Lost::Race))),
            Err(other) => Err(other.into()),
        }
    }
}

impl From<Lost> for Problem {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Race => Problem::unavailable("the title is being changed by others at the same time", 1),
            Lost::SlugTaken(slug) => slug_taken(&slug),
            Lost::PlaceTaken => Problem::conflict(
                "place-taken",
                "another episode has this number in this season: choose another number, or move that one first",
            ),
            Lost::Orphan => Problem::conflict("deleted", "the title that this one belongs to was deleted meanwhile"),
        }
    }
}

pub(crate) fn slug_taken(slug: &str) -> Problem {
    Problem::conflict("slug-taken", format!("the slug {slug} is taken: choose another"))
}

/// Makes a title, unless its id or slug is taken.
pub(crate) async fn create(title: &Stored, by: Option<AccountId>) -> Result<Creation, Problem> {
    let writes = writes(title, None, Condition::Absent, by, vec!["made".into()])?;
    match writes.commit().await? {
        Ok(()) => Ok(Creation::Made),
        Err(Lost::Race | Lost::SlugTaken(_)) => {
            Ok(by_id(title.id).await?.map_or(Creation::SlugTaken, |there| Creation::IdTaken(Box::new(there))))
        }
        Err(lost) => Err(lost.into()),
    }
}

/// The title of an id or slug, as of the last write.
pub(crate) async fn find(id_or_slug: &str) -> Result<Option<Stored>, Problem> {
    let id = match id_or_slug.parse() {
        Ok(id) => Some(id),
        // A slug is never longer; and a key may not be.
        Err(_) if id_or_slug.len() > 80 => None,
        Err(_) => TITLES.get_json(&format!("slug/{id_or_slug}"), "title").await?,
    };
    let Some(id) = id else { return Ok(None) };
    by_id(id).await
}

/// The title of an id, as of the last write.
pub(crate) async fn by_id(id: TitleId) -> Result<Option<Stored>, Problem> {
    Ok(versioned(id).await?.map(|(title, _)| title))
}

async fn versioned(id: TitleId) -> Result<Option<(Stored, u64)>, Problem> {
    let row = TITLES.get(&partition(id), "title").await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

fn partition(id: TitleId) -> String {
    format!("title/{id}")
}

fn unknown(id: TitleId) -> Problem {
    Problem::not_found(format!("there is no title {id}"))
}

/// Changes a title, on top of every change made before, and answers it with the fields that changed; none when it
/// was so already.
///
/// # Errors
/// A 404 problem when there is no such title; a 409 problem when its new slug or place is taken.
pub(crate) async fn change(
    id: TitleId,
    by: Option<AccountId>,
    change: impl Fn(&mut Stored) -> Result<(), Problem>,
) -> Result<(Stored, Vec<String>), Problem> {
    for _ in 0..ATTEMPTS {
        let (before, version) = versioned(id).await?.ok_or_else(|| unknown(id))?;
        let (mut title, now) = (before.clone(), clock::now_ms());
        change(&mut title)?;
        title.settle(now);
        let what = title.differences(&before);
        if title == before {
            return Ok((title, what));
        }
        (title.version, title.changed_at) = (version + 1, now);
        if by.is_some() && what.iter().any(|field| !UNTOUCHED_BY_EDITS.contains(&field.as_str())) {
            title.edited = title.version;
        }
        let writes = writes(&title, Some(&before), Condition::Version(version), by, what.clone())?;
        match writes.commit().await? {
            Ok(()) => return Ok((title, what)),
            Err(Lost::Race) => {}
            Err(lost) => return Err(lost.into()),
        }
    }
    Err(Lost::Race.into())
}

/// Deletes a title. Who knew it is told for a month that it is withdrawn.
pub(crate) async fn delete(id: TitleId, by: AccountId) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let (mut title, version) = versioned(id).await?.ok_or_else(|| unknown(id))?;
        let mut writes = Writes::default();
        let gone = TITLES.write(&partition(id), "title", Change::Delete).when(Condition::Version(version));
        writes.guard(gone, Lost::Race);
        writes.writes.push(TITLES.write(&slug_partition(&title.slug), "title", Change::Delete));
        writes.writes.extend(lists::places(&title).iter().map(|place| at(place, Change::Delete)));
        let shown = title.was_ever_shown();
        title.details.release = reel_api::content::Release::Withdrawn;
        (title.version, title.changed_at) = (version + 1, clock::now_ms());
        title.settle(title.changed_at);
        if shown {
            let sort = format!("{}#{id}", lists::since(title.changed_at));
            let told = Change::json(&title.to_listed())?.expiring(title.changed_at + TOMBSTONE_MS);
            writes.writes.push(TITLES.write(&Listing::Changed.partition(), &sort, told));
        }
        writes.writes.push(outbox::entry(&title, Some(by), vec!["deleted".into()])?);
        match writes.commit().await? {
            Ok(()) => return Ok(()),
            Err(Lost::Race) => {}
            Err(lost) => return Err(lost.into()),
        }
    }
    Err(Lost::Race.into())
}

/// A page of a list, newest first, and where the next begins.
pub(crate) async fn list(listing: &Listing, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    titles(Selection::of(&listing.partition()).reversed().limit(PAGE), cursor).await
}

/// A page of what changed since a time, in the order of the changes, and where the next begins.
pub(crate) async fn changed(since: Millis, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    let selection = Selection::of(&Listing::Changed.partition()).starting_at(&lists::since(since));
    titles(selection.limit(PAGE), cursor).await
}

/// A whole list of few titles, in the order of its keys, from one of them on.
pub(crate) async fn whole(listing: &Listing, from: &str) -> Result<Vec<Title>, Problem> {
    let rows = TITLES.query_all(Selection::of(&listing.partition()).starting_at(from)).await?;
    rows.iter().map(Row::json).collect()
}

/// Whether a list has no title.
pub(crate) async fn is_empty(listing: &Listing) -> Result<bool, Problem> {
    Ok(TITLES.query(Selection::of(&listing.partition()).limit(1)).await?.rows.is_empty())
}

async fn titles(selection: Selection, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    let continued = cursor.is_some();
    let page = match TITLES.query(selection.after(cursor)).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let titles: Result<_, Problem> = page.rows.iter().map(Row::json).collect();
    Ok((titles?, page.cursor))
}

/// A cursor that no page ended with.
pub(crate) fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of this list ended with")
}

/// The latest changes of a title after a version, latest first.
pub(crate) async fn changes_of(id: TitleId, after: u64) -> Result<Vec<TitleChange>, Problem> {
    let selection = Selection::of(&partition(id)).prefix("change/").starting_at(&change_sort(after + 1));
    let page = TITLES.query(selection.reversed().limit(CHANGES)).await?;
    let told = |row: &Row| {
        let Kept { at, by, what } = row.json()?;
        let version = row.key.sort.trim_start_matches("change/").parse().unwrap_or(0);
        Ok(TitleChange { version, at: rfc3339(at), by, what })
    };
    page.rows.iter().map(told).collect()
}

fn change_sort(version: u64) -> String {
    format!("change/{version:012}")
}

fn slug_partition(slug: &str) -> String {
    format!("slug/{slug}")
}

/// All that is written when a title becomes what it is.
fn writes(
    title: &Stored,
    before: Option<&Stored>,
    condition: Condition,
    by: Option<AccountId>,
    what: Vec<String>,
) -> Result<Writes, Problem> {
    let mut writes = Writes::default();
    let row = TITLES.write(&partition(title.id), "title", Change::json(title)?).when(condition);
    writes.guard(row, Lost::Race);
    slug(title, before, &mut writes)?;
    listed(title, before, &mut writes)?;
    let kept = Kept { at: title.changed_at, by, what: what.clone() };
    writes.writes.push(TITLES.write(&partition(title.id), &change_sort(title.version), Change::json(&kept)?));
    writes.writes.push(outbox::entry(title, by, what)?);
    Ok(writes)
}

fn slug(title: &Stored, before: Option<&Stored>, writes: &mut Writes) -> Result<(), Problem> {
    let old = before.map(|before| &before.slug);
    if old == Some(&title.slug) {
        return Ok(());
    }
    let row = TITLES.write(&slug_partition(&title.slug), "title", Change::json(&title.id)?).when(Condition::Absent);
    writes.guard(row, Lost::SlugTaken(title.slug.clone()));
    writes.writes.extend(old.map(|old| TITLES.write(&slug_partition(old), "title", Change::Delete)));
    Ok(())
}

/// The rows of a title in the lists it stands in; where it stood before and does no more, it is taken out.
fn listed(title: &Stored, before: Option<&Stored>, writes: &mut Writes) -> Result<(), Problem> {
    let shown = title.to_listed();
    let (places, left) = (lists::places(title), before.map(lists::places).unwrap_or_default());
    let gone = left.iter().filter(|place| !places.contains(place));
    writes.writes.extend(gone.map(|place| at(place, Change::Delete)));
    for place in &places {
        let put = at(place, Change::json(&shown)?);
        match place.alone && !left.contains(place) {
            true => writes.guard(put.when(Condition::Absent), Lost::PlaceTaken),
            false => writes.writes.push(put),
        }
    }
    let parent = title.details.series.map(|of| of.id).or(title.details.trailer_of);
    if let Some(parent) = parent {
        let there = TITLES.write(&partition(parent), "title", Change::Check).when(Condition::Present);
        writes.guard(there, Lost::Orphan);
    }
    Ok(())
}

fn at(place: &Place, change: Change) -> Write {
    TITLES.write(&place.partition, &place.sort, change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;
    use reel_api::content::TitleStatus;

    fn draft(json: &str) -> Stored {
        let new = serde_json::from_str(json).unwrap();
        Draft::check(new).unwrap().title(TitleId::new(1, &[1; 10]), "bunny".into(), 1_000)
    }

    fn deleted(writes: &Writes) -> Vec<&str> {
        let deleted = writes.writes.iter().filter(|write| matches!(write.change, Change::Delete));
        deleted.map(|write| write.key.partition.as_str()).collect()
    }

    #[test]
    fn an_announced_title_that_is_published_leaves_its_places() {
        let before = draft(r#"{"name":"Bunny","announced":true}"#);
        let mut title = before.clone();
        (title.status, title.published_at, title.changed_at) = (TitleStatus::Published, Some(2_000), 2_000);
        let mut writes = Writes::default();
        listed(&title, Some(&before), &mut writes).unwrap();
        assert_eq!((writes.writes.len(), deleted(&writes)), (5, vec!["list/published", "list/changed"]));
    }

    #[test]
    fn conditions_stand_first_and_say_what_they_mean() {
        let series = TitleId::new(2, &[2; 10]);
        let json = format!(r#"{{"name":"S","kind":"episode","series":{{"id":"{series}","season":1,"number":1}}}}"#);
        let episode = draft(&json);
        let of = |title: &Stored, before: Option<&Stored>| {
            writes(title, before, Condition::Absent, None, vec!["made".into()]).unwrap()
        };
        let made = of(&episode, None);
        assert!(matches!(made.meanings[..], [Lost::Race, Lost::SlugTaken(_), Lost::PlaceTaken, Lost::Orphan]));
        let guarded = |write: &Write| !matches!(write.condition, Condition::Always);
        assert!(made.writes[..4].iter().all(guarded) && !made.writes[4..].iter().any(guarded));
        let mut renamed = episode.clone();
        renamed.slug = "hare".into();
        let moved = of(&renamed, Some(&episode));
        assert!(matches!(moved.meanings[..], [Lost::Race, Lost::SlugTaken(_), Lost::Orphan]));
        assert_eq!(deleted(&moved), ["slug/bunny"]);
    }

    #[test]
    fn all_rows_of_a_title_fit_into_a_transaction() {
        let words = |many: usize| (0..many).map(|n| format!("{n}{}", "ü".repeat(37))).collect::<Vec<_>>();
        let text = |tag: &str| (tag.to_owned(), serde_json::json!({ "description": "ü".repeat(2_000) }));
        let tags = ["de", "fr", "es", "it", "pt", "nl", "sv", "fi", "pl", "cs"];
        let texts: serde_json::Map<_, _> = tags.into_iter().map(text).collect();
        let json = serde_json::json!({ "name": "B", "description": "ü".repeat(5_000), "genres": words(10),
            "tags": words(20), "cast": words(50), "announced": true, "texts": texts });
        let title = draft(&json.to_string());
        let size = |write: &Write| match &write.change {
            Change::Put(put) => put.value.len(),
            _ => 0,
        };
        let writes = writes(&title, None, Condition::Absent, None, vec![]).unwrap();
        assert!(writes.writes.len() < 100 && writes.writes.iter().map(size).sum::<usize>() < 3 << 20);
    }
}
