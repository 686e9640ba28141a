//! A record that no consumer can handle, on the stage `dev` of the emulator at `AWS_ENDPOINT_URL`: it is put aside
//! with its reason, and sent again by a command.

use bytes::Bytes;
use reel_backend_aws::client::Aws;
use reel_backend_aws::events::KinesisEvents;
use reel_backend_aws::table::DynamoTables;
use reel_capabilities::SystemClock;
use reel_capabilities::events::{Entry, Events};
use serde_json::Value;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(180);

fn dead_records(more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_reel-deploy")).args(["dead-records", "playback"]).args(more).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The records that hold this text and that `history` put aside: others read the stream, too.
fn holding(text: &str) -> Vec<Value> {
    let lines = dead_records(&[]);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["consumer"] == "history" && line["data"].to_string().contains(text)).collect()
}

fn wait_for(text: &str, how_many: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let found = holding(text);
        if found.len() >= how_many {
            return found;
        }
        assert!(begun.elapsed() < SOON, "{how_many} dead records with {text}: only {found:?} after {SOON:?}");
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[tokio::test]
#[ignore = "needs a stage: script/test aws"]
async fn what_fails_too_often_is_put_aside_with_its_reason_and_sent_again_by_a_command() {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("AWS_ENDPOINT_URL is not set: run script/test aws");
    let aws = Aws::emulator(&endpoint).await;
    let tables = Arc::new(DynamoTables::new(aws.dynamodb(), "reel-dev-", Arc::new(SystemClock)));
    let events = KinesisEvents::new(aws.kinesis(), "reel-dev-", tables);
    let poison = format!("poison {:?}", std::time::SystemTime::now());
    let entry = Entry { key: "poison".into(), data: Bytes::from(poison.clone()) };
    events.append("playback", vec![entry]).await.unwrap();

    let first = wait_for(&poison, 1);
    assert_eq!(first[0]["replayed"], false, "{first:?}");
    assert!(first[0]["reason"].as_str().unwrap().contains("history failed on it 5 times"), "{first:?}");
    assert!(dead_records(&["--replay"]).contains("records are in playback again"));
    // Nothing was mended, so it comes back.
    let both = wait_for(&poison, 2);
    assert!(both[0]["replayed"] == true && both.iter().any(|record| record["replayed"] == false), "{both:?}");
}
