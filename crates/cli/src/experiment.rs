//! `reel experiment report`: what slots that explore have earned, and what other policies would have.

mod log;
mod report;

use crate::args::ExperimentReportArgs;
use crate::platform::Platform;
use anyhow::ensure;
use reel_api::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_MS: Millis = 24 * 3_600 * 1_000;

pub(crate) async fn report(args: ExperimentReportArgs) -> anyhow::Result<()> {
    ensure!((1..=90).contains(&args.days), "decisions are kept for 90 days: --days is 1 to 90");
    let platform = Platform::sign_in(&args.platform).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as Millis;
    let today = now / DAY_MS;
    let slots = log::slots(&platform, today - args.days..=today).await?;
    let reports = slots.iter().map(|(slot, log)| report::report(slot, log)).collect::<Result<Vec<_>, _>>()?;
    if args.json {
        println!("{}", serde_json::json!({ "days": args.days, "slots": reports }));
        return Ok(());
    }
    if reports.is_empty() {
        println!("no slot was seen in the last {} days", args.days);
    }
    reports.iter().for_each(|report| print!("{report}"));
    Ok(())
}
