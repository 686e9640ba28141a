//! A title as it is stored, and what becomes of it as news of its encoding arrive.

use reel_api::content::{Artwork, EncodingNews, Title, TitleStatus};
use reel_api::encoding::ObjectRef;
use reel_api::{Millis, RevisionId, TitleId, rfc3339};
use serde::{Deserialize, Serialize};

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) id: TitleId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) year: Option<u16>,
    pub(crate) genres: Vec<String>,
    #[serde(default)]
    pub(crate) cast: Vec<String>,
    #[serde(default)]
    pub(crate) directors: Vec<String>,
    pub(crate) credit: Option<String>,
    pub(crate) status: TitleStatus,
    pub(crate) failure: Option<String>,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) revision: Option<RevisionId>,
    pub(crate) artwork: Option<Artwork>,
    pub(crate) created_at: Millis,
    pub(crate) published_at: Option<Millis>,
    /// Since when viewers see it without being able to play it.
    #[serde(default)]
    pub(crate) announced_at: Option<Millis>,
    #[serde(default)]
    pub(crate) changed_at: Millis,
    pub(crate) version: u64,
    pub(crate) noted: Option<Noted>,
}

/// The latest news that were noted. Later encodings come after earlier ones, and an
/// encoding that finished can neither fail nor start any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Noted {
    revision: RevisionId,
    stage: Stage,
}

/// How far an encoding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Started,
    Failed,
    Finished,
}

impl Stored {
    pub(crate) fn is_published(&self) -> bool {
        self.status == TitleStatus::Published
    }

    /// Since when viewers see it; none when they do not.
    pub(crate) fn shown_since(&self) -> Option<Millis> {
        if self.is_published() { self.published_at } else { self.announced_at }
    }

    /// Takes news in; what is older than what was noted changes nothing. Whether anything changed.
    pub(crate) fn note(&mut self, news: &EncodingNews, now: Millis) -> bool {
        let told = told(news);
        if self.noted.is_some_and(|noted| told <= noted) {
            return false;
        }
        self.noted = Some(told);
        self.changed_at = now;
        match news {
            EncodingNews::Started { .. } => self.unless_published(TitleStatus::Encoding, None),
            EncodingNews::Failed { reason, .. } => self.unless_published(TitleStatus::Failed, Some(reason.clone())),
            EncodingNews::Finished { .. } => self.publish(news, now),
        }
        true
    }

    /// A title that plays an earlier encoding keeps doing so, and one that is announced stays that.
    fn unless_published(&mut self, status: TitleStatus, failure: Option<String>) {
        self.failure = failure;
        if self.shown_since().is_none() {
            self.status = status;
        }
    }

    fn publish(&mut self, news: &EncodingNews, now: Millis) {
        let EncodingNews::Finished { revision, duration_ms, poster, thumbnails, interval_ms, .. } = news else {
            return;
        };
        self.status = TitleStatus::Published;
        self.failure = None;
        self.revision = Some(*revision);
        self.duration_ms = Some(*duration_ms);
        self.artwork = artwork(poster.as_ref(), thumbnails, *interval_ms);
        self.published_at = self.published_at.or(Some(now));
    }

    /// The title as it is answered.
    pub(crate) fn to_title(&self) -> Title {
        let Self {
            id,
            slug,
            name,
            description,
            year,
            genres,
            cast,
            directors,
            credit,
            status,
            failure,
            duration_ms,
            revision,
            artwork,
            ..
        } = self.clone();
        Title {
            id,
            slug,
            name,
            description,
            year,
            genres,
            cast,
            directors,
            credit,
            status,
            failure,
            duration_ms,
            revision,
            artwork,
            created_at: rfc3339(self.created_at),
            published_at: self.published_at.map(rfc3339),
            version: self.version,
        }
    }

    /// The title as it stands in lists: with a few of its thumbnails, from all along it.
    pub(crate) fn to_listed(&self) -> Title {
        let title = self.to_title();
        let artwork = title.artwork.map(|artwork| Artwork { thumbnails: glimpses(&artwork.thumbnails), ..artwork });
        Title { artwork, ..title }
    }
}

/// How many thumbnails a title has in a list.
const GLIMPSES: usize = 6;

/// Some of the thumbnails, evenly spread.
fn glimpses(thumbnails: &[String]) -> Vec<String> {
    let step = thumbnails.len().div_ceil(GLIMPSES).max(1);
    thumbnails.iter().step_by(step).cloned().collect()
}

/// The title that news are of.
pub(crate) fn subject(news: &EncodingNews) -> TitleId {
    match news {
        EncodingNews::Started { title_id, .. }
        | EncodingNews::Finished { title_id, .. }
        | EncodingNews::Failed { title_id, .. } => *title_id,
    }
}

fn told(news: &EncodingNews) -> Noted {
    match news {
        EncodingNews::Started { revision, .. } => Noted { revision: *revision, stage: Stage::Started },
        EncodingNews::Failed { revision, .. } => Noted { revision: *revision, stage: Stage::Failed },
        EncodingNews::Finished { revision, .. } => Noted { revision: *revision, stage: Stage::Finished },
    }
}

fn artwork(poster: Option<&ObjectRef>, thumbnails: &[ObjectRef], interval_ms: u64) -> Option<Artwork> {
    let poster = url(poster.or(thumbnails.first())?);
    Some(Artwork { poster, thumbnails: thumbnails.iter().map(url).collect(), interval_ms })
}

/// Relative to the platform's base URL, which may carry a path.
fn url(object: &ObjectRef) -> String {
    format!("artwork/{}", object.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;

    fn id() -> TitleId {
        TitleId::new(1, &[1; 10])
    }

    fn revision(n: u64) -> RevisionId {
        RevisionId::new(n, &[0; 10])
    }

    fn title() -> Stored {
        let new = serde_json::from_str(r#"{"name":"Bunny"}"#).unwrap();
        Draft::check(new).unwrap().title(id(), "bunny".into(), 1_000)
    }

    fn started(n: u64) -> EncodingNews {
        EncodingNews::Started { title_id: id(), revision: revision(n) }
    }

    fn failed(n: u64) -> EncodingNews {
        EncodingNews::Failed { title_id: id(), revision: revision(n), reason: "no picture".into() }
    }

    fn finished(n: u64) -> EncodingNews {
        let object = |key: &str| ObjectRef { bucket: "artwork".into(), key: format!("t/{n}/{key}") };
        let thumbnails = vec![object("0001.jpg"), object("0002.jpg")];
        let poster = Some(object("poster.jpg"));
        EncodingNews::Finished {
            title_id: id(),
            revision: revision(n),
            duration_ms: 9_000,
            poster,
            thumbnails,
            interval_ms: 500,
        }
    }

    fn after(news: &[EncodingNews]) -> Stored {
        let mut title = title();
        for (at, news) in news.iter().enumerate() {
            title.note(news, 2_000 + at as u64);
        }
        title
    }

    #[test]
    fn a_title_is_encoded_then_published() {
        assert_eq!(after(&[started(1)]).status, TitleStatus::Encoding);
        let title = after(&[started(1), finished(1)]);
        assert_eq!(
            (title.status, title.revision, title.duration_ms),
            (TitleStatus::Published, Some(revision(1)), Some(9_000))
        );
        let artwork = title.artwork.unwrap();
        assert_eq!((artwork.poster.as_str(), artwork.thumbnails.len()), ("artwork/t/1/poster.jpg", 2));
        assert_eq!(title.published_at, Some(2_001));
    }

    #[test]
    fn a_failure_is_told_and_overcome() {
        let title = after(&[started(1), failed(1)]);
        assert_eq!((title.status, title.failure.as_deref()), (TitleStatus::Failed, Some("no picture")));
        let title = after(&[started(1), failed(1), started(2), finished(2)]);
        assert_eq!((title.status, title.failure), (TitleStatus::Published, None));
    }

    #[test]
    fn an_announced_title_stays_in_sight_until_it_plays() {
        let new = serde_json::from_str(r#"{"name":"Bunny","announced":true}"#).unwrap();
        let mut title = Draft::check(new).unwrap().title(id(), "bunny".into(), 1_000);
        for (news, status, since) in [
            (started(1), TitleStatus::Announced, 1_000),
            (failed(1), TitleStatus::Announced, 1_000),
            (finished(2), TitleStatus::Published, 2_000),
        ] {
            title.note(&news, 2_000);
            assert_eq!((title.status, title.shown_since()), (status, Some(since)));
        }
    }

    #[test]
    fn a_published_title_keeps_playing_while_it_is_published_again() {
        for news in [started(2), failed(2)] {
            let title = after(&[started(1), finished(1), news]);
            assert_eq!((title.status, title.revision), (TitleStatus::Published, Some(revision(1))));
        }
        let title = after(&[finished(1), finished(2)]);
        assert_eq!((title.revision, title.published_at), (Some(revision(2)), Some(2_000)));
    }

    #[test]
    fn late_and_repeated_news_change_nothing() {
        let published = after(&[started(2), finished(2)]);
        for news in [started(1), failed(1), finished(1), started(2), failed(2), finished(2)] {
            let mut title = published.clone();
            assert!(!title.note(&news, 9_999));
            assert_eq!(title, published, "{news:?}");
        }
    }

    #[test]
    fn news_in_any_order_come_to_the_same() {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for order in orders {
            let news = order.map(|n| [started(1), failed(1), finished(1)][n].clone());
            assert_eq!(after(&news).status, TitleStatus::Published, "{order:?}");
        }
    }

    #[test]
    fn lists_show_a_few_thumbnails_from_all_along() {
        let all: Vec<String> = (1..=100).map(|n| n.to_string()).collect();
        assert_eq!(glimpses(&all), ["1", "18", "35", "52", "69", "86"]);
        assert_eq!(glimpses(&all[..2]), ["1", "2"]);
        assert!(glimpses(&[]).is_empty());
    }
}
