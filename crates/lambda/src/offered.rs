//! Records of the sources that deliver again by themselves what failed: SQS, DynamoDB streams, S3, EventBridge. They
//! reach the function as records of a stream, whose name is the queue's, the table's, the bucket's, or the source of
//! the event.

use anyhow::{Context, bail};
use reel_capabilities::events::Record;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Records of one source.
#[derive(Debug, PartialEq)]
pub(crate) struct Offered {
    /// The queue, table, bucket or source.
    pub(crate) stream: String,
    /// In their order, at positions from 1 on.
    pub(crate) records: Vec<Record>,
    /// By which name the source takes each back; empty where it takes back all or none.
    pub(crate) ids: Vec<String>,
}

impl Offered {
    /// Reads an event, if one of these sources sent it.
    ///
    /// # Errors
    /// That it lacks what the source always sends.
    pub(crate) fn read(event: &Value) -> anyhow::Result<Option<Self>> {
        if event.get("detail-type").is_some() && event.get("detail").is_some() {
            return of_event(event).map(Some);
        }
        let Some(records) = event["Records"].as_array().filter(|records| !records.is_empty()) else { return Ok(None) };
        let of_record = match records[0]["eventSource"].as_str() {
            Some("aws:sqs") => of_message,
            Some("aws:dynamodb") => of_change,
            Some("aws:s3") => of_object,
            _ => return Ok(None),
        };
        let mut offered = Self { stream: String::new(), records: vec![], ids: vec![] };
        for (position, record) in (1..).zip(records) {
            let Read { stream, id, key, at, data } = of_record(record)?;
            if !offered.stream.is_empty() && offered.stream != stream {
                bail!("the records are of both {} and {stream}", offered.stream);
            }
            offered.stream = stream;
            offered.ids.extend(id);
            offered.records.push(Record { position, at, key, data: data.into() });
        }
        Ok(Some(offered))
    }
}

/// What a source says of one record.
struct Read {
    stream: String,
    id: Option<String>,
    key: String,
    at: u64,
    data: String,
}

/// The body of a message; those of a group keep their order.
fn of_message(record: &Value) -> anyhow::Result<Read> {
    let id = text(record, "/messageId")?;
    let arn = text(record, "/eventSourceARN")?;
    let group = record.pointer("/attributes/MessageGroupId").and_then(Value::as_str).unwrap_or(id);
    let sent = record.pointer("/attributes/SentTimestamp").and_then(Value::as_str);
    Ok(Read {
        stream: arn.rsplit(':').next().unwrap_or(arn).to_owned(),
        id: Some(id.to_owned()),
        key: group.to_owned(),
        at: sent.and_then(|sent| sent.parse().ok()).unwrap_or(0),
        data: text(record, "/body")?.to_owned(),
    })
}

/// A change of a row, as DynamoDB tells it; those of a row keep their order.
fn of_change(record: &Value) -> anyhow::Result<Read> {
    let arn = text(record, "/eventSourceARN")?;
    let table = arn.split('/').nth(1).with_context(|| format!("{arn:?} names no table"))?;
    let at = record.pointer("/dynamodb/ApproximateCreationDateTime").and_then(Value::as_f64).unwrap_or(0.0);
    Ok(Read {
        stream: table.to_owned(),
        id: Some(text(record, "/dynamodb/SequenceNumber")?.to_owned()),
        key: record["dynamodb"]["Keys"].to_string(),
        at: (at * 1_000.0) as u64,
        data: record.to_string(),
    })
}

/// What happened to an object, as S3 tells it.
fn of_object(record: &Value) -> anyhow::Result<Read> {
    Ok(Read {
        stream: text(record, "/s3/bucket/name")?.to_owned(),
        id: None,
        key: text(record, "/s3/object/key")?.to_owned(),
        at: moment(&record["eventTime"]),
        data: record.to_string(),
    })
}

/// An event of EventBridge, as it is.
fn of_event(event: &Value) -> anyhow::Result<Offered> {
    let (id, source) = (text(event, "/id")?, text(event, "/source")?);
    let data = event.to_string().into();
    let record = Record { position: 1, at: moment(&event["time"]), key: id.to_owned(), data };
    Ok(Offered { stream: source.to_owned(), records: vec![record], ids: vec![] })
}

fn text<'a>(value: &'a Value, at: &str) -> anyhow::Result<&'a str> {
    value.pointer(at).and_then(Value::as_str).with_context(|| format!("the record has no text at {at}"))
}

/// In Unix milliseconds; 0 where it is none.
fn moment(text: &Value) -> u64 {
    let moment = text.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    moment.and_then(|moment| u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(event: Value) -> Offered {
        Offered::read(&event).unwrap().unwrap()
    }

    fn summary(offered: &Offered) -> Vec<(u64, u64, &str)> {
        offered.records.iter().map(|record| (record.position, record.at, record.key.as_str())).collect()
    }

    #[test]
    fn messages_of_a_queue_are_taken_back_one_by_one() {
        let message = |id: &str, group: Value| {
            json!({ "messageId": id, "body": format!("body of {id}"), "eventSource": "aws:sqs",
            "attributes": { "SentTimestamp": "1545082649183", "MessageGroupId": group },
            "eventSourceARN": "arn:aws:sqs:us-east-1:1:reel-dev-orders" })
        };
        let offered = read(json!({ "Records": [message("a", json!("g")), message("b", json!(null))] }));
        assert_eq!(
            (offered.stream.as_str(), &offered.ids[..]),
            ("reel-dev-orders", &["a".to_owned(), "b".to_owned()][..])
        );
        assert_eq!(summary(&offered), [(1, 1_545_082_649_183, "g"), (2, 1_545_082_649_183, "b")]);
        assert_eq!(offered.records[1].data, "body of b");
    }

    #[test]
    fn changes_of_rows_are_records_of_their_table() {
        let record = json!({ "eventID": "1", "eventName": "MODIFY", "eventSource": "aws:dynamodb",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/reel-dev-titles/stream/2026-01-01T00:00:00.000",
            "dynamodb": { "SequenceNumber": "111", "ApproximateCreationDateTime": 1_545_084_650.5, "Keys": { "p": { "S": "x" } } } });
        let offered = read(json!({ "Records": [record] }));
        assert_eq!((offered.stream.as_str(), offered.ids[0].as_str()), ("reel-dev-titles", "111"));
        assert_eq!(summary(&offered), [(1, 1_545_084_650_500, r#"{"p":{"S":"x"}}"#)]);
    }

    #[test]
    fn objects_and_events_are_taken_back_as_a_whole() {
        let object = json!({ "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "1970-01-01T00:00:01.500Z",
            "s3": { "bucket": { "name": "films" }, "object": { "key": "a+b.mp4" } } });
        let offered = read(json!({ "Records": [object] }));
        assert_eq!((offered.stream.as_str(), offered.ids.len()), ("films", 0));
        assert_eq!(summary(&offered), [(1, 1_500, "a+b.mp4")]);
        let event = json!({ "id": "e", "source": "shop", "detail-type": "order", "time": "1970-01-01T00:00:02Z", "detail": {} });
        let offered = read(event.clone());
        assert_eq!((offered.stream.as_str(), summary(&offered)), ("shop", vec![(1, 2_000, "e")]));
        assert_eq!(serde_json::from_slice::<Value>(&offered.records[0].data).unwrap(), event);
    }

    #[test]
    fn what_lacks_its_name_is_refused_and_all_else_is_not_for_here() {
        assert!(Offered::read(&json!({ "Records": [{ "eventSource": "aws:sqs", "messageId": "a" }] })).is_err());
        for other in [
            json!(null),
            json!({ "Records": [] }),
            json!({ "Records": [{ "eventSource": "aws:kinesis" }] }),
            json!({ "title_id": "x" }),
        ] {
            assert_eq!(Offered::read(&other).unwrap(), None, "{other}");
        }
    }
}
