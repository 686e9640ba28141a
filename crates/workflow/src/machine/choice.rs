//! The rules of a Choice, and whether they hold.

use crate::data::{Path, Scope};
use crate::failure::Failure;
use reel_capabilities::Millis;
use serde_json::{Number, Value};
use std::cmp::Ordering;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Debug, Clone)]
pub(crate) enum Test {
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    Compare { variable: Path, operator: Operator },
}

#[derive(Debug, Clone)]
pub(crate) enum Operator {
    Is(Sort, bool),
    Matches(Pattern),
    Compare { family: Family, order: Order, operand: Operand },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Null,
    Present,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Literal(Value),
    At(Path),
}

impl Test {
    /// Whether the test holds. A path that leads nowhere is an error, but to `IsPresent`.
    pub(crate) fn holds(&self, scope: Scope) -> Result<bool, Failure> {
        match self {
            Self::And(tests) => all(tests, scope),
            Self::Or(tests) => any(tests, scope),
            Self::Not(test) => test.holds(scope).map(|holds| !holds),
            Self::Compare { variable, operator: Operator::Is(Sort::Present, wanted) } => {
                Ok(variable.find(scope).is_some() == *wanted)
            }
            Self::Compare { variable, operator } => operator.holds(&*variable.get("Variable", scope)?, scope),
        }
    }
}

fn all(tests: &[Test], scope: Scope) -> Result<bool, Failure> {
    for test in tests {
        if !test.holds(scope)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn any(tests: &[Test], scope: Scope) -> Result<bool, Failure> {
    for test in tests {
        if test.holds(scope)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Operator {
    fn holds(&self, value: &Value, scope: Scope) -> Result<bool, Failure> {
        match self {
            Self::Is(sort, wanted) => Ok(sort.fits(value) == *wanted),
            Self::Matches(pattern) => Ok(value.as_str().is_some_and(|text| pattern.matches(text))),
            Self::Compare { family, order, operand } => {
                let ordering = match operand {
                    Operand::Literal(literal) => family.compare(value, literal),
                    Operand::At(path) => family.compare(value, &*path.get("the compared path", scope)?),
                };
                Ok(ordering.is_some_and(|ordering| order.accepts(ordering)))
            }
        }
    }
}

impl Sort {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Present => true,
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => value.as_str().and_then(parse_timestamp).is_some(),
        }
    }
}

impl Family {
    /// How two values compare; none when one is of another family.
    fn compare(self, a: &Value, b: &Value) -> Option<Ordering> {
        match (self, a, b) {
            (Self::String, Value::String(a), Value::String(b)) => Some(a.cmp(b)),
            (Self::Numeric, Value::Number(a), Value::Number(b)) => numbers(a, b),
            (Self::Boolean, Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Self::Timestamp, Value::String(a), Value::String(b)) => {
                Some(parse_timestamp(a)?.cmp(&parse_timestamp(b)?))
            }
            _ => None,
        }
    }
}

fn numbers(a: &Number, b: &Number) -> Option<Ordering> {
    let whole = |n: &Number| n.as_i64().map(i128::from).or(n.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

impl Order {
    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// A time in the RFC 3339 profile of the specification: with a capital `T` and `Z`.
pub(crate) fn parse_timestamp(text: &str) -> Option<OffsetDateTime> {
    let profiled = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    profiled.then(|| OffsetDateTime::parse(text, &Rfc3339).ok()).flatten()
}

/// The same in Unix milliseconds; times before 1970 are 0.
pub(crate) fn parse_millis(text: &str) -> Option<Millis> {
    let millis = parse_timestamp(text)?.unix_timestamp_nanos().max(0) / 1_000_000;
    Millis::try_from(millis).ok()
}

/// The pattern of `StringMatches`: literal pieces between wildcards.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    /// `*` stands for any text, `\*` for an asterisk, `\\` for a backslash.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = vec![String::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let literal = match (c, c == '\\') {
                ('*', _) => {
                    pieces.push(String::new());
                    continue;
                }
                (_, true) => {
                    chars.next().filter(|c| matches!(c, '*' | '\\')).ok_or("a \\ must stand before * or \\")?
                }
                (c, false) => c,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(literal);
            }
        }
        Ok(Self(pieces))
    }

    fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}
