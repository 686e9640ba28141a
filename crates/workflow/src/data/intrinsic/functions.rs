//! What each intrinsic function computes.

use crate::data::path::element;
use crate::failure::Failure;
use serde_json::{Value, json};

/// The longest array that `States.ArrayRange` makes, as at AWS.
const MAX_RANGE: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Format,
    StringToJson,
    JsonToString,
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    JsonMerge,
    MathAdd,
    StringSplit,
}

/// Each function with its name and how many arguments it takes; none: any number.
const FUNCTIONS: [(&str, Function, Option<usize>); 13] = [
    ("Format", Function::Format, None),
    ("StringToJson", Function::StringToJson, Some(1)),
    ("JsonToString", Function::JsonToString, Some(1)),
    ("Array", Function::Array, None),
    ("ArrayPartition", Function::ArrayPartition, Some(2)),
    ("ArrayContains", Function::ArrayContains, Some(2)),
    ("ArrayRange", Function::ArrayRange, Some(3)),
    ("ArrayGetItem", Function::ArrayGetItem, Some(2)),
    ("ArrayLength", Function::ArrayLength, Some(1)),
    ("ArrayUnique", Function::ArrayUnique, Some(1)),
    ("JsonMerge", Function::JsonMerge, Some(3)),
    ("MathAdd", Function::MathAdd, Some(2)),
    ("StringSplit", Function::StringSplit, Some(2)),
];

type Computed = Result<Value, Failure>;

impl Function {
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        let plain = name.strip_prefix("States.").unwrap_or(name);
        let known = FUNCTIONS.iter().find(|(known, ..)| *known == plain);
        known.map(|(_, function, _)| *function).ok_or_else(|| {
            let names: Vec<_> = FUNCTIONS.iter().map(|(name, ..)| format!("States.{name}")).collect();
            format!("the intrinsic function {name} is not supported; supported: {}", names.join(", "))
        })
    }

    pub(super) fn check_count(self, count: usize) -> Result<(), String> {
        let known = FUNCTIONS.iter().find(|(_, function, _)| *function == self);
        match known {
            Some((name, _, Some(wanted))) if *wanted != count => {
                Err(format!("States.{name} takes {wanted} arguments, not {count}"))
            }
            Some((name, Self::Format, _)) if count == 0 => Err(format!("States.{name} takes a string first")),
            _ => Ok(()),
        }
    }

    pub(super) fn call(self, arguments: &[Value]) -> Computed {
        match (self, arguments) {
            (Self::StringToJson, [Value::String(text)]) => parse(text),
            (Self::JsonToString, [value]) => Ok(value.to_string().into()),
            (Self::Array, items) => Ok(items.into()),
            (Self::ArrayPartition, [Value::Array(items), size]) => partition(items, size),
            (Self::ArrayContains, [Value::Array(items), value]) => Ok(items.contains(value).into()),
            (Self::ArrayRange, [first, last, step]) => range(int(first)?, int(last)?, int(step)?),
            (Self::ArrayGetItem, [Value::Array(items), index]) => item(items, int(index)?),
            (Self::ArrayLength, [Value::Array(items)]) => Ok(items.len().into()),
            (Self::ArrayUnique, [Value::Array(items)]) => Ok(unique(items)),
            (Self::JsonMerge, [base, over, Value::Bool(false)]) => merge(base, over),
            (Self::MathAdd, [a, b]) => add(int(a)?, int(b)?),
            (Self::StringSplit, [Value::String(text), Value::String(marks)]) => Ok(split(text, marks)),
            _ => Err(self.unfit(arguments)),
        }
    }

    fn unfit(self, arguments: &[Value]) -> Failure {
        Failure::intrinsic(format!("States.{self:?} cannot take the arguments {}", Value::from(arguments)))
    }
}

/// Fills the `{}` of a template, whose literal braces are escaped by `\`.
pub(super) fn format(template: &str, arguments: &[Value]) -> Computed {
    let mut arguments = arguments.iter();
    let mut filled = String::new();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => filled.extend(chars.next()),
            '{' if chars.next_if_eq(&'}').is_some() => filled.push_str(&filling(arguments.next())?),
            c => filled.push(c),
        }
    }
    match arguments.next() {
        None => Ok(filled.into()),
        Some(extra) => Err(Failure::intrinsic(format!("States.Format has no {{}} for {extra}"))),
    }
}

fn filling(argument: Option<&Value>) -> Result<String, Failure> {
    match argument {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => Ok(value.to_string()),
        Some(other) => {
            Err(Failure::intrinsic(format!("States.Format cannot fill in {other}: use States.JsonToString")))
        }
        None => Err(Failure::intrinsic("States.Format has more {} than values")),
    }
}

fn int(value: &Value) -> Result<i64, Failure> {
    // AWS rounds a fraction to the nearest integer.
    let rounded = || value.as_f64().map(|n| n.round() as i64);
    value.as_i64().or_else(rounded).ok_or_else(|| Failure::intrinsic(format!("a number is wanted, not {value}")))
}

fn parse(text: &str) -> Computed {
    serde_json::from_str(text).map_err(|e| Failure::intrinsic(format!("States.StringToJson was given no JSON: {e}")))
}

fn partition(items: &[Value], size: &Value) -> Computed {
    let size = usize::try_from(int(size)?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| Failure::intrinsic("States.ArrayPartition wants a size above 0"))?;
    Ok(items.chunks(size).map(Value::from).collect())
}

fn range(first: i64, last: i64, step: i64) -> Computed {
    let count = match step {
        0 => {
            return Err(Failure::intrinsic("States.ArrayRange wants a step other than 0"));
        }
        _ => (i128::from(last) - i128::from(first)) / i128::from(step) + 1,
    };
    let ahead = (last >= first) == (step > 0) || first == last;
    let count = if ahead { count } else { 0 };
    if count > MAX_RANGE as i128 {
        return Err(Failure::intrinsic(format!("States.ArrayRange makes at most {MAX_RANGE} elements, not {count}")));
    }
    Ok((0..count as i64).map(|n| Value::from(first + n * step)).collect())
}

fn item(items: &[Value], index: i64) -> Computed {
    let found = (index >= 0).then(|| element(items, index)).flatten();
    found.cloned().ok_or_else(|| Failure::intrinsic(format!("the array of {} has no element {index}", items.len())))
}

fn unique(items: &[Value]) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.contains(item) {
            kept.push(item.clone());
        }
    }
    kept.into()
}

fn merge(base: &Value, over: &Value) -> Computed {
    let (Value::Object(base), Value::Object(over)) = (base, over) else {
        return Err(Failure::intrinsic("States.JsonMerge wants two objects"));
    };
    let mut merged = base.clone();
    merged.extend(over.clone());
    Ok(merged.into())
}

fn add(a: i64, b: i64) -> Computed {
    let sum = a.checked_add(b);
    sum.map(|sum| json!(sum)).ok_or_else(|| Failure::intrinsic(format!("{a} + {b} is beyond 64 bits")))
}

/// Splits at each of the given characters, as AWS does.
fn split(text: &str, marks: &str) -> Value {
    let parts = text.split(|c| marks.contains(c)).filter(|part| !part.is_empty());
    parts.map(Value::from).collect()
}
