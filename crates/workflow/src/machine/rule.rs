//! Reads the rules of a Choice.

use super::LoadError;
use super::choice::{Family, Operand, Operator, Order, Pattern, Sort, Test, parse_timestamp};
use super::fields::Fields;
use crate::data::Path;
use serde_json::Value;

const OPERATORS: &str = "And, Or, Not, IsNull, IsPresent, IsNumeric, IsString, IsBoolean, IsTimestamp, StringMatches, \
     BooleanEquals, and String-, Numeric- or Timestamp- with Equals, LessThan, LessThanEquals, GreaterThan, \
     GreaterThanEquals (each also with Path)";

/// A rule at the top: a test and where it leads.
pub(super) fn parse_ruled(mut fields: Fields) -> Result<(Test, String), LoadError> {
    let next = fields.text("Next")?;
    let next = fields.required("Next", next)?;
    Ok((parse(fields)?, next))
}

fn parse(mut fields: Fields) -> Result<Test, LoadError> {
    fields.text("Comment")?;
    let list = |fields: &mut Fields, name| fields.list(name, 1)?.into_iter().map(parse).collect::<Result<Vec<_>, _>>();
    let (and, or) = (list(&mut fields, "And")?, list(&mut fields, "Or")?);
    let not = fields.inner("Not")?.map(parse).transpose()?;
    let test = match (and.is_empty(), or.is_empty(), not) {
        (false, true, None) => Test::And(and),
        (true, false, None) => Test::Or(or),
        (true, true, Some(test)) => Test::Not(Box::new(test)),
        (true, true, None) => return compare(fields),
        _ => return Err(fields.error(None, "And, Or and Not exclude each other")),
    };
    fields.finish()?;
    Ok(test)
}

fn compare(mut fields: Fields) -> Result<Test, LoadError> {
    let variable = fields.read("Variable", |value| Path::parse(value.as_str().unwrap_or_default()))?;
    let variable = fields.required("Variable", variable)?;
    let (name, value) = fields.take_only(OPERATORS)?;
    let operator = operator(&name, value).map_err(|problem| fields.error(Some(&name), problem))?;
    Ok(Test::Compare { variable, operator })
}

fn operator(name: &str, value: Value) -> Result<Operator, String> {
    if let Some(sort) = name.strip_prefix("Is").and_then(sort) {
        let wanted = value.as_bool().ok_or_else(|| format!("must be true or false, not {value}"))?;
        return Ok(Operator::Is(sort, wanted));
    }
    if name == "StringMatches" {
        let pattern = value.as_str().ok_or_else(|| format!("must be a string, not {value}"))?;
        return Pattern::parse(pattern).map(Operator::Matches);
    }
    let (plain, by_path) = name.strip_suffix("Path").map_or((name, false), |plain| (plain, true));
    let (family, order) = comparison(plain).ok_or_else(|| format!("is not supported; supported: {OPERATORS}"))?;
    let operand = if by_path {
        Operand::At(Path::parse(value.as_str().unwrap_or_default())?)
    } else {
        check_literal(family, &value)?;
        Operand::Literal(value)
    };
    Ok(Operator::Compare { family, order, operand })
}

fn sort(name: &str) -> Option<Sort> {
    Some(match name {
        "Null" => Sort::Null,
        "Present" => Sort::Present,
        "Numeric" => Sort::Numeric,
        "String" => Sort::String,
        "Boolean" => Sort::Boolean,
        "Timestamp" => Sort::Timestamp,
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<(Family, Order)> {
    let families = [
        ("String", Family::String),
        ("Numeric", Family::Numeric),
        ("Boolean", Family::Boolean),
        ("Timestamp", Family::Timestamp),
    ];
    let (family, rest) = families.iter().find_map(|(prefix, f)| Some((*f, name.strip_prefix(prefix)?)))?;
    let order = match rest {
        "Equals" => Order::Equal,
        "LessThan" => Order::Less,
        "LessThanEquals" => Order::LessOrEqual,
        "GreaterThan" => Order::Greater,
        "GreaterThanEquals" => Order::GreaterOrEqual,
        _ => return None,
    };
    (family != Family::Boolean || order == Order::Equal).then_some((family, order))
}

fn check_literal(family: Family, value: &Value) -> Result<(), String> {
    let (fits, what) = match family {
        Family::String => (value.is_string(), "a string"),
        Family::Numeric => (value.is_number(), "a number"),
        Family::Boolean => (value.is_boolean(), "true or false"),
        Family::Timestamp => {
            (value.as_str().and_then(parse_timestamp).is_some(), "a time such as \"2026-01-31T12:00:00Z\"")
        }
    };
    if fits { Ok(()) } else { Err(format!("must be {what}, not {value}")) }
}
