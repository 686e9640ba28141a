//! Taking titles over from tables of other catalogues.

use crate::draft::Draft;
use crate::edit::{editor, related};
use crate::faults::Faults;
use crate::store::{self, Creation};
use crate::title::Stored;
use crate::{outbox, slug};
use futures::{StreamExt, stream};
use reel_api::content::{ImportReport, ImportRows, MAX_IMPORT_ROWS, NewTitle, RowFault, slug_of};
use reel_api::media_type::expect_json;
use reel_api::{AccountId, TitleId};
use reel_import::{Fault, Row, Table};
use reel_sdk::{Problem, Request, Response, clock};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};

/// How many rows are taken over at once.
const AT_ONCE: usize = 16;
/// How often a row begins again because somebody else changed its title.
const ATTEMPTS: usize = 4;

/// A row that could be read, with its number.
struct Numbered {
    number: u64,
    row: Row,
}

/// What came of a row.
enum Outcome {
    Made,
    Updated,
    Unchanged,
}

/// Takes rows over, each by itself: what is wrong with one holds up no other.
pub(crate) async fn import(request: &Request) -> Result<Response, Problem> {
    let editor = editor(request)?;
    let ImportRows { first, rows } = rows(request)?;
    if rows.len() > MAX_IMPORT_ROWS {
        return Err(Problem::invalid(format!("there are {} rows; {MAX_IMPORT_ROWS} go at once", rows.len())));
    }
    let mut report = ImportReport::default();
    let readable = read(first, rows, &mut report);
    // What others belong to comes before them.
    for kinds in [&["series"][..], &["film", "episode"], &["trailer"]] {
        let of_kind = readable.iter().filter(|numbered| kinds.contains(&kind(&numbered.row)));
        let taken = stream::iter(of_kind).map(|numbered| async move { (numbered, take(&numbered.row, editor).await) });
        let taken: Vec<_> = taken.buffered(AT_ONCE).collect().await;
        taken.into_iter().for_each(|(numbered, outcome)| count(numbered, outcome, &mut report));
    }
    report.faults.sort_by_key(|fault| fault.row);
    outbox::send().await;
    Response::json(200, &report)
}

/// The rows of a request: JSON, or CSV whose first row has the number of the parameter `first`.
fn rows(request: &Request) -> Result<ImportRows, Problem> {
    let media_type = request.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("text/csv") {
        expect_json(request.header("content-type"))?;
        return request.json();
    }
    let first = request.query("first").map_or(Ok(1), |first| first.parse());
    let first = first.map_err(|_| Problem::invalid("first is the number of the first row"))?;
    let invalid = |error: reel_import::TableError| Problem::invalid(error.to_string());
    let table = Table::open(&request.body()[..]).map_err(invalid)?;
    let rows = table.rows().take(MAX_IMPORT_ROWS + 1).collect::<Result<_, _>>().map_err(invalid)?;
    Ok(ImportRows { first, rows })
}

/// The rows that can be read; what is wrong with others goes to the report. A title stands in one row.
fn read(first: u64, rows: Vec<Map<String, Value>>, report: &mut ImportReport) -> Vec<Numbered> {
    let mut readable: Vec<Numbered> = Vec::new();
    let mut seen: HashMap<TitleId, u64> = HashMap::new();
    for (number, row) in (first..).zip(rows) {
        let name = name(&row);
        match Row::read(row) {
            Ok(row) => match seen.insert(row.id, number) {
                None => readable.push(Numbered { number, row }),
                Some(other) => {
                    let wrong = format!("names the same title as row {other}");
                    refuse(number, name, vec![fault("row", wrong, "each title has one row")], report);
                }
            },
            Err(faults) => refuse(number, name, faults, report),
        }
    }
    let ignored: BTreeSet<_> = readable.iter().flat_map(|numbered| &numbered.row.ignored).collect();
    report.ignored = ignored.into_iter().cloned().collect();
    readable
}

/// What a row calls itself.
fn name(row: &Map<String, Value>) -> Option<String> {
    let named = row.iter().find(|(column, _)| ["name", "title"].contains(&column.to_lowercase().as_str()));
    named.and_then(|(_, name)| name.as_str()).map(|name| name.chars().take(100).collect())
}

fn kind(row: &Row) -> &str {
    row.fields.get("kind").and_then(Value::as_str).unwrap_or("film")
}

fn count(numbered: &Numbered, outcome: Result<Outcome, Vec<Fault>>, report: &mut ImportReport) {
    match outcome {
        Ok(Outcome::Made) => report.made += 1,
        Ok(Outcome::Updated) => report.updated += 1,
        Ok(Outcome::Unchanged) => report.unchanged += 1,
        Err(faults) => refuse(numbered.number, name(&numbered.row.fields), faults, report),
    }
}

fn refuse(row: u64, name: Option<String>, faults: Vec<Fault>, report: &mut ImportReport) {
    report.refused += 1;
    let told = |Fault { column, wrong, right }| RowFault { row, name: name.clone(), column, wrong, right };
    report.faults.extend(faults.into_iter().map(told));
}

fn fault(column: &str, wrong: impl Into<String>, right: impl Into<String>) -> Fault {
    Fault { column: column.into(), wrong: wrong.into(), right: right.into() }
}

/// Makes the title of a row, or makes it what the row says.
async fn take(row: &Row, editor: AccountId) -> Result<Outcome, Vec<Fault>> {
    for _ in 0..ATTEMPTS {
        let there = store::by_id(row.id).await.map_err(of_problem)?;
        let draft = draft(there.as_ref(), row)?;
        related(&draft).await.map_err(of_problem)?;
        let taken = match there {
            Some(there) => update(&there, &draft, editor).await,
            None => make(row.id, &draft, editor).await,
        };
        match taken {
            Err(problem) if problem.code == FASTER => {}
            taken => return taken.map_err(of_problem),
        }
    }
    Err(vec![fault("row", "names a title that is being changed by others", "try again")])
}

/// Another change of the title was faster.
const FASTER: &str = "faster";

async fn make(id: TitleId, draft: &Draft, editor: AccountId) -> Result<Outcome, Problem> {
    let now = clock::now_ms();
    for slug in slugs(id, draft)? {
        match store::create(&draft.title(id, slug, now), Some(editor)).await? {
            Creation::Made => return Ok(Outcome::Made),
            Creation::IdTaken(_) => return Err(Problem::conflict(FASTER, "")),
            Creation::SlugTaken => {}
        }
    }
    Err(store::slug_taken(&draft.wanted_slug()?))
}

/// The slugs to try; a name without a Latin letter is no fault of a table.
fn slugs(id: TitleId, draft: &Draft) -> Result<Vec<String>, Problem> {
    match slug_of(draft.name()) {
        Ok(_) => draft.slugs(id),
        Err(_) => draft.slugs(id).or_else(|_| Ok(slug::variations("title", id).into_iter().rev().take(1).collect())),
    }
}

async fn update(there: &Stored, draft: &Draft, editor: AccountId) -> Result<Outcome, Problem> {
    let now = clock::now_ms();
    let changed = store::change(there.id, Some(editor), |title| {
        if title.version != there.version {
            return Err(Problem::conflict(FASTER, ""));
        }
        draft.apply(title, now)
    });
    let (_, what) = changed.await?;
    Ok(if what.is_empty() { Outcome::Unchanged } else { Outcome::Updated })
}

/// What the row makes of the title that there is; of a new one, when there is none.
fn draft(there: Option<&Stored>, row: &Row) -> Result<Draft, Vec<Fault>> {
    let mut fields = there.map(fields_of).unwrap_or_default();
    fields.extend(row.fields.clone());
    fields.entry("name").or_insert_with(|| "".into());
    let new: Result<NewTitle, _> = serde_json::from_value(fields.into());
    let new = new.map_err(|e| vec![fault("row", e.to_string(), "each column is as the API has it")])?;
    Draft::check(new).map_err(of_faults)
}

/// What a title is, as an editor would say it.
fn fields_of(title: &Stored) -> Map<String, Value> {
    let details = serde_json::to_value(&title.details).ok().and_then(|details| details.as_object().cloned());
    let mut fields = details.unwrap_or_default();
    fields.insert("announced".into(), title.announced_at.is_some().into());
    fields
}

fn of_faults(faults: Faults) -> Vec<Fault> {
    faults.0.into_iter().map(|wrong| fault(&wrong.field, wrong.wrong, wrong.right)).collect()
}

/// A problem of a whole row, with its column where the code tells.
fn of_problem(problem: Problem) -> Vec<Fault> {
    let column = match problem.code.as_str() {
        "slug-taken" => "slug",
        "place-taken" => "number",
        "kind" => "kind",
        _ if problem.detail.starts_with("series") => "series",
        _ if problem.detail.starts_with("trailer_of") => "trailer_of",
        _ => "row",
    };
    let (wrong, right) =
        problem.detail.split_once("; ").or(problem.detail.split_once(": ")).unwrap_or((&problem.detail, "try again"));
    vec![fault(column, wrong, right)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::content::TitleKind;
    use serde_json::json;

    fn rows(rows: Value) -> Vec<Map<String, Value>> {
        serde_json::from_value(rows).unwrap()
    }

    fn row(row: Value) -> Row {
        Row::read(row.as_object().unwrap().clone()).unwrap()
    }

    #[test]
    fn bad_rows_are_told_with_their_number_and_name() {
        let mut report = ImportReport::default();
        let rows = rows(json!([
            { "name": "Dark", "year": 2017, "box_office": "1" },
            { "title": "Bunny", "year": "soon", "kind": "play" },
            { "year": 2017 },
            { "name": "Dark", "year": "2017" },
            { "name": "Dark, again", "box_office": "1" },
        ]));
        let readable = read(41, rows, &mut report);
        assert_eq!(readable.iter().map(|numbered| numbered.number).collect::<Vec<_>>(), [41, 45]);
        let told = |fault: &RowFault| (fault.row, fault.name.clone(), fault.column.clone());
        let bunny = Some("Bunny".to_owned());
        let mut faults: Vec<_> = report.faults.iter().map(told).collect();
        faults.sort();
        let expected = [
            (42, bunny.clone(), "kind".to_owned()),
            (42, bunny, "year".into()),
            (43, None, "name".into()),
            (44, Some("Dark".into()), "row".into()),
        ];
        assert_eq!((faults.as_slice(), report.refused), (&expected[..], 3));
        assert_eq!(report.ignored, ["box_office"]);
        assert!(report.faults.iter().any(|fault| fault.wrong.contains("row 41")), "{:?}", report.faults);
    }

    #[test]
    fn a_row_changes_what_it_has_columns_for() {
        let first = row(json!({ "name": "Dark", "year": 2017, "genres": "Drama", "kind": "series",
            "publish_at": "2026-11-26", "announced": true, "external_id": "tt1" }));
        let made = draft(None, &first).unwrap().title(first.id, "dark".into(), 5);
        let mut title = made.clone();
        draft(Some(&title), &first).unwrap().apply(&mut title, 9).unwrap();
        assert_eq!(title, made, "the same again");
        let second = row(json!({ "external_id": "tt1", "genres": "Crime", "year": null }));
        draft(Some(&title), &second).unwrap().apply(&mut title, 9).unwrap();
        assert_eq!(title.differences(&made), ["genres", "year"]);
        assert_eq!((title.details.kind, title.details.year), (TitleKind::Series, None));
    }

    #[test]
    fn what_can_be_no_title_says_in_which_column() {
        let columns = |cells: Value| {
            let faults = draft(None, &row(cells)).unwrap_err();
            faults.into_iter().map(|fault| fault.column).collect::<Vec<_>>()
        };
        assert_eq!(columns(json!({ "external_id": "x", "year": 1, "maturity": 7 })), ["name", "year", "maturity"]);
        assert_eq!(columns(json!({ "name": "x", "countries": "Germany" })), ["row"]);
        assert_eq!(of_problem(store::slug_taken("dark"))[0].column, "slug");
    }

    #[test]
    fn a_name_in_any_script_has_a_slug() {
        let film = row(json!({ "name": "电影" }));
        let slugs = slugs(film.id, &draft(None, &film).unwrap()).unwrap();
        assert!(slugs.len() == 1 && slugs[0].starts_with("title-"), "{slugs:?}");
    }
}
