//! `reel import`: takes titles over from a table.

mod file;

use crate::args::ImportArgs;
use crate::patient::Patient;
use crate::platform::Platform;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use reel_api::Client;
use reel_api::content::{ImportReport, ImportRows, MAX_IMPORT_ROWS};
use serde_json::{Map, Value};

pub(crate) use file::read;

/// The most bytes of a request, which are a quarter of what is taken.
const MAX_BYTES: usize = 1 << 20;
/// How many faults are told.
const TOLD: usize = 20;

/// A row of a table, by column.
pub(crate) type Row = Map<String, Value>;

pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<()> {
    let mut rows = read(&args.file)?;
    if args.announced {
        announce(&mut rows);
    }
    let report = send(&Platform::sign_in(&args.platform).await?, rows).await?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => tell(&report),
    }
    Ok(())
}

/// Has the titles shown before there is anything to play, where no column says otherwise.
pub(crate) fn announce(rows: &mut [Row]) {
    rows.iter_mut().for_each(|row| {
        row.entry("announced").or_insert(true.into());
    });
}

/// Sends rows in their order, for a series may stand above its episodes.
pub(crate) async fn send(platform: &Platform, rows: Vec<Row>) -> anyhow::Result<ImportReport> {
    let bar =
        ProgressBar::new(rows.len() as u64).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} rows")?);
    let client = Client::new(Patient::new(platform, Some(platform.token())));
    let mut report = ImportReport::default();
    let mut first = 1;
    for rows in batches(rows) {
        let sent = rows.len() as u64;
        let taken = client.import_titles(&ImportRows { first, rows }).await;
        report.add(taken.with_context(|| format!("the rows from {first} on were not taken"))?);
        bar.inc(sent);
        first += sent;
    }
    bar.finish_and_clear();
    Ok(report)
}

/// Rows in requests that are neither too many nor too long.
fn batches(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut batches: Vec<Vec<Row>> = Vec::new();
    let mut bytes = MAX_BYTES;
    for row in rows {
        let length = serde_json::to_string(&row).map_or(0, |row| row.len());
        bytes += length;
        match batches.last_mut().filter(|batch| bytes <= MAX_BYTES && batch.len() < MAX_IMPORT_ROWS) {
            Some(batch) => batch.push(row),
            None => {
                bytes = length;
                batches.push(vec![row]);
            }
        }
    }
    batches
}

fn tell(report: &ImportReport) {
    let ImportReport { made, updated, unchanged, refused, faults, ignored } = report;
    println!("{made} titles are new, {updated} were changed, {unchanged} were so already, {refused} rows were refused");
    if !ignored.is_empty() {
        println!("these columns mean nothing here: {}", ignored.join(", "));
    }
    for fault in faults.iter().take(TOLD) {
        let name = fault.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        println!("  row {}{name}: {} {}; {}", fault.row, fault.column, fault.wrong, fault.right);
    }
    if faults.len() > TOLD {
        println!("  and {} more: --json tells them all", faults.len() - TOLD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(length: usize) -> Row {
        [("name".to_owned(), "x".repeat(length).into())].into_iter().collect()
    }

    #[test]
    fn rows_go_in_requests_of_bounded_size() {
        let lengths = |rows: Vec<Row>| batches(rows).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(vec![]), [0; 0]);
        assert_eq!(lengths(vec![row(1); 450]), [200, 200, 50]);
        assert_eq!(lengths(vec![row(MAX_BYTES / 2 - 20); 5]), [2, 2, 1]);
        assert_eq!(lengths(vec![row(2 * MAX_BYTES), row(1)]), [1, 1]);
    }

    #[test]
    fn titles_are_announced_where_no_column_says_otherwise() {
        let mut rows = vec![row(1), row(1)];
        rows[1].insert("announced".into(), "no".into());
        announce(&mut rows);
        assert_eq!((&rows[0]["announced"], &rows[1]["announced"]), (&true.into(), &"no".into()));
    }
}
