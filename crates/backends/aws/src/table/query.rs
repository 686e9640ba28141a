//! Reads partitions in order and in pages.

use super::item::{self, Item};
use crate::failure::{self, Fault};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reel_capabilities::Millis;
use reel_capabilities::table::{Key, MAX_PAGE, MAX_PAGE_ROWS, MAX_SORT, Page, Row, Selection};
use std::collections::HashMap;

/// What has expired awaits being deleted for up to days.
const LIVE: &str = "attribute_not_exists(x) OR x > :now";

/// A page of a partition.
pub(super) async fn page(client: &Client, table: &str, selection: &Selection, now: Millis) -> Result<Page, Fault> {
    let Some(range) = Range::of(selection)? else { return Ok(Page::default()) };
    let mut page = Gathering::new(selection.limit as usize);
    let mut start = range.start.map(|sort| item::key(&Key::new(&selection.partition, sort)));
    // One row more than wanted, to know whether another page follows.
    let mut ask = selection.limit + 1;
    loop {
        let call = client.query().table_name(table).consistent_read(true).filter_expression(LIVE);
        let call = call.key_condition_expression(range.condition).scan_index_forward(!selection.reverse);
        let call = call.set_expression_attribute_values(Some(values(selection, &range.bounds, now)));
        let call = call.set_exclusive_start_key(start).limit(ask.cast_signed());
        let answer = call.send().await.map_err(failure::fault)?;
        for item in answer.items.unwrap_or_default() {
            let row = item::row(item)?;
            if row.key.sort.starts_with(&selection.prefix) && page.is_full(row) {
                return Ok(page.cut());
            }
        }
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(page.page);
        }
        // Where much has expired, few of those asked for are left.
        ask = (ask * 2).min(MAX_PAGE_ROWS);
    }
}

fn values(selection: &Selection, bounds: &[(&'static str, String)], now: Millis) -> Item {
    let mut values: Item = HashMap::from([
        (":p".to_owned(), AttributeValue::S(selection.partition.clone())),
        (":now".to_owned(), item::n(now)),
    ]);
    values.extend(bounds.iter().map(|(name, sort)| ((*name).to_owned(), AttributeValue::S(sort.clone()))));
    values
}

/// The sort keys that a page may hold. DynamoDB takes one condition on them, and no cursor
/// from outside.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    condition: &'static str,
    bounds: Vec<(&'static str, String)>,
    start: Option<String>,
}

impl Range {
    /// None when no key can match.
    fn of(selection: &Selection) -> Result<Option<Self>, Fault> {
        let Selection { prefix, from, .. } = selection;
        let (condition, bounds) = match end_of_prefix(prefix) {
            _ if from <= prefix && prefix.is_empty() => ("p = :p", vec![]),
            _ if from <= prefix => ("p = :p AND begins_with(s, :prefix)", vec![(":prefix", prefix.clone())]),
            _ if !from.starts_with(prefix) => return Ok(None),
            None => ("p = :p AND s >= :from", vec![(":from", from.clone())]),
            // This lets in the end itself, which the reader drops.
            Some(end) => ("p = :p AND s BETWEEN :from AND :end", vec![(":from", from.clone()), (":end", end)]),
        };
        Ok(start(selection)?.map(|start| Self { condition, bounds, start }))
    }
}

/// After which key to read; none when nothing is left to read.
fn start(selection: &Selection) -> Result<Option<Option<String>>, Fault> {
    let Some(cursor) = &selection.cursor else { return Ok(Some(None)) };
    if cursor.is_empty() || cursor.len() > MAX_SORT {
        return Err(Fault::Refused(format!("a cursor has 1 to {MAX_SORT} bytes, not {}", cursor.len())));
    }
    let is_before = cursor < (&selection.prefix).max(&selection.from);
    let is_after = !is_before && !cursor.starts_with(&selection.prefix);
    let (is_ahead, is_past) = if selection.reverse { (is_after, is_before) } else { (is_before, is_after) };
    Ok((!is_past).then(|| (!is_ahead).then(|| cursor.clone())))
}

/// The first text after all that start with a prefix; none when there is no end.
fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        // The range knows to leave out what is no character.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// Rows, until a page is full.
struct Gathering {
    page: Page,
    bytes: usize,
    limit: usize,
}

impl Gathering {
    fn new(limit: usize) -> Self {
        Self { page: Page::default(), bytes: 0, limit }
    }

    /// Takes a row, unless the page is full without it.
    fn is_full(&mut self, row: Row) -> bool {
        self.bytes += row.size();
        if self.page.rows.len() == self.limit || (self.bytes > MAX_PAGE && !self.page.rows.is_empty()) {
            return true;
        }
        self.page.rows.push(row);
        false
    }

    /// The page, to be followed by another.
    fn cut(mut self) -> Page {
        self.page.cursor = self.page.rows.last().map(|row| row.key.sort.clone());
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(end_of_prefix("ab"), Some("ac".into()));
        assert_eq!(end_of_prefix("a\u{10ffff}"), Some("b".into()));
        assert_eq!(end_of_prefix("a\u{d7ff}"), Some("a\u{e000}".into()));
        assert_eq!(end_of_prefix("\u{10ffff}"), None);
        assert_eq!(end_of_prefix(""), None);
    }

    #[test]
    fn a_cursor_from_outside_means_all_or_nothing() {
        let start = |cursor: &str, reverse| {
            let selection =
                Selection { prefix: "k".into(), cursor: Some(cursor.into()), reverse, ..Selection::default() };
            start(&selection).expect("the cursor is taken")
        };
        assert_eq!([start("j", false), start("j", true)], [Some(None), None]);
        assert_eq!([start("l", false), start("l", true)], [None, Some(None)]);
        assert_eq!([start("k1", false), start("k1", true)], [Some(Some("k1".into())), Some(Some("k1".into()))]);
    }
}
