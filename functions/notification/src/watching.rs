//! Reminders of what was begun and not watched to its end: noted as it is watched, told when it has rested.

use crate::accept;
use crate::contact;
use crate::due::Task;
use crate::store::{MESSAGES, WATCHING, write};
use reel_api::content::TitleStatus;
use reel_api::internal::Record;
use reel_api::notification::{News, Notice};
use reel_api::{AccountId, Client, Millis, OnBehalf, Principal, ProfileId, Role, SessionId, TitleId};
use reel_events::{Kind, Recorded, ViewSegment};
use reel_sdk::http::Function;
use reel_sdk::table::{Change, Condition, Error, Row, transact};
use reel_sdk::{Problem, clock, config};
use serde::{Deserialize, Serialize};

const CONTENT: Function = Function("content");
const HISTORY: Function = Function("history");

const HOUR_MS: Millis = 3_600 * 1_000;
/// For how long a title has to rest: two days, where `notification.remind-after-hours` does not say otherwise.
const RESTS_HOURS: Millis = 48;
/// How far a title is watched that somebody has begun, and has not ended.
const BEGUN: std::ops::Range<u64> = 5..90;
/// For how long a note is kept, in milliseconds: 30 days.
const KEPT_MS: Millis = 30 * 24 * HOUR_MS;
/// How much later than this function `history` may learn of a moment, in milliseconds: ten minutes.
const LAGS_MS: Millis = 10 * 60 * 1_000;
/// How often a note is written anew because it was changed meanwhile.
const ATTEMPTS: usize = 4;

/// A title that a profile has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// When it was watched last.
    pub(crate) at: Millis,
    /// When it is looked at; none once the profile was reminded.
    due: Option<Millis>,
}

/// What a moment of a play makes of the note.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Keep,
    Write(Note),
    Delete,
}

impl Note {
    fn after(note: Option<&Self>, percent: u64, at: Millis, rests: Millis) -> Next {
        match note {
            Some(note) if at <= note.at => Next::Keep,
            Some(_) if percent >= BEGUN.end => Next::Delete,
            _ if !BEGUN.contains(&percent) => Next::Keep,
            // It is looked at when it was to be: then it is seen that it was watched meanwhile.
            Some(Self { due: Some(due), .. }) => Next::Write(Self { at, due: Some(*due) }),
            _ => Next::Write(Self { at, due: Some(at + rests) }),
        }
    }
}

/// How long a title rests until somebody is reminded of it.
fn rests() -> Result<Millis, Problem> {
    Ok(config::get_parsed("notification.remind-after-hours")?.unwrap_or(RESTS_HOURS).saturating_mul(HOUR_MS))
}

fn sort(profile: ProfileId, title: TitleId) -> String {
    format!("{WATCHING}{profile}/{title}")
}

/// The profile and the title of a note.
pub(crate) fn of(row: &Row) -> Option<(ProfileId, TitleId)> {
    let (profile, title) = row.key.sort.strip_prefix(WATCHING)?.split_once('/')?;
    Some((profile.parse().ok()?, title.parse().ok()?))
}

/// Takes in one record of the log.
pub(crate) async fn record(record: &Record) -> Result<(), Problem> {
    let recorded = Recorded::read(&record.data).map_err(Problem::internal)?;
    let Kind::ViewSegment(view) = &recorded.event.kind else { return Ok(()) };
    if contact::is_gone(recorded.account).await? {
        return Ok(());
    }
    let rests = rests()?;
    for _ in 0..ATTEMPTS {
        if take_in(&recorded, view, rests).await? {
            return Ok(());
        }
    }
    Err(Problem::unavailable("the note is being changed by others at the same time", 1))
}

/// False when the note was changed by someone else meanwhile.
async fn take_in(recorded: &Recorded, view: &ViewSegment, rests: Millis) -> Result<bool, Problem> {
    let (account, profile, title) = (recorded.account, recorded.profile, view.title_id);
    let row = MESSAGES.get(&account.to_string(), &sort(profile, title)).await?;
    let before: Option<Note> = row.as_ref().map(Row::json).transpose()?;
    let percent = view.position_ms * 100 / view.duration_ms.max(1);
    let condition = row.map_or(Condition::Absent, |row| Condition::Version(row.version));
    let task = Task::Remind { account, profile, title };
    let note = |change| write(account, &sort(profile, title), change).when(condition);
    let writes = match Note::after(before.as_ref(), percent, recorded.event.at, rests) {
        Next::Keep => return Ok(true),
        Next::Delete => vec![note(Change::Delete)],
        Next::Write(next) => {
            let new = next.due.filter(|_| before.as_ref().is_none_or(|before| before.due.is_none()));
            let task = new.map(|due| task.at(due)).transpose()?;
            [note(Change::json(&next)?.expiring(next.at + KEPT_MS))].into_iter().chain(task).collect()
        }
    };
    match transact(writes).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Reminds a profile of a title that was due at a time, if it rested since.
pub(crate) async fn remind(account: AccountId, profile: ProfileId, title: TitleId, due: Millis) -> Result<(), Problem> {
    let task = Task::Remind { account, profile, title };
    let row = MESSAGES.get(&account.to_string(), &sort(profile, title)).await?;
    let note = row.as_ref().map(|row| Ok::<_, Problem>((row.json::<Note>()?, row.version))).transpose()?;
    let Some((note, version)) = note.filter(|(note, _)| note.due == Some(due)) else {
        return Ok(task.not_at(due).commit().await.map(drop)?);
    };
    let (now, rested) = (clock::now_ms(), note.at + rests()?);
    let next = if rested > now {
        Some(rested)
    } else if resumes(account, profile, title).await? {
        if let Some(news) = news(account, profile, title).await? {
            let key = format!("watching/{profile}/{title}/{}", note.at);
            accept::notice(Notice { key, account, news }).await?;
        }
        None
    } else {
        // It was watched to its end or forgotten, or `history` has not heard of it yet.
        (now < note.at + LAGS_MS).then_some(now + 1)
    };
    let after = Change::json(&Note { due: next, ..note })?.expiring(note.at + KEPT_MS);
    let mut writes = vec![write(account, &sort(profile, title), after).when(Condition::Version(version))];
    writes.extend([task.not_at(due)].into_iter().chain(next.map(|next| task.at(next)).transpose()?));
    Ok(transact(writes).await.map(drop)?)
}

/// What asks another function for a profile. Nobody has signed in for this.
fn for_profile(function: Function, account: AccountId, profile: ProfileId) -> Client<OnBehalf<Function>> {
    let session = SessionId::from_bytes([0; 16]);
    let viewer = Principal { account, session, profile: Some(profile), role: Role::Viewer, maturity: None };
    Client::new(OnBehalf::new(function, viewer))
}

/// Whether the profile's history has a place in the title to go on from.
async fn resumes(account: AccountId, profile: ProfileId, title: TitleId) -> Result<bool, Problem> {
    Ok(for_profile(HISTORY, account, profile).position(title).await?.resume_ms > 0)
}

/// What there is to say; none when the title is not there any more.
async fn news(account: AccountId, profile: ProfileId, title: TitleId) -> Result<Option<News>, Problem> {
    let title = match for_profile(CONTENT, account, profile).title(&title.to_string()).await {
        Ok(title) => title,
        Err(error) => {
            let problem = Problem::from(error);
            return if problem.status == 404 { Ok(None) } else { Err(problem) };
        }
    };
    let playable = matches!(title.status, TitleStatus::Published);
    Ok(playable.then(|| News::ContinueWatching { link: format!("#/watch/{}", title.slug), title: title.name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTS: Millis = 48 * HOUR_MS;

    #[test]
    fn what_was_begun_is_looked_at_after_it_has_rested() {
        assert_eq!(Note::after(None, 4, 1, RESTS), Next::Keep);
        let begun = Note { at: 1, due: Some(1 + RESTS) };
        assert_eq!(Note::after(None, 5, 1, RESTS), Next::Write(begun.clone()));
        let watched_on = Note { at: 9, due: Some(1 + RESTS) };
        assert_eq!(Note::after(Some(&begun), 50, 9, RESTS), Next::Write(watched_on.clone()));
        assert_eq!(Note::after(Some(&watched_on), 20, 8, RESTS), Next::Keep);
        assert_eq!(Note::after(Some(&watched_on), 95, 10, RESTS), Next::Delete);
        assert_eq!(Note::after(None, 95, 10, RESTS), Next::Keep);
    }

    #[test]
    fn who_was_reminded_and_watches_on_is_reminded_again() {
        let reminded = Note { at: 1, due: None };
        assert_eq!(Note::after(Some(&reminded), 60, 7, RESTS), Next::Write(Note { at: 7, due: Some(7 + RESTS) }));
    }
}
