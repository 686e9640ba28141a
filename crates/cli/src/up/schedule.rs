//! Workflows that start by themselves, as `reel.toml` says: on AWS a rule of EventBridge does it.

use reel_capabilities::Millis;
use reel_capabilities::workflow::Workflows;
use serde_json::json;
use std::future::pending;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A platform that was off when one was due makes up for it, but not while it starts.
const SETTLED: Duration = Duration::from_secs(60);

/// Starts each workflow once in every period, for ever. Periods are counted from 1970 on: days begin
/// at midnight, UTC.
pub(crate) async fn run(app: &reel_app::App, runner: &impl Workflows) {
    let scheduled = app.workflows.iter().filter_map(|(name, workflow)| Some((name, workflow.schedule?)));
    let all = scheduled.map(|(name, every)| repeat(name, every.as_millis() as u64, runner));
    futures::future::join_all(all).await;
    pending().await
}

async fn repeat(workflow: &str, every_ms: Millis, runner: &impl Workflows) {
    tokio::time::sleep(SETTLED).await;
    loop {
        let now = now();
        // The same name again starts nothing.
        if let Err(error) = runner.start(workflow, &name(now, every_ms), json!({})).await {
            eprintln!("reel: the scheduled {workflow} is not started: {error}");
        }
        tokio::time::sleep(Duration::from_millis(until_next(now, every_ms))).await;
    }
}

fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// What the execution of a period is called.
fn name(now: Millis, every_ms: Millis) -> String {
    format!("scheduled-{every_ms}-{}", now / every_ms)
}

fn until_next(now: Millis, every_ms: Millis) -> Millis {
    every_ms - now % every_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_one_name_and_ends_at_its_end() {
        let (day, midnight) = (86_400_000, 20_000 * 86_400_000);
        assert_eq!(name(midnight, day), name(midnight + day - 1, day));
        assert_ne!(name(midnight, day), name(midnight + day, day));
        assert_eq!([0, 1, day - 1].map(|late| until_next(midnight + late, day)), [day, day - 1, 1]);
        assert!(name(midnight, day).len() < 80);
    }
}
