//! `reel play`: plays a title without a screen, on the ABR library that the page uses.

use crate::args::PlayArgs;
use crate::platform::Platform;
use anyhow::Context;
use reel_player::{Options, Report, SegmentLine, Trace};
use std::path::Path;
use tokio::sync::mpsc;

pub(crate) async fn run(args: PlayArgs) -> anyhow::Result<()> {
    let network = args.network.as_deref().map(trace).transpose()?;
    let platform = Platform::sign_in(&args.platform).await?;
    let title = platform.find(&args.title).await?;
    let (lines, printing) = if args.json { (None, None) } else { live() };
    let options = Options {
        base_url: platform.base().into(),
        token: platform.token(),
        title: title.id.to_string(),
        seconds: args.seconds,
        network,
        device: "cli".into(),
        lines,
    };
    let report = reel_player::play(options).await?;
    if let Some(printing) = printing {
        printing.await?;
        print(&report);
    } else {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn trace(path: &Path) -> anyhow::Result<Trace> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Trace::from_json(&text).map_err(|why| anyhow::anyhow!("{} is no network trace: {why}", path.display()))
}

type Lines = Option<mpsc::UnboundedSender<SegmentLine>>;

/// Prints each segment as it arrives.
fn live() -> (Lines, Option<tokio::task::JoinHandle<()>>) {
    let (lines, mut arriving) = mpsc::unbounded_channel::<SegmentLine>();
    println!("{:>4}  {:<14} {:>9} {:>9} {:>9}  edge", "no.", "rendition", "kB", "ms", "buffer s");
    let printing = tokio::spawn(async move {
        while let Some(line) = arriving.recv().await {
            let SegmentLine { number, rendition, bytes, started_ms, finished_ms, buffer_ms, edge, cache, .. } = line;
            let (took, buffer, cache) = (finished_ms - started_ms, buffer_ms / 1_000.0, cache.unwrap_or_default());
            println!("{number:>4}  {rendition:<14} {:>9} {took:>9.0} {buffer:>9.1}  {edge} {cache}", bytes / 1_000);
        }
    });
    (Some(lines), Some(printing))
}

fn print(report: &Report) {
    println!(
        "{}: {:.1} s played, start-up {:.0} ms, {} stalls ({:.0} ms), {} switches, {:.0} kbit/s on average",
        report.title,
        report.played_s,
        report.startup_ms,
        report.stalls,
        report.stall_ms,
        report.switches,
        report.mean_kbps
    );
}
