//! Titles, as rows of table `titles`.
//!
//! `title/ID` holds the title and `slug/SLUG` its id. Each list is a partition, in which
//! a title stands under its time and id, so that a page of it is read without a scan:
//! `list/all`, and once viewers see it `list/published`, `list/genre/GENRE` and, under the time
//! of its last change, `list/changed`. All rows of a title are written in one transaction.

use crate::title::Stored;
use reel_api::content::Title;
use reel_api::{Millis, TitleId};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Selection, Table, Write, transact};

const TITLES: Table = Table("titles");
/// How many titles a page has.
const PAGE: u32 = 100;
/// How often a change begins again because another one was faster.
const ATTEMPTS: usize = 4;

/// A list of titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listing {
    /// Everything, by when it was made.
    All,
    /// What viewers see, by when it became so.
    Shown,
    /// What viewers see of a genre, in lower case.
    Genre(String),
    /// What viewers see, by when it last changed.
    Changed,
}

impl Listing {
    /// The list of a genre, whose case does not matter.
    pub(crate) fn genre(name: &str) -> Self {
        Self::Genre(name.trim().to_lowercase())
    }

    fn partition(&self) -> String {
        match self {
            Self::All => "list/all".into(),
            // Named when nothing else was shown.
            Self::Shown => "list/published".into(),
            Self::Changed => "list/changed".into(),
            Self::Genre(genre) => format!("list/genre/{}", genre.chars().take(40).collect::<String>()),
        }
    }
}

/// What came of making a title.
pub(crate) enum Creation {
    Made,
    /// There is a title of this id.
    IdTaken(Box<Stored>),
    SlugTaken,
}

/// Makes a title, unless its id or slug is taken.
pub(crate) async fn create(title: &Stored) -> Result<Creation, Problem> {
    let row = row(title, Condition::Absent)?;
    let lookup =
        TITLES.write(&format!("slug/{}", title.slug), "title", Change::json(&title.id)?).when(Condition::Absent);
    let writes = [row, lookup].into_iter().chain(listed(title, None)?).collect();
    match transact(writes).await {
        Ok(_) => Ok(Creation::Made),
        Err(Error::Conflict(_)) => {
            Ok(by_id(title.id).await?.map_or(Creation::SlugTaken, |(there, _)| Creation::IdTaken(Box::new(there))))
        }
        Err(other) => Err(other.into()),
    }
}

/// The title of an id or slug.
pub(crate) async fn find(id_or_slug: &str) -> Result<Option<Stored>, Problem> {
    let id = match id_or_slug.parse() {
        Ok(id) => Some(id),
        // A slug is never longer; and a key may not be.
        Err(_) if id_or_slug.len() > 80 => None,
        Err(_) => TITLES.get_json(&format!("slug/{id_or_slug}"), "title").await?,
    };
    let Some(id) = id else { return Ok(None) };
    Ok(by_id(id).await?.map(|(title, _)| title))
}

/// Changes a title, on top of every change made before; `change` says whether it did.
///
/// # Errors
/// A 404 problem when there is no such title.
pub(crate) async fn update(id: TitleId, change: impl Fn(&mut Stored) -> bool) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let (before, version) =
            by_id(id).await?.ok_or_else(|| Problem::not_found(format!("there is no title {id}")))?;
        let mut title = before.clone();
        if !change(&mut title) {
            return Ok(());
        }
        title.version = version + 1;
        let row = row(&title, Condition::Version(version))?;
        match transact([row].into_iter().chain(listed(&title, Some(&before))?).collect()).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::unavailable("the title is being changed by others at the same time", 1))
}

/// A page of a list, newest first, and where the next begins.
pub(crate) async fn list(listing: &Listing, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    read(Selection::of(&listing.partition()).reversed(), cursor).await
}

/// A page of what changed since a time, in the order of the changes, and where the next begins.
pub(crate) async fn changed(since: Millis, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    read(Selection::of(&Listing::Changed.partition()).starting_at(&format!("{since:013}")), cursor).await
}

async fn read(selection: Selection, cursor: Option<String>) -> Result<(Vec<Title>, Option<String>), Problem> {
    let continued = cursor.is_some();
    let selection = selection.limit(PAGE).after(cursor);
    let page = match TITLES.query(selection).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let titles: Result<_, Problem> = page.rows.iter().map(|row| row.json()).collect();
    Ok((titles?, page.cursor))
}

/// A cursor that no page ended with.
pub(crate) fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of this list ended with")
}

async fn by_id(id: TitleId) -> Result<Option<(Stored, u64)>, Problem> {
    let row = TITLES.get(&format!("title/{id}"), "title").await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

fn row(title: &Stored, condition: Condition) -> Result<Write, Problem> {
    Ok(TITLES.write(&format!("title/{}", title.id), "title", Change::json(title)?).when(condition))
}

/// The rows of a title in the lists it stands in; where it stood before and does no more, it is taken out.
fn listed(title: &Stored, before: Option<&Stored>) -> Result<Vec<Write>, Problem> {
    let shown = title.to_listed();
    let (places, left) = (places(title), before.map(places).unwrap_or_default());
    let gone = left.into_iter().filter(|place| !places.contains(place));
    let gone: Vec<_> = gone.map(|(list, sort)| TITLES.write(&list, &sort, Change::Delete)).collect();
    let put = |(list, sort): &(String, String)| Ok(TITLES.write(list, sort, Change::json(&shown)?));
    places.iter().map(put).chain(gone.into_iter().map(Ok)).collect()
}

/// The partition and sort key of each list's row of a title.
fn places(title: &Stored) -> Vec<(String, String)> {
    let place = |(listing, at): (Listing, Millis)| (listing.partition(), format!("{at:013}#{}", title.id));
    lists(title).into_iter().map(place).collect()
}

fn lists(title: &Stored) -> Vec<(Listing, Millis)> {
    let mut lists = vec![(Listing::All, title.created_at)];
    if let Some(since) = title.shown_since() {
        lists.extend([(Listing::Shown, since), (Listing::Changed, title.changed_at)]);
        lists.extend(title.genres.iter().map(|genre| (Listing::genre(genre), since)));
    }
    lists
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

    #[test]
    fn a_title_stands_in_the_lists_of_its_genres_once_it_is_published() {
        let mut title = draft(r#"{"name":"Bunny","genres":["Comedy","Sci-Fi"]}"#);
        assert_eq!(lists(&title), [(Listing::All, 1_000)]);
        (title.status, title.published_at, title.changed_at) = (TitleStatus::Published, Some(2_000), 3_000);
        let expected = [
            (Listing::All, 1_000),
            (Listing::Shown, 2_000),
            (Listing::Changed, 3_000),
            (Listing::genre("comedy"), 2_000),
            (Listing::genre("SCI-FI"), 2_000),
        ];
        assert_eq!(lists(&title), expected);
    }

    #[test]
    fn an_announced_title_that_is_published_leaves_its_places() {
        let before = draft(r#"{"name":"Bunny","announced":true}"#);
        let mut title = before.clone();
        (title.status, title.published_at, title.changed_at) = (TitleStatus::Published, Some(2_000), 2_000);
        let writes = listed(&title, Some(&before)).unwrap();
        let deleted = writes.iter().filter(|write| matches!(write.change, Change::Delete));
        let deleted: Vec<_> = deleted.map(|write| write.key.partition.as_str()).collect();
        assert_eq!((writes.len(), deleted), (5, vec!["list/published", "list/changed"]));
    }
}
