//! `reel events tail`.

use crate::args::TailArgs;
use crate::platform::Platform;
use reel_api::streams::{MAX_WAIT_MS, Record};
use serde_json::Value;

pub(crate) async fn run(args: TailArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let mut page = platform.client().last_records(&args.stream, args.last).await?;
    loop {
        for record in page.records.iter().filter(|record| wanted(record, args.kind.as_deref())) {
            println!("{}", if args.json { serde_json::to_string(record)? } else { line(record) });
        }
        // A page that is full has more behind it, asked for or not.
        if page.records.is_empty() && !args.follow {
            return Ok(());
        }
        let wait = if args.follow { MAX_WAIT_MS } else { 0 };
        page = platform.client().records(&args.stream, page.next, wait).await?;
    }
}

fn wanted(record: &Record, kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| record.data["type"] == kind)
}

/// `POSITION TIME TYPE FIELD=VALUE …`, without what every event has.
fn line(record: &Record) -> String {
    let kind = record.data["type"].as_str().unwrap_or("?");
    let known = ["account", "profile", "received_at", "id", "type", "v", "at"];
    let fields: Vec<String> = match &record.data {
        Value::Object(fields) => {
            let own = fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
            own.map(|(name, value)| format!("{name}={value}")).collect()
        }
        other => vec![other.to_string()],
    };
    format!("{:>8} {} {kind:<20} {}", record.position, record.appended_at, fields.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_has_what_the_event_says() {
        let data = json!({ "account": "a", "id": "i", "type": "search_query", "v": 1, "at": 1, "query": "dark" });
        let record = Record { position: 7, appended_at: "2026-01-31T18:00:00Z".into(), key: "k".into(), data };
        assert_eq!(line(&record), "       7 2026-01-31T18:00:00Z search_query         query=\"dark\"");
        assert!(wanted(&record, Some("search_query")) && !wanted(&record, Some("play_start")) && wanted(&record, None));
        let text = Record { data: json!("not an event"), ..record };
        assert!(line(&text).ends_with("\"not an event\""), "{}", line(&text));
    }
}
