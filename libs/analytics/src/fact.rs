//! What an event says.

use crate::Dimension;
use reel_api::{Millis, PlayId};
use reel_events::recent::key_of;
use reel_events::{BufferEvent, Event, Kind, PlayStart, SearchQuery, ThumbnailImpression, ViewSegment};

/// From this percentage on a title counts as played to the end: what is left are credits.
const COMPLETE_PCT: u64 = 95;
/// The longest query that is counted apart, in bytes: it is part of a row's name.
const MAX_QUERY: usize = 800;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Plays that began.
    Plays,
    /// Plays of these that were chosen from a recommended row.
    RecommendedPlays,
    /// Plays that came to the end.
    Completions,
    /// Milliseconds that were watched: each eighth of a title that a play was in counts whole.
    ViewMs,
    /// How often playing stalled.
    Stalls,
    /// For how long, in milliseconds.
    StalledMs,
    /// Searches.
    Searches,
    /// Searches that found nothing.
    EmptySearches,
    /// Pictures that were shown.
    Impressions,
    /// Events that came too late to be counted.
    Late,
    /// Events that said nothing new.
    Doubles,
}

impl Figure {
    /// Every figure.
    pub const ALL: [Self; 11] = [
        Self::Plays,
        Self::RecommendedPlays,
        Self::Completions,
        Self::ViewMs,
        Self::Stalls,
        Self::StalledMs,
        Self::Searches,
        Self::EmptySearches,
        Self::Impressions,
        Self::Late,
        Self::Doubles,
    ];

    /// What a row's counter is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plays => "plays",
            Self::RecommendedPlays => "recommended_plays",
            Self::Completions => "completions",
            Self::ViewMs => "view_ms",
            Self::Stalls => "stalls",
            Self::StalledMs => "stalled_ms",
            Self::Searches => "searches",
            Self::EmptySearches => "empty_searches",
            Self::Impressions => "impressions",
            Self::Late => "late",
            Self::Doubles => "doubles",
        }
    }
}

/// One thing that is true once, whoever tells it and however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Tells it from all others.
    pub key: u64,
    /// The moment whose windows it is counted in.
    pub at: Millis,
    /// By how much each figure grows.
    pub figures: Vec<(Figure, i64)>,
    /// Where, beside the totals: the dimension, and which of it.
    pub parts: Vec<(Dimension, String)>,
}

/// What an event says, if anything is counted of it. What a play did is known by the play, so
/// that an eighth that is told of twice is watched once.
pub fn facts(event: &Event) -> Vec<Fact> {
    match &event.kind {
        Kind::PlayStart(start) => vec![play(start)],
        Kind::ViewSegment(view) => viewed(view),
        Kind::BufferEvent(stall) => vec![stalled(event, stall)],
        Kind::SearchQuery(search) => vec![searched(event, search)],
        Kind::ThumbnailImpression(shown) => vec![impression(event, shown)],
        _ => Vec::new(),
    }
}

fn play(start: &PlayStart) -> Fact {
    let source = start.source.clone().unwrap_or_else(|| "direct".into());
    let mut figures = vec![(Figure::Plays, 1)];
    if start.is_recommended() {
        figures.push((Figure::RecommendedPlays, 1));
    }
    let parts = vec![(Dimension::Titles, start.title_id.to_string()), (Dimension::Sources, source)];
    Fact { key: of_play(start.play, b"start"), at: start.play.made_at(), figures, parts }
}

fn viewed(view: &ViewSegment) -> Vec<Fact> {
    let at = view.play.made_at();
    let title = (Dimension::Titles, view.title_id.to_string());
    let edge = view.pathway.clone().map(|edge| (Dimension::Edges, edge));
    let watched = vec![(Figure::ViewMs, (view.duration_ms / 8).cast_signed())];
    let parts = [title.clone()].into_iter().chain(edge).collect();
    let mut facts = vec![Fact { key: of_play(view.play, &[view.eighth]), at, figures: watched, parts }];
    if view.position_ms.saturating_mul(100) >= view.duration_ms.saturating_mul(COMPLETE_PCT) {
        let figures = vec![(Figure::Completions, 1)];
        facts.push(Fact { key: of_play(view.play, b"end"), at, figures, parts: vec![title] });
    }
    facts
}

fn stalled(event: &Event, stall: &BufferEvent) -> Fact {
    let figures = vec![(Figure::Stalls, 1), (Figure::StalledMs, stall.stalled_ms.cast_signed())];
    let title = (Dimension::Titles, stall.title_id.to_string());
    let parts = [title].into_iter().chain(stall.pathway.clone().map(|edge| (Dimension::Edges, edge))).collect();
    Fact { key: of_event(event), at: stall.play.made_at(), figures, parts }
}

fn searched(event: &Event, search: &SearchQuery) -> Fact {
    let mut figures = vec![(Figure::Searches, 1)];
    if search.results == 0 {
        figures.push((Figure::EmptySearches, 1));
    }
    let parts = vec![(Dimension::Queries, normal(&search.query))];
    Fact { key: of_event(event), at: event.at, figures, parts }
}

fn impression(event: &Event, shown: &ThumbnailImpression) -> Fact {
    let parts = vec![(Dimension::Titles, shown.title_id.to_string())];
    Fact { key: of_event(event), at: event.at, figures: vec![(Figure::Impressions, 1)], parts }
}

/// What is searched for in different spellings of space and case is the same.
fn normal(query: &str) -> String {
    let mut normal = query.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let end = (0..=MAX_QUERY.min(normal.len())).rev().find(|&end| normal.is_char_boundary(end));
    normal.truncate(end.unwrap_or_default());
    if normal.is_empty() { "(blank)".into() } else { normal }
}

fn of_play(play: PlayId, what: &[u8]) -> u64 {
    key_of(&[play.as_bytes(), what])
}

fn of_event(event: &Event) -> u64 {
    key_of(&[event.id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{EventId, TitleId};

    const BEGAN: Millis = 1_705_350_600_000;

    fn event(kind: Kind) -> Event {
        Event { id: EventId::new(BEGAN, &[1; 10]), v: 1, at: BEGAN + 60_000, kind }
    }

    fn view(eighth: u8, position_ms: u64) -> Event {
        event(Kind::ViewSegment(ViewSegment {
            play: PlayId::new(BEGAN, &[2; 10]),
            title_id: TitleId::new(1, &[3; 10]),
            device: "tv".into(),
            eighth,
            position_ms,
            duration_ms: 80_000,
            pathway: Some("isp-1".into()),
        }))
    }

    #[test]
    fn an_eighth_is_watched_once_when_its_play_began() {
        let (twice, other) = ([facts(&view(3, 25_000)), facts(&view(3, 29_000))], facts(&view(4, 35_000)));
        assert_eq!(twice[0], twice[1]);
        assert_eq!((twice[0][0].at, &twice[0][0].figures[..]), (BEGAN, &[(Figure::ViewMs, 10_000)][..]));
        assert_ne!(twice[0][0].key, other[0].key);
        assert!(twice[0][0].parts.contains(&(Dimension::Edges, "isp-1".into())));
    }

    #[test]
    fn a_play_is_complete_at_the_credits() {
        assert_eq!([75_999, 76_000].map(|position| facts(&view(8, position)).len()), [1, 2]);
        assert_eq!(facts(&view(8, 80_000))[1].figures, [(Figure::Completions, 1)]);
    }

    #[test]
    fn what_was_recommended_is_told_from_what_was_found() {
        let start = |source: Option<&str>| {
            let (play, title_id) = (PlayId::new(BEGAN, &[2; 10]), TitleId::new(1, &[3; 10]));
            let source = source.map(str::to_owned);
            play_figures(PlayStart {
                play,
                title_id,
                revision: None,
                device: "tv".into(),
                position_ms: 0,
                source,
                variant: None,
                decision: None,
            })
        };
        for recommended in ["picks", "genre:Drama", "because:x", "popular"] {
            assert_eq!(start(Some(recommended)), 2, "{recommended}");
        }
        for other in [Some("search"), Some("continue-watching"), None] {
            assert_eq!(start(other), 1, "{other:?}");
        }
    }

    fn play_figures(start: PlayStart) -> usize {
        facts(&event(Kind::PlayStart(start)))[0].figures.len()
    }

    #[test]
    fn a_query_is_one_however_it_is_spaced() {
        assert_eq!(normal("  Big \t BUCK "), "big buck");
        assert_eq!(normal(" "), "(blank)");
        assert!(normal(&"ß€".repeat(400)).len() <= MAX_QUERY);
    }
}
