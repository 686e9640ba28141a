//! Which file an event is kept in.

use reel_api::{Millis, rfc3339};
use serde_json::Value;
use std::ops::Range;

/// What Parquet is called (IANA).
pub(crate) const MEDIA_TYPE: &str = "application/vnd.apache.parquet";

/// An event with its position in its stream.
pub(crate) type Archived = (u64, Value);

/// Events of one type that happened in one hour, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Partition {
    /// The type.
    pub(crate) kind: String,
    /// `2024-01-15`.
    date: String,
    /// `20`.
    hour: String,
}

impl Partition {
    /// Where an event belongs that happened then.
    pub(crate) fn of(event: &Value, at: Millis) -> Self {
        let time = rfc3339(at);
        let part = |range: Range<usize>| time.get(range).unwrap_or_default().to_owned();
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        Self { kind, date: part(0..10), hour: part(11..13) }
    }

    /// The object that has these events, which are in the order of their stream.
    pub(crate) fn key(&self, stream: &str, events: &[Archived]) -> String {
        let Self { kind, date, hour } = self;
        let first = events.first().map_or(0, |(position, _)| *position);
        format!("TYPE={kind}/DATE={date}/HOUR={hour}/{stream}-{first:020}.parquet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_named_by_type_hour_and_first_position() {
        let event = json!({ "type": "play_start" });
        let partition = Partition::of(&event, 1_705_350_659_999);
        assert_eq!(
            partition.key("playback", &[(42, event.clone()), (43, event)]),
            "TYPE=play_start/DATE=2024-01-15/HOUR=20/playback-00000000000000000042.parquet"
        );
    }
}
