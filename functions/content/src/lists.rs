//! In which lists a title stands, and where.
//!
//! Each list is a partition, in which a title stands under its time and id, so that a page of it is read without a
//! scan. What stands there follows from the title as it was last written, so that it can be found again.

use crate::title::Stored;
use reel_api::content::{EpisodeOf, TitleKind};
use reel_api::{Millis, TitleId};

/// A list of titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listing {
    /// Everything, by when it was made.
    All,
    /// The films and series that viewers see, by when it became so.
    Shown,
    /// The episodes and trailers that viewers see, by when it became so.
    Parts,
    /// The films and series of a genre, in lower case, that viewers see.
    Genre(String),
    /// What viewers see, or saw before, by when it last changed.
    Changed,
    /// What is ready and waits, by its time.
    Scheduled,
    /// The episodes of a series, in order.
    Episodes(TitleId),
    /// The trailers of a title, by when they were made.
    Trailers(TitleId),
}

impl Listing {
    /// The list of a genre, whose case does not matter.
    pub(crate) fn genre(name: &str) -> Self {
        Self::Genre(name.trim().to_lowercase())
    }

    pub(crate) fn partition(&self) -> String {
        match self {
            Self::All => "list/all".into(),
            // Named when nothing else was shown.
            Self::Shown => "list/published".into(),
            Self::Parts => "list/parts".into(),
            Self::Changed => "list/changed".into(),
            Self::Scheduled => "list/scheduled".into(),
            Self::Genre(genre) => format!("list/genre/{}", genre.chars().take(40).collect::<String>()),
            Self::Episodes(series) => format!("episodes/{series}"),
            Self::Trailers(title) => format!("trailers/{title}"),
        }
    }
}

/// Where a title stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) partition: String,
    pub(crate) sort: String,
    /// Whether no other title may stand there.
    pub(crate) alone: bool,
}

/// The beginning of the sort keys of what stands in a list from a time on.
pub(crate) fn since(at: Millis) -> String {
    format!("{at:013}")
}

/// The time of a sort key; 0 where it has none.
pub(crate) fn time_of(sort: &str) -> Millis {
    sort.get(..13).and_then(|time| time.parse().ok()).unwrap_or(0)
}

/// The sort key of an episode in its series.
pub(crate) fn episode_sort(place: &EpisodeOf) -> String {
    format!("{:05}#{:05}", place.season, place.number)
}

/// All places of a title.
pub(crate) fn places(title: &Stored) -> Vec<Place> {
    let place = |(listing, at): (Listing, Millis)| Place {
        partition: listing.partition(),
        sort: format!("{}#{}", since(at), title.id),
        alone: false,
    };
    let episode =
        |of: &EpisodeOf| Place { partition: Listing::Episodes(of.id).partition(), sort: episode_sort(of), alone: true };
    lists(title).into_iter().map(place).chain(title.details.series.as_ref().map(episode)).collect()
}

fn lists(title: &Stored) -> Vec<(Listing, Millis)> {
    let mut lists = vec![(Listing::All, title.created_at)];
    if let Some(since) = title.shown_since() {
        if title.details.kind.is_listed() {
            lists.push((Listing::Shown, since));
            lists.extend(title.details.genres.iter().map(|genre| (Listing::genre(genre), since)));
        } else {
            lists.push((Listing::Parts, since));
        }
    }
    if title.was_ever_shown() {
        lists.push((Listing::Changed, title.changed_at));
    }
    lists.extend(title.due_at().map(|due| (Listing::Scheduled, due)));
    if title.details.kind == TitleKind::Trailer {
        lists.extend(title.details.trailer_of.map(|of| (Listing::Trailers(of), title.created_at)));
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;
    use reel_api::content::{Release, TitleStatus};

    fn draft(json: &str) -> Stored {
        let new = serde_json::from_str(json).unwrap();
        Draft::check(new).unwrap().title(TitleId::new(1, &[1; 10]), "bunny".into(), 1_000)
    }

    fn published(mut title: Stored) -> Stored {
        (title.status, title.published_at, title.changed_at) = (TitleStatus::Published, Some(2_000), 3_000);
        title
    }

    #[test]
    fn a_title_stands_in_the_lists_of_its_genres_once_it_is_published() {
        let title = draft(r#"{"name":"Bunny","genres":["Comedy","Sci-Fi"]}"#);
        assert_eq!(lists(&title), [(Listing::All, 1_000)]);
        let expected = [
            (Listing::All, 1_000),
            (Listing::Shown, 2_000),
            (Listing::genre("comedy"), 2_000),
            (Listing::genre("SCI-FI"), 2_000),
            (Listing::Changed, 3_000),
        ];
        assert_eq!(lists(&published(title)), expected);
    }

    #[test]
    fn a_withdrawn_title_is_told_to_who_knew_it() {
        let mut title = published(draft(r#"{"name":"Bunny","genres":["Comedy"]}"#));
        title.details.release = Release::Withdrawn;
        title.settle(4_000);
        assert_eq!(lists(&title), [(Listing::All, 1_000), (Listing::Changed, 3_000)]);
    }

    #[test]
    fn an_episode_stands_in_its_series_alone() {
        let series = TitleId::new(2, &[2; 10]);
        let json = format!(
            r#"{{"name":"Secrets","kind":"episode","genres":["Crime"],"series":{{"id":"{series}","season":1,"number":12}}}}"#
        );
        let episode = published(draft(&json));
        let [all, parts, changed, place] = &places(&episode)[..] else { panic!("{:?}", places(&episode)) };
        assert!(!all.alone && !changed.alone && place.alone);
        assert_eq!((parts.partition.as_str(), place.sort.as_str()), ("list/parts", "00001#00012"));
        assert_eq!(place.partition, format!("episodes/{series}"));
    }

    #[test]
    fn what_waits_for_its_time_is_found_by_it() {
        let title = draft(r#"{"name":"Dark","kind":"series","publish_at":"1970-01-01T00:00:05Z"}"#);
        assert_eq!(lists(&title), [(Listing::All, 1_000), (Listing::Scheduled, 5_000)]);
        assert_eq!(time_of(&places(&title)[1].sort), 5_000);
        assert_eq!(time_of("x"), 0);
    }
}
