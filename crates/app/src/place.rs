//! What is wrong with a manifest, and where.

use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong: the keys and indexes that lead to it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Keys, and indexes as decimal numbers, from the manifest's root.
    pub path: Vec<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Finding {
    /// A finding at a path.
    pub(crate) fn at(path: &[&str], message: impl Into<String>) -> Self {
        Self { path: path.iter().map(|step| (*step).to_owned()).collect(), message: message.into() }
    }
}

/// Why a manifest is refused: one line for each thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    lines: Vec<String>,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

impl ManifestError {
    pub(crate) fn whole(file: &str, message: String) -> Self {
        Self { lines: vec![format!("{file}: {message}")] }
    }

    pub(crate) fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let place = error.span().map_or_else(String::new, |span| place(text, span.start));
        Self { lines: vec![format!("{file}{place}: {}", error.message())] }
    }

    pub(crate) fn semantic(file: &str, text: &str, findings: Vec<Finding>) -> Self {
        let tree = DeTable::parse(text).ok();
        let line = |finding: Finding| {
            let span = tree.as_ref().and_then(|tree| find(tree.get_ref(), &finding.path));
            let place = span.map_or_else(String::new, |span| place(text, span.start));
            format!("{file}{place}: {}", finding.message)
        };
        Self { lines: findings.into_iter().map(line).collect() }
    }
}

/// `:LINE:COLUMN` of a byte offset, both from 1.
fn place(text: &str, offset: usize) -> String {
    let before = &text[..text.floor_char_boundary(offset)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(":{line}:{column}")
}

/// Where the value at a path stands, or the nearest there is on the way to it.
fn find(table: &DeTable<'_>, path: &[String]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(first.as_str())?;
    Some(descend(value.get_ref(), rest).unwrap_or_else(|| value.span()))
}

fn descend(value: &DeValue<'_>, path: &[String]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    match value {
        DeValue::Table(table) => find(table, path),
        DeValue::Array(array) => {
            let value = array.get(first.parse::<usize>().ok()?)?;
            Some(descend(value.get_ref(), rest).unwrap_or_else(|| value.span()))
        }
        _ => None,
    }
}
