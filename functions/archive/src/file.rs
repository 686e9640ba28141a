//! Events as a Parquet file.

use crate::columns::{self, Column, Holds};
use crate::partition::Archived;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use std::sync::Arc;

/// The file that has these events of one type, a row each.
///
/// # Errors
/// None for events of ours: the schema is made here.
pub(crate) fn parquet(kind: &str, events: &[Archived]) -> Result<Vec<u8>, ParquetError> {
    let columns = columns::of(kind);
    let schema = Arc::new(parse_message_type(&schema(&columns))?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        if let Some(mut open) = group.next_column()? {
            write(&mut open, column, events)?;
            open.close()?;
        }
    }
    group.close()?;
    writer.into_inner()
}

fn schema(columns: &[Column]) -> String {
    let column = |(name, holds): &Column| match holds {
        Holds::Text | Holds::Everything => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
        Holds::Number => format!("OPTIONAL INT64 {name};"),
        Holds::Time => format!("OPTIONAL INT64 {name} (TIMESTAMP(MILLIS, true));"),
    };
    format!("message event {{ {} }}", columns.iter().map(column).collect::<String>())
}

/// The values of a column, where there are any, and of each row whether there is one.
fn write(open: &mut SerializedColumnWriter<'_>, column: Column, events: &[Archived]) -> Result<(), ParquetError> {
    match column.1 {
        Holds::Text | Holds::Everything => {
            let texts: Vec<Option<ByteArray>> = events.iter().map(|event| text(column, event)).collect();
            let values: Vec<ByteArray> = texts.iter().flatten().cloned().collect();
            open.typed::<ByteArrayType>().write_batch(&values, Some(&there(&texts)), None)?;
        }
        Holds::Number | Holds::Time => {
            let numbers: Vec<Option<i64>> = events.iter().map(|event| number(column.0, event)).collect();
            let values: Vec<i64> = numbers.iter().flatten().copied().collect();
            open.typed::<Int64Type>().write_batch(&values, Some(&there(&numbers)), None)?;
        }
    }
    Ok(())
}

fn there<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}

fn text((name, holds): Column, (_, event): &Archived) -> Option<ByteArray> {
    match (holds, &event[name]) {
        (Holds::Everything, _) => Some(event.to_string().into_bytes().into()),
        (_, Value::String(text)) => Some(text.as_bytes().to_vec().into()),
        (_, Value::Null) => None,
        (_, other) => Some(other.to_string().into_bytes().into()),
    }
}

fn number(name: &str, (position, event): &Archived) -> Option<i64> {
    match name {
        "position" => i64::try_from(*position).ok(),
        _ => event[name].as_i64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use reel_events::Kind;
    use serde_json::json;

    fn rows(kind: &str, events: &[Archived]) -> Vec<Vec<(String, Field)>> {
        let file = bytes::Bytes::from(parquet(kind, events).unwrap());
        let reader = SerializedFileReader::new(file).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect())
            .collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let events = [
            (
                7,
                json!({ "type": "search_query", "id": "a", "at": 1_705_350_600_000_u64, "query": "dark", "results": 3 }),
            ),
            (9, json!({ "type": "search_query", "id": "b", "at": 1_705_350_600_001_u64, "query": "ü" })),
        ];
        let rows = rows("search_query", &events);
        let names: Vec<_> = rows[0].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["id", "at", "received_at", "account", "profile", "position", "query", "results"]);
        assert_eq!(rows[0][1].1, Field::TimestampMillis(1_705_350_600_000));
        assert_eq!([&rows[0][5].1, &rows[0][7].1], [&Field::Long(7), &Field::Long(3)]);
        assert_eq!([&rows[1][6].1, &rows[1][7].1], [&Field::Str("ü".into()), &Field::Null]);
    }

    #[test]
    fn a_type_that_is_not_known_is_kept_as_json() {
        let event = json!({ "type": "decision", "id": "a", "arm": 3 });
        let row = &rows("decision", &[(1, event.clone())])[0];
        let Field::Str(kept) = &row[6].1 else { panic!("{row:?}") };
        assert_eq!(serde_json::from_str::<Value>(kept).unwrap(), event);
    }

    #[test]
    fn every_type_of_today_has_columns_of_its_own() {
        for kind in
            ["play_start", "view_segment", "buffer_event", "search_query", "thumbnail_impression", "payment_event"]
        {
            assert!(
                Kind::TYPES.contains(&kind) && columns::of(kind).iter().all(|(_, holds)| *holds != Holds::Everything)
            );
        }
    }
}
