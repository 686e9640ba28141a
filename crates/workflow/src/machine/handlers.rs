//! `Retry` and `Catch`.

use super::LoadError;
use super::fields::Fields;
use crate::data::ResultPath;
use crate::failure::{ALL, RESERVED};
use serde_json::Value;

/// When and how often to try again.
#[derive(Debug, Clone)]
pub(crate) struct Retrier {
    pub(crate) errors: Vec<String>,
    pub(crate) interval_seconds: u64,
    pub(crate) backoff_rate: f64,
    pub(crate) max_attempts: u32,
    pub(crate) max_delay_seconds: Option<u64>,
    pub(crate) jitter: bool,
}

/// Where to go after which errors.
#[derive(Debug, Clone)]
pub(crate) struct Catcher {
    pub(crate) errors: Vec<String>,
    pub(crate) result_path: ResultPath,
    pub(crate) next: String,
}

pub(super) fn retry(fields: &mut Fields) -> Result<Vec<Retrier>, LoadError> {
    let list = fields.list("Retry", 0)?;
    let last = list.len().saturating_sub(1);
    list.into_iter().enumerate().map(|(at, fields)| retrier(fields, at == last)).collect()
}

fn retrier(mut fields: Fields, last: bool) -> Result<Retrier, LoadError> {
    let retrier = Retrier {
        errors: errors(&mut fields, last)?,
        interval_seconds: fields.whole("IntervalSeconds", 1)?.unwrap_or(1),
        backoff_rate: fields.read("BackoffRate", backoff_rate)?.unwrap_or(2.0),
        max_attempts: fields.whole("MaxAttempts", 0)?.map_or(3, |n| u32::try_from(n).unwrap_or(u32::MAX)),
        max_delay_seconds: fields.whole("MaxDelaySeconds", 1)?,
        jitter: fields.read("JitterStrategy", jitter)?.unwrap_or(false),
    };
    if retrier.max_delay_seconds.is_some_and(|most| most <= retrier.interval_seconds) {
        return Err(fields.error(Some("MaxDelaySeconds"), "must be more than IntervalSeconds"));
    }
    fields.text("Comment")?;
    fields.finish()?;
    Ok(retrier)
}

fn backoff_rate(value: Value) -> Result<f64, String> {
    value.as_f64().filter(|rate| *rate >= 1.0).ok_or_else(|| format!("must be a number of at least 1.0, not {value}"))
}

fn jitter(value: Value) -> Result<bool, String> {
    match value.as_str() {
        Some("FULL") => Ok(true),
        Some("NONE") => Ok(false),
        _ => Err(format!("must be \"FULL\" or \"NONE\", not {value}")),
    }
}

pub(super) fn catch(fields: &mut Fields) -> Result<Vec<Catcher>, LoadError> {
    let list = fields.list("Catch", 0)?;
    let last = list.len().saturating_sub(1);
    list.into_iter().enumerate().map(|(at, fields)| catcher(fields, at == last)).collect()
}

fn catcher(mut fields: Fields, last: bool) -> Result<Catcher, LoadError> {
    let errors = errors(&mut fields, last)?;
    let next = fields.text("Next")?;
    let catcher = Catcher {
        errors,
        result_path: fields.read("ResultPath", |value| ResultPath::parse(&value))?.unwrap_or_default(),
        next: fields.required("Next", next)?,
    };
    fields.text("Comment")?;
    fields.finish()?;
    Ok(catcher)
}

fn errors(fields: &mut Fields, last: bool) -> Result<Vec<String>, LoadError> {
    let names: Option<Vec<String>> = fields.read("ErrorEquals", |value| {
        serde_json::from_value(value).map_err(|_| "must be an array of error names".into())
    })?;
    let names = fields.required("ErrorEquals", names)?;
    let wrong = |problem: String| Err(fields.error(Some("ErrorEquals"), problem));
    if names.is_empty() {
        return wrong("must list at least one error name".into());
    }
    if names.iter().any(|name| name == ALL) && (names.len() > 1 || !last) {
        return wrong(format!("{ALL} must stand alone, in the last element"));
    }
    let unknown = names.iter().find(|name| name.starts_with("States.") && !RESERVED.contains(&name.as_str()));
    match unknown {
        Some(name) => wrong(format!("{name} can be neither retried nor caught; supported: {}", RESERVED.join(", "))),
        None => Ok(names),
    }
}
