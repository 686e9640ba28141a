//! New episodes, for those who have the series on a list.

use crate::accept;
use crate::due::Task;
use reel_api::availability::Viewing;
use reel_api::content::{Title, TitleStatus};
use reel_api::internal::Record;
use reel_api::notification::{News, Notice};
use reel_api::{CallError, Client, TitleId};
use reel_events::catalogue::TitleChanged;
use reel_sdk::http::Function;
use reel_sdk::table::transact;
use reel_sdk::{Problem, clock};

const CONTENT: Function = Function("content");
const USER: Function = Function("user");

/// Takes in one record of the catalogue: that an episode was published is told when it is next swept.
pub(crate) async fn record(record: &Record) -> Result<(), Problem> {
    let event = TitleChanged::read(&record.data).map_err(Problem::internal)?;
    let Some(series) = news_of(&event) else { return Ok(()) };
    let task = Task::Announce { series, episode: event.title_id, cursor: None };
    Ok(task.at(event.at)?.commit().await.map(drop)?)
}

/// The series that has a new episode since.
fn news_of(event: &TitleChanged) -> Option<TitleId> {
    let is_new = event.status == TitleStatus::Published && event.what.iter().any(|what| what == "status");
    event.series.filter(|_| is_new).map(|place| place.id)
}

/// Tells a page of those who follow a series of an episode, and has the next page told. Each account is told once.
pub(crate) async fn announce(series: TitleId, episode: TitleId, cursor: Option<&str>, due: u64) -> Result<(), Problem> {
    let done = |next: Option<String>| Task::Announce { series, episode, cursor: next };
    let Some(title) = shown(series, episode).await? else {
        return Ok(done(None).not_at(due).commit().await.map(drop)?);
    };
    let page = Client::new(USER).followers(series, cursor).await?;
    for follower in page.followers {
        let viewing = Viewing { now: clock::now_ms(), country: None, maturity: follower.maturity };
        if title.admit(&viewing).is_ok() {
            let key = format!("episode/{episode}");
            accept::notice(Notice { key, account: follower.account, news: news(&title) }).await?;
        }
    }
    let mut writes = vec![done(None).not_at(due)];
    if page.cursor.is_some() {
        writes.push(done(page.cursor).at(clock::now_ms())?);
    }
    Ok(transact(writes).await.map(drop)?)
}

fn news(episode: &Title) -> News {
    News::NewEpisode {
        series: episode.series_name.clone().unwrap_or_default(),
        episode: episode.name.clone(),
        link: format!("#/watch/{}", episode.slug),
    }
}

/// The episode, while viewers see it and its series.
async fn shown(series: TitleId, episode: TitleId) -> Result<Option<Title>, Problem> {
    let (series, episode) = (known(series).await?, known(episode).await?);
    let is_published = |title: &Option<Title>| title.as_ref().is_some_and(|t| t.status == TitleStatus::Published);
    Ok(episode.filter(|_| is_published(&series)).filter(|episode| episode.status == TitleStatus::Published))
}

/// A title; none when it is no more.
async fn known(title: TitleId) -> Result<Option<Title>, Problem> {
    match Client::new(CONTENT).known_title(title).await {
        Ok(title) => Ok(Some(title)),
        Err(CallError::Problem(problem)) if problem.status == 404 => Ok(None),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::content::{EpisodeOf, TitleKind};
    use reel_api::{EventId, TitleId};

    #[test]
    fn an_episode_is_news_when_it_is_published() {
        let series = TitleId::new(1, &[1; 10]);
        let event = |status, what: &str, place: Option<EpisodeOf>| TitleChanged {
            id: EventId::new(1, &[1; 10]),
            v: 1,
            at: 1,
            title_id: TitleId::new(2, &[2; 10]),
            version: 2,
            kind: TitleKind::Episode,
            slug: "secrets".into(),
            name: "Secrets".into(),
            status,
            series: place,
            what: vec![what.into()],
            by: None,
        };
        let place = Some(EpisodeOf { id: series, season: 1, number: 1 });
        assert_eq!(news_of(&event(TitleStatus::Published, "status", place)), Some(series));
        assert_eq!(news_of(&event(TitleStatus::Published, "name", place)), None);
        assert_eq!(news_of(&event(TitleStatus::Scheduled, "status", place)), None);
        assert_eq!(news_of(&event(TitleStatus::Published, "status", None)), None, "a film has no followers");
    }
}
