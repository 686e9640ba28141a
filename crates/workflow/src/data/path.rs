//! JSONPath as the specification uses it: paths, reference paths and result paths.

use super::Scope;
use crate::failure::Failure;
use serde_json::{Map, Value};
use serde_json_path::JsonPath;
use std::borrow::Cow;

/// A path into the state's input (`$`) or the context object (`$$`).
#[derive(Debug, Clone)]
pub(crate) struct Path {
    text: String,
    of_context: bool,
    query: Query,
}

/// A query that names one node answers that node; any other answers an array of nodes.
#[derive(Debug, Clone)]
enum Query {
    Node(Vec<Step>),
    Nodes(JsonPath),
}

/// One step of a reference path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(i64),
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let of_context = text.starts_with("$$");
        let plain = if of_context { &text[1..] } else { text };
        if of_context && plain.starts_with("$.Task") {
            return Err("$$.Task is not supported: no task waits for a token".into());
        }
        Ok(Self { text: text.into(), of_context, query: Query::parse(plain)? })
    }

    /// Whether the path names exactly one place.
    pub(crate) fn is_reference(&self) -> bool {
        matches!(self.query, Query::Node(_))
    }

    /// What stands there; none when a reference path leads nowhere.
    pub(crate) fn find<'a>(&self, scope: Scope<'a>) -> Option<Cow<'a, Value>> {
        let root = if self.of_context { scope.context.object() } else { scope.input };
        match &self.query {
            Query::Node(steps) => follow(root, steps).map(Cow::Borrowed),
            Query::Nodes(path) => {
                let nodes = path.query(root).all().into_iter().cloned().collect();
                Some(Cow::Owned(Value::Array(nodes)))
            }
        }
    }

    /// What stands there; `field` names in the error where the path was given.
    pub(crate) fn get<'a>(&self, field: &str, scope: Scope<'a>) -> Result<Cow<'a, Value>, Failure> {
        self.find(scope).ok_or_else(|| {
            let what = if self.of_context { "the context object" } else { "the state's input" };
            Failure::runtime(format!("the path '{}' of field '{field}' finds nothing in {what}", self.text))
        })
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(steps) = parse_steps(text) {
            return Ok(Self::Node(steps));
        }
        let path = JsonPath::parse(text).map_err(|e| format!("{text:?} is not a JSONPath (RFC 9535): {e}"))?;
        Ok(Self::Nodes(path))
    }
}

fn follow<'a>(root: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(root, |at, step| match step {
        Step::Name(name) => at.as_object()?.get(name),
        Step::Index(index) => element(at.as_array()?, *index),
    })
}

/// An element of an array; negative indexes count from its end.
pub(super) fn element(array: &[Value], index: i64) -> Option<&Value> {
    let index = if index < 0 { index.checked_add(array.len() as i64)? } else { index };
    array.get(usize::try_from(index).ok()?)
}

/// The steps of a reference path; none for what is no reference path.
fn parse_steps(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, tail) = match rest.strip_prefix('.') {
            Some(named) => parse_name(named)?,
            None => parse_bracket(rest.strip_prefix('[')?)?,
        };
        steps.push(step);
        rest = tail;
    }
    Some(steps)
}

fn parse_name(text: &str) -> Option<(Step, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let letter = |c: char| c == '_' || c.is_ascii_alphabetic() || !c.is_ascii();
    let named = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit());
    named.then(|| (Step::Name(name.into()), rest))
}

fn parse_bracket(text: &str) -> Option<(Step, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        let (index, rest) = text.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?), rest));
    };
    let mut name = String::new();
    let mut chars = text[1..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.push(chars.next().map(|(_, c)| c).filter(|c| matches!(c, '\\' | '\'' | '"'))?),
            c if c == quote => return Some((Step::Name(name), text[at + 2..].strip_prefix(']')?)),
            c => name.push(c),
        }
    }
    None
}

/// `InputPath` and `OutputPath`: what of the data goes on.
#[derive(Debug, Clone, Default)]
pub(crate) enum Select {
    /// All of it.
    #[default]
    Whole,
    /// An empty object (`null` in the machine).
    Nothing,
    /// What the path finds.
    At(Path),
}

impl Select {
    pub(crate) fn parse(field: &Value) -> Result<Self, String> {
        match field {
            Value::Null => Ok(Self::Nothing),
            Value::String(text) if text == "$" => Ok(Self::Whole),
            Value::String(text) => Path::parse(text).map(Self::At),
            other => Err(format!("must be a path or null, not {other}")),
        }
    }

    pub(crate) fn get<'a>(&self, field: &str, scope: Scope<'a>) -> Result<Cow<'a, Value>, Failure> {
        match self {
            Self::Whole => Ok(Cow::Borrowed(scope.input)),
            Self::Nothing => Ok(Cow::Owned(Value::Object(Map::new()))),
            Self::At(path) => path.get(field, scope),
        }
    }
}

/// `ResultPath`: where a state's result goes in its raw input.
#[derive(Debug, Clone, Default)]
pub(crate) enum ResultPath {
    /// The result takes the input's place.
    #[default]
    Replace,
    /// The result is dropped (`null` in the machine).
    Discard,
    /// The result is put into the input, under these names.
    Put(Vec<String>),
}

impl ResultPath {
    pub(crate) fn parse(field: &Value) -> Result<Self, String> {
        let text = match field {
            Value::Null => return Ok(Self::Discard),
            Value::String(text) => text,
            other => return Err(format!("must be a reference path or null, not {other}")),
        };
        let steps =
            parse_steps(text).ok_or_else(|| format!("{text:?} is not a reference path such as \"$.result\""))?;
        if steps.is_empty() {
            return Ok(Self::Replace);
        }
        let names = steps.into_iter().map(|step| match step {
            Step::Name(name) => Ok(name),
            Step::Index(index) => Err(format!("the index [{index}] in {text:?} is not supported: name fields only")),
        });
        names.collect::<Result<_, _>>().map(Self::Put)
    }

    /// The raw input with the result in its place.
    pub(crate) fn apply(&self, input: Value, result: Value) -> Result<Value, Failure> {
        match self {
            Self::Replace => Ok(result),
            Self::Discard => Ok(input),
            Self::Put(names) => put(input, names, result),
        }
    }
}

fn put(mut input: Value, names: &[String], result: Value) -> Result<Value, Failure> {
    let mut at = &mut input;
    for name in names {
        let Value::Object(fields) = at else {
            let cause =
                format!("the result cannot be put at '$.{}': what should hold {name:?} is no object", names.join("."));
            return Err(Failure::new("States.ResultPathMatchFailure", cause));
        };
        at = fields.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
    }
    *at = result;
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn find(path: &str, input: Value) -> Option<Value> {
        let context = super::super::Context::new(Box::new(|| json!({ "State": { "Name": "S" } })));
        let path = Path::parse(path).expect("a path");
        path.find(Scope { input: &input, context: &context }).map(Cow::into_owned)
    }

    #[test]
    fn paths_find_nodes() {
        let input = json!({ "a": { "b": [1, 2, 3] }, "it's": 4, "l": [{ "n": 1 }, { "n": 5 }] });
        for (path, expected) in [
            ("$.a.b[0]", Some(json!(1))),
            ("$.a.b[-1]", Some(json!(3))),
            ("$['a']['b']", Some(json!([1, 2, 3]))),
            ("$['it\\'s']", Some(json!(4))),
            ("$.a.c", None),
            ("$.a.b[3]", None),
            ("$.a.b[-4]", None),
            ("$.a.b[*]", Some(json!([1, 2, 3]))),
            ("$.a.b[1:]", Some(json!([2, 3]))),
            ("$.l[?(@.n > 2)]", Some(json!([{ "n": 5 }]))),
            ("$..n", Some(json!([1, 5]))),
            ("$$.State.Name", Some(json!("S"))),
        ] {
            assert_eq!(find(path, input.clone()), expected, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", "a", "$.", "$.a-b", "$[", "$['a'", "$.a.length()", "$$.Task.Token", "$['\\"] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn results_are_put_in_place() {
        let at = |path: &str, input| ResultPath::parse(&json!(path)).expect("a path").apply(input, json!(1));
        assert_eq!(at("$", json!({ "a": 2 })), Ok(json!(1)));
        assert_eq!(at("$.b.c", json!({ "a": 2 })), Ok(json!({ "a": 2, "b": { "c": 1 } })));
        assert_eq!(at("$.a", json!({ "a": 2 })), Ok(json!({ "a": 1 })));
        assert_eq!(at("$.a.b", json!({ "a": 2 })).map_err(|f| f.error), Err("States.ResultPathMatchFailure".into()));
        assert!(ResultPath::parse(&json!("$.a[0]")).is_err());
        assert!(ResultPath::parse(&json!("$.a[*]")).is_err());
    }
}
