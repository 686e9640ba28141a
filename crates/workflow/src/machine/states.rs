//! Reads each kind of state.

use super::choice::parse_millis;
use super::fields::Fields;
use super::load::{Loader, check_name, query_language};
use super::{Choice, Fail, Io, LoadError, Next, Pass, State, Task, Until, Wait, Work, handlers, map, rule};
use crate::data::{Path, ResultPath, Select, Template};
use reel_capabilities::Millis;
use serde_json::Value;
use std::time::Duration;

const KINDS: &str = "Task, Pass, Choice, Wait, Succeed, Fail, Map";
const LAMBDA_INVOKE: &str = "arn:aws:states:::lambda:invoke";

pub(super) fn parse(loader: &Loader, mut fields: Fields, name: &str) -> Result<State, LoadError> {
    check_name(&fields, name)?;
    fields.text("Comment")?;
    fields.read("QueryLanguage", |language| query_language(&language))?;
    let kind = fields.text("Type")?;
    let kind = fields.required("Type", kind)?;
    let state = match kind.as_str() {
        "Task" => task(loader, &mut fields).map(State::Task),
        "Map" => map::parse(loader, &mut fields).map(|map| State::Map(Box::new(map))),
        "Pass" => pass(&mut fields).map(State::Pass),
        "Choice" => choice(&mut fields).map(State::Choice),
        "Wait" => wait(&mut fields).map(State::Wait),
        "Succeed" => io(&mut fields).map(State::Succeed),
        "Fail" => fail(&mut fields).map(State::Fail),
        _ => Err(fields.error(Some("Type"), format!("{kind:?} is not supported; supported: {KINDS}"))),
    }?;
    fields.finish()?;
    Ok(state)
}

fn io(fields: &mut Fields) -> Result<Io, LoadError> {
    let select = |value| Select::parse(&value);
    let input = fields.read("InputPath", select)?.unwrap_or_default();
    let output = fields.read("OutputPath", |value| Select::parse(&value))?.unwrap_or_default();
    Ok(Io { input, output })
}

fn next(fields: &mut Fields) -> Result<Next, LoadError> {
    let next = fields.text("Next")?;
    let end =
        fields.read("End", |value| value.as_bool().ok_or_else(|| format!("must be true or false, not {value}")))?;
    match (next, end.unwrap_or(false)) {
        (Some(name), false) => Ok(Next::State(name)),
        (None, true) => Ok(Next::End),
        (Some(_), true) => Err(fields.error(Some("End"), "and Next exclude each other")),
        (None, false) => Err(fields.error(Some("Next"), "is missing: give Next, or \"End\": true")),
    }
}

fn result_path(fields: &mut Fields) -> Result<ResultPath, LoadError> {
    Ok(fields.read("ResultPath", |value| ResultPath::parse(&value))?.unwrap_or_default())
}

pub(super) fn template(fields: &mut Fields, name: &'static str) -> Result<Option<Template>, LoadError> {
    fields.read(name, |value| match value {
        Value::Object(_) => Template::parse(&value),
        other => Err(format!("must be an object, not {other}")),
    })
}

pub(super) fn work(fields: &mut Fields) -> Result<Work, LoadError> {
    Ok(Work {
        io: io(fields)?,
        result_selector: template(fields, "ResultSelector")?,
        result_path: result_path(fields)?,
        retry: handlers::retry(fields)?,
        catch: handlers::catch(fields)?,
        next: next(fields)?,
    })
}

fn task(loader: &Loader, fields: &mut Fields) -> Result<Task, LoadError> {
    let resource = fields.text("Resource")?;
    let resource = fields.required("Resource", resource)?;
    let wrapped = resource == LAMBDA_INVOKE;
    let (function, parameters) = if wrapped {
        lambda_invoke(loader, fields)?
    } else {
        let function = loader.function(&resource);
        let function =
            function.map_err(|problem| fields.error(Some("Resource"), format!("{problem}, or {LAMBDA_INVOKE}")))?;
        (function, template(fields, "Parameters")?)
    };
    let timeout = fields.whole("TimeoutSeconds", 1)?.map(Duration::from_secs);
    Ok(Task { work: work(fields)?, function, parameters, wrapped, timeout })
}

/// `FunctionName` and `Payload` of the optimised integration.
fn lambda_invoke(loader: &Loader, fields: &mut Fields) -> Result<(String, Option<Template>), LoadError> {
    let parameters = fields.inner("Parameters")?;
    let mut parameters = fields.required("Parameters", parameters)?;
    let name = parameters.read("FunctionName", |value| loader.function(value.as_str().unwrap_or_default()))?;
    let name = parameters.required("FunctionName", name)?;
    let fixed = parameters.read("Payload", |value| Template::parse(&value))?;
    let computed = parameters
        .read("Payload.$", |value| Template::parse_expression("Payload.$", value.as_str().unwrap_or_default()))?;
    parameters.finish()?;
    let empty = || Template::Literal(Value::Object(Default::default()));
    Ok((name, Some(fixed.or(computed).unwrap_or_else(empty))))
}

fn pass(fields: &mut Fields) -> Result<Pass, LoadError> {
    Ok(Pass {
        io: io(fields)?,
        parameters: template(fields, "Parameters")?,
        result: fields.take("Result"),
        result_path: result_path(fields)?,
        next: next(fields)?,
    })
}

fn choice(fields: &mut Fields) -> Result<Choice, LoadError> {
    let list = fields.list("Choices", 1)?;
    if list.is_empty() {
        return Err(fields.error(Some("Choices"), "is missing"));
    }
    let rules = list.into_iter().map(rule::parse_ruled).collect::<Result<_, _>>()?;
    Ok(Choice { io: io(fields)?, rules, default: fields.text("Default")? })
}

fn wait(fields: &mut Fields) -> Result<Wait, LoadError> {
    let path = |value: Value| Path::parse(value.as_str().unwrap_or_default());
    let given = [
        fields.whole("Seconds", 0)?.map(Until::Seconds),
        fields.read("SecondsPath", path)?.map(Until::SecondsAt),
        fields.read("Timestamp", |value| timestamp(&value))?.map(Until::Time),
        fields.read("TimestampPath", path)?.map(Until::TimeAt),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(until), None) => Ok(Wait { io: io(fields)?, until, next: next(fields)? }),
        _ => Err(fields.error(None, "a Wait has exactly one of Seconds, SecondsPath, Timestamp, TimestampPath")),
    }
}

fn timestamp(value: &Value) -> Result<Millis, String> {
    let time = value.as_str().and_then(parse_millis);
    time.ok_or_else(|| format!("must be a time such as \"2026-01-31T12:00:00Z\", not {value}"))
}

fn fail(fields: &mut Fields) -> Result<Fail, LoadError> {
    let error = literal_or_path(fields, "Error", "ErrorPath")?;
    let cause = literal_or_path(fields, "Cause", "CausePath")?;
    Ok(Fail { error, cause })
}

fn literal_or_path(
    fields: &mut Fields,
    literal: &'static str,
    path: &'static str,
) -> Result<Option<Template>, LoadError> {
    let fixed = fields.text(literal)?.map(|text| Template::Literal(text.into()));
    let computed = fields.read(path, |value| Template::parse_expression(path, value.as_str().unwrap_or_default()))?;
    if fixed.is_some() && computed.is_some() {
        return Err(fields.error(Some(path), format!("and {literal} exclude each other")));
    }
    Ok(fixed.or(computed))
}
