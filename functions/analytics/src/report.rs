//! The counts, read for an operator.

use crate::period::Period;
use crate::store;
use reel_analytics::Dimension;
use reel_api::analytics::{Figures, MAX_PARTS, Part, Report, Series, Window};
use reel_api::{Problem, rfc3339};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Each window by itself.
pub(crate) async fn series(period: &Period) -> Result<Series, Problem> {
    let totals = store::totals(period.width, period.from, period.windows).await?;
    let up_to = store::up_to().await?.unwrap_or_default();
    let window = |start| Window {
        start: rfc3339(start),
        complete: start + period.width.ms() <= up_to,
        figures: totals.get(&start).copied().unwrap_or_default(),
    };
    Ok(Series { width: period.width.name().into(), windows: period.starts().map(window).collect() })
}

/// All windows together, with their parts.
pub(crate) async fn report(period: &Period) -> Result<Report, Problem> {
    let within = store::totals(period.width, period.from, period.windows).await?;
    let totals = within.range(..period.to()).map(|(_, figures)| *figures).fold(Figures::default(), store::sum);
    let queries = parts(Dimension::Queries, period).await?;
    let empty = queries.clone().into_iter().filter(|part| part.figures.empty_searches > 0).collect();
    Ok(Report {
        from: rfc3339(period.from),
        to: rfc3339(period.to()),
        watermark: store::up_to().await?.map(rfc3339),
        totals,
        recommended_share: totals.recommended_share(),
        rebuffer_ratio: totals.rebuffer_ratio(),
        titles: most(parts(Dimension::Titles, period).await?, |figures| figures.plays),
        edges: most(parts(Dimension::Edges, period).await?, |figures| figures.stalled_ms),
        queries: most(queries, |figures| figures.searches),
        empty_queries: most(empty, |figures| figures.empty_searches),
        sources: most(parts(Dimension::Sources, period).await?, |figures| figures.plays),
    })
}

async fn parts(dimension: Dimension, period: &Period) -> Result<Vec<Part>, Problem> {
    let mut sums: BTreeMap<String, Figures> = BTreeMap::new();
    for start in period.starts() {
        for (of, figures) in store::parts(dimension, period.width, start).await? {
            let sum = sums.entry(of).or_default();
            *sum = store::sum(*sum, figures);
        }
    }
    Ok(sums.into_iter().map(|(of, figures)| Part { of, figures }).collect())
}

/// The parts with the most of a figure; equal ones by name.
fn most(mut parts: Vec<Part>, figure: fn(&Figures) -> u64) -> Vec<Part> {
    parts.sort_by(|a, b| Reverse(figure(&a.figures)).cmp(&Reverse(figure(&b.figures))).then(a.of.cmp(&b.of)));
    parts.truncate(MAX_PARTS);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_come_first_and_equal_ones_by_name() {
        let part = |of: &str, plays| Part { of: of.into(), figures: Figures { plays, ..Figures::default() } };
        let sorted = most(vec![part("b", 1), part("c", 3), part("a", 1)], |figures| figures.plays);
        assert_eq!(sorted.iter().map(|part| part.of.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
        assert_eq!(most(vec![part("x", 1); MAX_PARTS + 5], |figures| figures.plays).len(), MAX_PARTS);
    }
}
