//! How events reach the functions that consume them.

mod support;

use reel_capabilities::events::{Entry, Events};
use reel_host::Redelivery;
use std::time::Duration;
use support::host_with;

const APP: &str = r#"
    [functions.reader]
    consumes = [{ stream = "things", consumer = "reader", batch = 3 }]
    [functions.reader.grants]
    tables = { seen = "rw" }
    outbound = ["example.com"]
"#;

fn entry(key: &str, data: &'static str) -> Entry {
    Entry { key: key.into(), data: data.into() }
}

#[tokio::test]
async fn a_record_that_fails_comes_again_and_one_that_always_does_is_put_aside() {
    let quick = Redelivery { attempts: 3, first: Duration::from_millis(1), most: Duration::from_millis(2) };
    let (host, backends) = host_with(APP, |builder| builder.redelivery(quick));
    let entries =
        vec![entry("a", "one"), entry("b", "twice"), entry("c", "poison"), entry("c", "after"), entry("a", "last")];
    backends.events.append("things", entries).await.unwrap();

    let consumers = tokio::spawn(async move { host.consumers().await });
    backends.events.reaches("things", "reader", 5).await;
    consumers.abort();

    let times = |record: &str| backends.tables.counter("seen", "records", record, "times");
    assert_eq!(times("one"), 1);
    assert_eq!(times("twice"), 2, "it failed once after it was noted");
    assert_eq!((times("after"), times("last")), (1, 1), "those behind a bad record go on");
    assert_eq!(times("poison"), 0);
    let dead = backends.events.holds("dead-things", 1).await;
    let told: serde_json::Value = serde_json::from_slice(&dead[0].data).unwrap();
    assert_eq!((told["record"]["position"].as_u64(), dead.len()), (Some(3), 1));
    assert_eq!(told["record"]["data"], "cG9pc29u");
}
