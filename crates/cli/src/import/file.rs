//! Tables in files.

use super::Row;
use anyhow::Context;
use reel_import::Table;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The rows of a file: of JSON by its ending, else of CSV.
pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<Row>> {
    let open = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let rows = if is_json { json(open) } else { csv(open) };
    rows.with_context(|| format!("{} is no table of titles", file.display()))
}

fn json(file: File) -> anyhow::Result<Vec<Row>> {
    serde_json::from_reader(BufReader::new(file)).context("this is no array of objects in JSON")
}

fn csv(file: File) -> anyhow::Result<Vec<Row>> {
    let table = Table::open(file)?;
    anyhow::ensure!(
        table.has("name") || table.has("external_id") || table.has("id"),
        "its header has no column `title`"
    );
    Ok(table.rows().collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(name: &str, content: &str) -> anyhow::Result<Vec<Row>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        read(&file)
    }

    #[test]
    fn a_table_is_csv_or_json() {
        assert_eq!(rows("titles.csv", "Title,year\nDark,2017\n").unwrap()[0]["year"], "2017");
        assert_eq!(rows("titles.JSON", r#"[{"name":"Dark","year":2017}]"#).unwrap()[0]["year"], 2017);
        for (name, content, why) in
            [("t.csv", "a,b\n1,2\n", "no column `title`"), ("t.json", "{}", "no array"), ("t.csv", "", "no column")]
        {
            assert!(format!("{:#}", rows(name, content).unwrap_err()).contains(why), "{name}: {content}");
        }
    }
}
