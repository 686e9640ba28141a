//! Rows of table `analytics`: a row for each cell, whose counters are its figures. The rows of
//! `marks` and `keys#STREAM` are those of [`Intake`](reel_sdk::events::Intake).

use reel_analytics::{Cell, Dimension, Figure, Tally, Width, watermark};
use reel_api::Millis;
use reel_api::analytics::Figures;
use reel_events::recent::Mark;
use reel_events::stream::STREAMS;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Row, Selection, Table, Write};
use std::collections::BTreeMap;

pub(crate) const ANALYTICS: Table = Table("analytics");

/// The writes that add a tally.
pub(crate) fn writes(tally: &Tally) -> Vec<Write> {
    let write = |(cell, counts): (&Cell, &BTreeMap<Figure, i64>)| {
        let by = counts.iter().map(|(figure, by)| (figure.name().to_owned(), *by)).collect();
        ANALYTICS.write(&cell.partition, &cell.sort, Change::Add(by))
    };
    tally.iter().map(write).collect()
}

/// The totals of windows from one on, by their beginnings; those without events are not there.
pub(crate) async fn totals(width: Width, from: Millis, windows: u32) -> Result<BTreeMap<Millis, Figures>, Problem> {
    let selection = Selection::of(&Cell::totals(width)).starting_at(&Cell::start(from)).limit(windows);
    let page = ANALYTICS.query(selection).await?;
    Ok(page.rows.iter().filter_map(|row| Some((row.key.sort.parse().ok()?, figures(row)))).collect())
}

/// The parts of one window.
pub(crate) async fn parts(
    dimension: Dimension,
    width: Width,
    start: Millis,
) -> Result<impl Iterator<Item = (String, Figures)>, Problem> {
    let rows = ANALYTICS.query_all(Selection::of(&Cell::parts(dimension, width, start))).await?;
    Ok(rows.into_iter().map(|row| (row.key.sort.clone(), figures(&row))))
}

/// Up to when events have come in, in every stream that has any.
pub(crate) async fn up_to() -> Result<Option<Millis>, Problem> {
    let mut earliest = None;
    for stream in STREAMS {
        let mark: Option<Mark> = ANALYTICS.get_json("marks", stream).await?;
        let reached = mark.map(|mark| watermark(mark.latest));
        earliest = [earliest, reached].into_iter().flatten().min();
    }
    Ok(earliest)
}

fn figures(row: &Row) -> Figures {
    let of = |figure: Figure| u64::try_from(row.counter(figure.name())).unwrap_or_default();
    Figures {
        plays: of(Figure::Plays),
        recommended_plays: of(Figure::RecommendedPlays),
        completions: of(Figure::Completions),
        view_ms: of(Figure::ViewMs),
        stalls: of(Figure::Stalls),
        stalled_ms: of(Figure::StalledMs),
        searches: of(Figure::Searches),
        empty_searches: of(Figure::EmptySearches),
        impressions: of(Figure::Impressions),
        late: of(Figure::Late),
        doubles: of(Figure::Doubles),
    }
}

/// The sum of two counts.
pub(crate) fn sum(a: Figures, b: Figures) -> Figures {
    Figures {
        plays: a.plays + b.plays,
        recommended_plays: a.recommended_plays + b.recommended_plays,
        completions: a.completions + b.completions,
        view_ms: a.view_ms + b.view_ms,
        stalls: a.stalls + b.stalls,
        stalled_ms: a.stalled_ms + b.stalled_ms,
        searches: a.searches + b.searches,
        empty_searches: a.empty_searches + b.empty_searches,
        impressions: a.impressions + b.impressions,
        late: a.late + b.late,
        doubles: a.doubles + b.doubles,
    }
}
