//! Rows of table `experiments`.
//!
//! `tests` and the title: the title's latest test. `changes` and a time with the title: the same again, for
//! instances that keep the tests in memory. `TEST#PSEUDONYM` and `viewer`: what was counted of a viewer.
//! `counts#TEST` and `LETTER#TASTE`: counters, which grow in the transaction that writes the viewer, so
//! that each counts once.

use crate::counted::{Act, CLICKED, Counted, SHOWN, Viewer};
use crate::name::Name;
use crate::test::PictureTest;
use reel_api::experiment::letter;
use reel_api::{ExperimentId, Millis, ProfileId, TitleId};
use reel_exploration::Counts;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, transact};

pub(crate) const EXPERIMENTS: Table = Table("experiments");
const TESTS: &str = "tests";
const CHANGES: &str = "changes";
const VIEWER: &str = "viewer";
/// For how long a change is kept, in milliseconds: a day.
pub(crate) const CHANGES_KEPT_MS: Millis = 24 * 3_600 * 1_000;
/// For how long it is known that a viewer was counted, in milliseconds: longer than an event may be on its way.
const COUNTED_MS: Millis = reel_events::MAX_AGE_MS + 60 * 24 * 3_600 * 1_000;
/// How often a change is tried anew because a row was changed meanwhile.
pub(crate) const ATTEMPTS: usize = 4;

/// The latest test of a title, and its row's version.
pub(crate) async fn test(title: TitleId) -> Result<Option<(PictureTest, u64)>, Problem> {
    let row = EXPERIMENTS.get(TESTS, &title.to_string()).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// The latest tests of all titles.
pub(crate) async fn tests() -> Result<Vec<PictureTest>, Problem> {
    EXPERIMENTS.query_all(Selection::of(TESTS)).await?.iter().map(Row::json).collect()
}

/// Those that changed since, in the order of their changes.
pub(crate) async fn changes(since: Millis) -> Result<Vec<PictureTest>, Problem> {
    let changes = Selection::of(CHANGES).starting_at(&format!("{since:013}"));
    EXPERIMENTS.query_all(changes).await?.iter().map(Row::json).collect()
}

/// Writes what a change makes of a title's latest test; `change` gives none when it leaves it as it is. The test as
/// it is afterwards.
pub(crate) async fn update(
    title: TitleId,
    now: Millis,
    mut change: impl FnMut(Option<PictureTest>) -> Result<Option<PictureTest>, Problem>,
) -> Result<Option<PictureTest>, Problem> {
    for _ in 0..ATTEMPTS {
        let (before, version) = test(title).await?.unzip();
        let revision = before.as_ref().map_or(0, |before| before.revision) + 1;
        let Some(next) = change(before.clone())? else { return Ok(before) };
        let next = PictureTest { revision, ..next };
        let condition = version.map_or(Condition::Absent, Condition::Version);
        let row = EXPERIMENTS.write(TESTS, &title.to_string(), Change::json(&next)?).when(condition);
        let told = Change::json(&next)?.expiring(now + CHANGES_KEPT_MS);
        let told = EXPERIMENTS.write(CHANGES, &format!("{now:013}#{title}"), told);
        match transact(vec![row, told]).await {
            Ok(_) => return Ok(Some(next)),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(busy())
}

/// Counts an act of a viewer, unless it was counted before.
pub(crate) async fn count(
    name: &Name,
    segment: &str,
    profile: ProfileId,
    act: Act,
    now: Millis,
) -> Result<(), Problem> {
    let partition = format!("{}#{}", name.test, profile.pseudonym());
    for _ in 0..ATTEMPTS {
        let row = EXPERIMENTS.get(&partition, VIEWER).await?;
        let before: Option<Viewer> = row.as_ref().map(Row::json).transpose()?;
        let Some((viewer, grow)) = Viewer::after(before.as_ref(), segment, act) else { return Ok(()) };
        let condition = row.map_or(Condition::Absent, |row| Condition::Version(row.version));
        let viewer_row = Change::json(&viewer)?.expiring(now + COUNTED_MS);
        let viewer_row = EXPERIMENTS.write(&partition, VIEWER, viewer_row).when(condition);
        let counters = grow.iter().map(|counter| ((*counter).to_owned(), 1)).collect();
        let cell = format!("{}#{}", letter(name.place), viewer.taste);
        let counters = EXPERIMENTS.write(&counts_of(name.test), &cell, Change::Add(counters));
        match transact(vec![viewer_row, counters]).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(busy())
}

/// What was counted in a test.
pub(crate) async fn counted(test: ExperimentId) -> Result<Counted, Problem> {
    let mut counted = Counted::default();
    for row in EXPERIMENTS.query_all(Selection::of(&counts_of(test))).await? {
        let (letter, taste) = row.key.sort.split_once('#').unwrap_or((&row.key.sort, ""));
        let place = letter.bytes().next().map_or(0, |letter| usize::from(letter.saturating_sub(b'A')));
        counted.add(taste, place, Counts { trials: counter(&row, SHOWN), successes: counter(&row, CLICKED) });
    }
    Ok(counted)
}

fn counter(row: &Row, name: &str) -> u64 {
    u64::try_from(row.counter(name)).unwrap_or_default()
}

fn counts_of(test: ExperimentId) -> String {
    format!("counts#{test}")
}

/// Others were faster, every time.
pub(crate) fn busy() -> Problem {
    Problem::unavailable("the experiment is being changed by others at the same time", 1)
}
