//! `reel events report`: the figures, for people.

use crate::args::ReportArgs;
use crate::platform::Platform;
use reel_api::analytics::{Figures, Part, Report};
use std::fmt::Write;

/// How many of each kind are shown.
const SHOWN: usize = 10;

pub(crate) async fn run(args: ReportArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let mut report = platform.client().analytics_report(&args.width, args.windows).await?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    for title in report.titles.iter_mut().take(SHOWN) {
        if let Ok(known) = platform.client().title(&title.of).await {
            title.of = known.name;
        }
    }
    print!("{}", text(&report));
    Ok(())
}

fn text(report: &Report) -> String {
    let Report { from, to, totals, .. } = report;
    let mut text = format!("{from} to {to}\n");
    match &report.watermark {
        Some(watermark) => {
            text += &format!("events are counted up to {watermark}; what comes later changes the figures\n")
        }
        None => text += "no event has come yet\n",
    }
    text += &sentences(totals);
    let table = |text: &mut String, title: &str, parts: &[Part], row: fn(&Figures) -> String| {
        if !parts.is_empty() {
            let _ = writeln!(text, "\n{title}");
        }
        for part in parts.iter().take(SHOWN) {
            let _ = writeln!(text, "  {:<40.40} {}", part.of, row(&part.figures));
        }
    };
    table(&mut text, "Titles", &report.titles, title_row);
    table(&mut text, "Plays were chosen from", &report.sources, |f| format!("{} plays", f.plays));
    table(&mut text, "Edges", &report.edges, edge_row);
    table(&mut text, "Searched for", &report.queries, |f| format!("{} times", f.searches));
    table(&mut text, "Searched for and not found", &report.empty_queries, |f| format!("{} times", f.empty_searches));
    text
}

fn sentences(totals: &Figures) -> String {
    let Figures { plays, searches, empty_searches, impressions, stalls, late, doubles, .. } = totals;
    format!(
        "\n{plays} plays, {} of them to the end; {} were watched\n\
         {} of the plays started from a recommendation\n\
         {stalls} stalls, {} in all: {} of the time\n\
         {searches} searches, {empty_searches} of which found nothing; {impressions} pictures were shown\n\
         {late} events came too late to be counted, {doubles} came twice and count once\n",
        percent(totals.completion()),
        duration(totals.view_ms),
        percent(totals.recommended_share()),
        duration(totals.stalled_ms),
        percent(totals.rebuffer_ratio()),
    )
}

fn title_row(figures: &Figures) -> String {
    let (end, watched) = (percent(figures.completion()), duration(figures.view_ms));
    format!("{} plays, {end} to the end, {watched} watched, shown {} times", figures.plays, figures.impressions)
}

fn edge_row(figures: &Figures) -> String {
    let ratio = percent(figures.rebuffer_ratio().filter(|_| figures.view_ms > 0));
    format!("{} stalls, {} in all: {ratio} of the time", figures.stalls, duration(figures.stalled_ms))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{:.1} %", share * 100.0))
}

fn duration(ms: u64) -> String {
    match ms {
        0..60_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        60_000..3_600_000 => format!("{:.1} min", ms as f64 / 60_000.0),
        _ => format!("{:.1} h", ms as f64 / 3_600_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_as_sentences() {
        let totals = Figures {
            plays: 5,
            recommended_plays: 4,
            completions: 2,
            view_ms: 7_200_000,
            stalls: 3,
            stalled_ms: 1_500,
            searches: 7,
            empty_searches: 1,
            ..Figures::default()
        };
        let edge = Part { of: "isp-1".into(), figures: Figures { stalls: 3, stalled_ms: 1_500, ..Figures::default() } };
        let (recommended_share, rebuffer_ratio) = (totals.recommended_share(), totals.rebuffer_ratio());
        let report = Report {
            from: "A".into(),
            to: "B".into(),
            watermark: Some("C".into()),
            totals,
            recommended_share,
            rebuffer_ratio,
            titles: vec![],
            edges: vec![edge],
            queries: vec![],
            empty_queries: vec![],
            sources: vec![],
        };
        let text = text(&report);
        for line in [
            "5 plays, 40.0 % of them to the end; 2.0 h were watched\n",
            "80.0 % of the plays started from a recommendation\n",
            "7 searches, 1 of which found nothing",
            "3 stalls, 1.5 s in all: – of the time",
        ] {
            assert!(text.contains(line), "{line:?} is missing:\n{text}");
        }
        assert!(!text.contains("Titles") && !text.contains("Searched for"));
    }
}
