//! A title as it is stored, and what becomes of it as news of its encoding arrive.

use crate::details::Details;
use reel_api::content::{Artwork, EncodingNews, Release, Title, TitleKind, TitleStatus};
use reel_api::encoding::ObjectRef;
use reel_api::{Millis, RevisionId, TitleId, rfc3339};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) id: TitleId,
    pub(crate) slug: String,
    #[serde(flatten)]
    pub(crate) details: Details,
    /// As of the last write: [`Stored::settle`] makes it what it is now.
    pub(crate) status: TitleStatus,
    pub(crate) failure: Option<String>,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) revision: Option<RevisionId>,
    /// What the encoding made.
    pub(crate) artwork: Option<Artwork>,
    /// The poster that an editor gave it.
    #[serde(default)]
    pub(crate) poster: Option<String>,
    pub(crate) created_at: Millis,
    pub(crate) published_at: Option<Millis>,
    /// Since when viewers see it without being able to play it.
    #[serde(default)]
    pub(crate) announced_at: Option<Millis>,
    #[serde(default)]
    pub(crate) changed_at: Millis,
    pub(crate) version: u64,
    /// The version that an editor made last.
    #[serde(default)]
    pub(crate) edited: u64,
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
    /// Since when viewers see it, where no window keeps it from them; none when they do not.
    pub(crate) fn shown_since(&self) -> Option<Millis> {
        match self.status {
            TitleStatus::Published => self.published_at,
            TitleStatus::Announced => self.announced_at,
            _ => None,
        }
    }

    /// Whether viewers see it, or saw it once.
    pub(crate) fn was_ever_shown(&self) -> bool {
        self.shown_since().or(self.published_at).or(self.announced_at).is_some()
    }

    /// Whether there is something to publish.
    fn is_ready(&self) -> bool {
        self.revision.is_some() || self.details.kind == TitleKind::Series
    }

    /// When it is published by itself; none when it is not, or has nothing to publish.
    pub(crate) fn due_at(&self) -> Option<Millis> {
        let waits = self.details.release == Release::Automatic && self.is_ready();
        self.details.publish_at.filter(|_| waits && self.status != TitleStatus::Published)
    }

    /// Makes the status what it is at a time, by what editors say and how far its encoding is.
    pub(crate) fn settle(&mut self, now: Millis) {
        let waited = self.status == TitleStatus::Scheduled;
        self.status = self.status_at(now);
        if self.status == TitleStatus::Published && self.published_at.is_none() {
            // What waited for its time alone is there since then.
            let due = self.details.publish_at.filter(|_| waited);
            self.published_at = Some(due.map_or(now, |due| due.max(self.changed_at)));
        }
    }

    fn status_at(&self, now: Millis) -> TitleStatus {
        let Details { release, publish_at, .. } = &self.details;
        let in_time = publish_at.is_none_or(|at| at <= now);
        match release {
            Release::Withdrawn => TitleStatus::Withdrawn,
            Release::Automatic if self.is_ready() && in_time => TitleStatus::Published,
            _ if self.announced_at.is_some() => TitleStatus::Announced,
            Release::Automatic if self.is_ready() => TitleStatus::Scheduled,
            Release::Held if self.is_ready() => TitleStatus::Draft,
            _ => self.encoding(),
        }
    }

    /// How far its first encoding is.
    fn encoding(&self) -> TitleStatus {
        match self.noted.map(|noted| noted.stage) {
            None | Some(Stage::Finished) => TitleStatus::Draft,
            Some(Stage::Started) => TitleStatus::Encoding,
            Some(Stage::Failed) => TitleStatus::Failed,
        }
    }

    /// Takes news in; what is older than what was noted changes nothing. An earlier encoding keeps playing
    /// until a later one is complete.
    pub(crate) fn note(&mut self, news: &EncodingNews) {
        let told = told(news);
        if self.noted.is_some_and(|noted| told <= noted) {
            return;
        }
        self.noted = Some(told);
        match news {
            EncodingNews::Started { .. } => self.failure = None,
            EncodingNews::Failed { reason, .. } => self.failure = Some(reason.clone()),
            EncodingNews::Finished { .. } => self.finish(news),
        }
    }

    fn finish(&mut self, news: &EncodingNews) {
        let EncodingNews::Finished { revision, duration_ms, poster, thumbnails, interval_ms, .. } = news else {
            return;
        };
        self.failure = None;
        self.revision = Some(*revision);
        self.duration_ms = Some(*duration_ms);
        self.artwork = artwork(poster.as_ref(), thumbnails, *interval_ms);
    }

    /// What is other than in an earlier state, by the names of the fields.
    pub(crate) fn differences(&self, before: &Self) -> Vec<String> {
        let mut what = differing(&self.details, &before.details);
        let rest = [
            ("slug", self.slug != before.slug),
            ("announced", self.announced_at.is_some() != before.announced_at.is_some()),
            ("status", self.status != before.status),
            ("encoding", self.noted != before.noted),
            ("revision", self.revision != before.revision),
            ("poster", self.poster != before.poster),
        ];
        what.extend(rest.into_iter().filter(|(_, other)| *other).map(|(name, _)| name.to_owned()));
        what
    }

    /// Its pictures: those of the encoding, under the poster that an editor gave it.
    fn pictures(&self) -> Option<Artwork> {
        let Some(poster) = self.poster.clone() else { return self.artwork.clone() };
        let made = self.artwork.clone();
        let (thumbnails, interval_ms) = made.map(|made| (made.thumbnails, made.interval_ms)).unwrap_or_default();
        Some(Artwork { poster, thumbnails, interval_ms })
    }

    /// The title as it is answered.
    pub(crate) fn to_title(&self) -> Title {
        let Self { id, slug, status, failure, duration_ms, revision, version, .. } = self.clone();
        let details = self.details.clone();
        Title {
            id,
            slug,
            kind: details.kind,
            name: details.name,
            description: details.description,
            year: details.year,
            genres: details.genres,
            cast: details.cast,
            characters: details.characters,
            directors: details.directors,
            crew: details.crew,
            credit: details.credit,
            language: details.language,
            texts: details.texts,
            maturity: details.maturity,
            tags: details.tags,
            tone: details.tone,
            series: details.series,
            series_name: None,
            seasons: details.seasons,
            trailer_of: details.trailer_of,
            windows: details.windows,
            release: details.release,
            publish_at: details.publish_at,
            external_id: details.external_id,
            status,
            failure,
            duration_ms,
            revision,
            artwork: self.pictures(),
            created_at: rfc3339(self.created_at),
            published_at: self.published_at.map(rfc3339),
            version,
        }
    }

    /// The title as it stands in lists: with a few of its thumbnails, from all along it.
    pub(crate) fn to_listed(&self) -> Title {
        let title = self.to_title();
        let artwork = title.artwork.map(|artwork| Artwork { thumbnails: glimpses(&artwork.thumbnails), ..artwork });
        Title { artwork, ..title }
    }
}

/// The fields that differ.
fn differing(one: &Details, other: &Details) -> Vec<String> {
    let fields = |details| serde_json::to_value(details).ok().and_then(|value| value.as_object().cloned());
    let (one, other) = (fields(one).unwrap_or_default(), fields(other).unwrap_or_default());
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
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
        of(r#"{"name":"Bunny"}"#)
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

    fn note(title: &mut Stored, news: &EncodingNews, now: Millis) {
        title.note(news);
        title.settle(now);
        title.changed_at = now;
    }

    fn after(news: &[EncodingNews]) -> Stored {
        let mut title = title();
        for (at, news) in news.iter().enumerate() {
            note(&mut title, news, 2_000 + at as u64);
        }
        title
    }

    fn of(json: &str) -> Stored {
        Draft::check(serde_json::from_str(json).unwrap()).unwrap().title(id(), "bunny".into(), 1_000)
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
        let mut title = of(r#"{"name":"Bunny","announced":true}"#);
        for (news, status, since) in [
            (started(1), TitleStatus::Announced, 1_000),
            (failed(1), TitleStatus::Announced, 1_000),
            (finished(2), TitleStatus::Published, 2_000),
        ] {
            note(&mut title, &news, 2_000);
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
            title.note(&news);
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
    fn a_scheduled_title_is_published_at_its_time_by_itself() {
        let mut title = of(r#"{"name":"Bunny","publish_at":"1970-01-01T00:00:05Z"}"#);
        note(&mut title, &finished(1), 2_000);
        assert_eq!((title.status, title.due_at(), title.shown_since()), (TitleStatus::Scheduled, Some(5_000), None));
        title.settle(4_999);
        assert_eq!(title.status, TitleStatus::Scheduled);
        title.settle(6_000);
        assert_eq!((title.status, title.shown_since(), title.due_at()), (TitleStatus::Published, Some(5_000), None));
    }

    #[test]
    fn an_encoding_that_is_complete_after_the_time_publishes_at_once() {
        let mut title = of(r#"{"name":"Bunny","publish_at":"1970-01-01T00:00:01.500Z"}"#);
        note(&mut title, &started(1), 2_000);
        assert_eq!((title.status, title.due_at()), (TitleStatus::Encoding, None));
        note(&mut title, &finished(1), 3_000);
        assert_eq!((title.status, title.shown_since()), (TitleStatus::Published, Some(3_000)));
    }

    #[test]
    fn what_is_held_waits_and_what_is_withdrawn_is_gone() {
        let mut title = of(r#"{"name":"Bunny","release":"held"}"#);
        note(&mut title, &finished(1), 2_000);
        assert_eq!((title.status, title.was_ever_shown()), (TitleStatus::Draft, false));
        title.details.release = Release::Automatic;
        title.settle(3_000);
        assert_eq!((title.status, title.shown_since()), (TitleStatus::Published, Some(3_000)));
        title.details.release = Release::Withdrawn;
        title.settle(4_000);
        let gone = (title.status, title.shown_since(), title.was_ever_shown());
        assert_eq!(gone, (TitleStatus::Withdrawn, None, true));
    }

    #[test]
    fn a_series_is_ready_without_an_encoding() {
        assert_eq!(of(r#"{"name":"Dark","kind":"series"}"#).shown_since(), Some(1_000));
        assert_eq!(of(r#"{"name":"Dark","kind":"series","release":"held"}"#).status, TitleStatus::Draft);
    }

    #[test]
    fn a_row_of_an_earlier_version_reads_as_a_film() {
        let row = r#"{"id":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","slug":"b","name":"B","description":"","year":2008,
            "genres":["Comedy"],"credit":null,"status":"published","failure":null,"duration_ms":9,
            "revision":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","artwork":null,"created_at":1,"published_at":2,
            "version":4,"noted":{"revision":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","stage":"finished"}}"#;
        let mut title: Stored = serde_json::from_str(row).unwrap();
        let before = title.clone();
        title.settle(9_000);
        assert_eq!((&title, title.details.kind, title.details.year), (&before, TitleKind::Film, Some(2008)));
        assert!(title.differences(&before).is_empty());
    }

    #[test]
    fn differences_have_the_names_of_fields() {
        let before = title();
        let mut title = before.clone();
        title.details.year = Some(2008);
        title.details.tags = vec!["Hares".into()];
        title.details.release = Release::Withdrawn;
        title.settle(2_000);
        assert_eq!(title.differences(&before), ["release", "tags", "year", "status"]);
    }

    #[test]
    fn an_editor_s_poster_stands_before_the_encoding_s() {
        let mut title = after(&[finished(1)]);
        title.poster = Some("artwork/t/poster/x.png".into());
        let artwork = title.to_title().artwork.unwrap();
        assert_eq!((artwork.poster.as_str(), artwork.thumbnails.len()), ("artwork/t/poster/x.png", 2));
        let artwork = Stored { artwork: None, ..title }.to_title().artwork.unwrap();
        assert_eq!((artwork.thumbnails.len(), artwork.interval_ms), (0, 0));
    }

    #[test]
    fn lists_show_a_few_thumbnails_from_all_along() {
        let all: Vec<String> = (1..=100).map(|n| n.to_string()).collect();
        assert_eq!(glimpses(&all), ["1", "18", "35", "52", "69", "86"]);
        assert_eq!(glimpses(&all[..2]), ["1", "2"]);
        assert!(glimpses(&[]).is_empty());
    }
}
