//! The attributes of items in DynamoDB.

use crate::failure::Fault;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use std::str::FromStr;

/// An item, or the key of one.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A number as DynamoDB wants it.
pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A string as DynamoDB wants it.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// The string that an item must have.
pub(crate) fn string(item: &Item, name: &str) -> Result<String, Fault> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().ok_or_else(|| malformed(name))
}

/// The number that an item must have.
pub(crate) fn number<T: FromStr>(item: &Item, name: &str) -> Result<T, Fault> {
    parse(item.get(name).ok_or_else(|| malformed(name))?, name)
}

/// Reads a number.
pub(crate) fn parse<T: FromStr>(value: &AttributeValue, name: &str) -> Result<T, Fault> {
    value.as_n().ok().and_then(|number| number.parse().ok()).ok_or_else(|| malformed(name))
}

/// What an item says that somebody else wrote.
pub(crate) fn malformed(name: &str) -> Fault {
    Fault::Unavailable(format!("an item in DynamoDB is not one of Reel's: look at its attribute {name:?}"))
}
