//! How a value stands in DynamoDB.
//!
//! | attribute | holds |
//! |---|---|
//! | `k` | `LENGTH:CACHE:KEY`, where the length is that of the cache's name in bytes; or `piece:ID:NUMBER` |
//! | `b` | the value as it was set |
//! | `n` | the value as a number, where it is one: what is added to |
//! | `g`, `m` | the id and number of the pieces of a large value |
//! | `w` | the addition that made it so, different for each |
//! | `x` | when it ends, in milliseconds |
//! | `t` | the same in seconds, after which DynamoDB may delete it |
//!
//! A value that was added to has no `b` any more: its text is that of `n`.

pub(super) use crate::attribute::Item;
use crate::attribute::{malformed, n, number, s, string};
use crate::failure::Fault;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use reel_capabilities::Millis;
use std::collections::HashMap;

pub(super) const NAME: &str = "k";
pub(super) const TTL: &str = "t";
pub(super) const NUMBER: &str = "n";
pub(super) const WRITE: &str = "w";
pub(super) const ENDS_AT: &str = "x";

const VALUE: &str = "b";
const PIECES: &str = "g";
const PIECE_COUNT: &str = "m";

/// What an item holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// All of a value.
    Whole(Bytes),
    /// Where the pieces of a value are.
    Pieces { id: String, count: usize },
}

/// What an item is called. The length keeps names apart that join to the same text.
pub(super) fn name(cache: &str, key: &str) -> String {
    format!("{}:{cache}:{key}", cache.len())
}

/// What a piece is called, as no value is: their names begin with a digit.
pub(super) fn piece(id: &str, index: usize) -> String {
    format!("piece:{id}:{index}")
}

/// The key as DynamoDB wants it.
pub(super) fn key(name: &str) -> Item {
    HashMap::from([(NAME.to_owned(), s(name))])
}

/// An item as it is to be stored.
pub(super) fn of(name: &str, content: Content, ends_at: Millis) -> Item {
    let mut item = with_end(key(name), ends_at);
    match content {
        Content::Whole(value) => {
            if let Some(count) = read_number(&value) {
                item.insert(NUMBER.into(), n(count));
            }
            item.insert(VALUE.into(), AttributeValue::B(Blob::new(value)));
        }
        Content::Pieces { id, count } => {
            item.insert(PIECES.into(), s(id));
            item.insert(PIECE_COUNT.into(), n(count));
        }
    }
    item
}

/// A counter as it is to be stored when it begins.
pub(super) fn of_counter(name: &str, count: i64, write: &str, ends_at: Millis) -> Item {
    let mut item = with_end(key(name), ends_at);
    item.insert(NUMBER.into(), n(count));
    item.insert(WRITE.into(), s(write));
    item
}

fn with_end(mut item: Item, ends_at: Millis) -> Item {
    item.insert(ENDS_AT.into(), n(ends_at));
    item.insert(TTL.into(), n(seconds(ends_at)));
    item
}

/// When DynamoDB may delete what ends at a time: not before.
pub(super) fn seconds(ends_at: Millis) -> u64 {
    ends_at.div_ceil(1_000)
}

/// What an item holds, unless its time is up and it awaits being deleted.
pub(super) fn content(item: &Item, now: Millis) -> Result<Option<Content>, Fault> {
    if number::<Millis>(item, ENDS_AT)? <= now {
        return Ok(None);
    }
    if let Some(value) = item.get(VALUE) {
        let value = value.as_b().map_err(|_| malformed(VALUE))?;
        return Ok(Some(Content::Whole(Bytes::copy_from_slice(value.as_ref()))));
    }
    if item.contains_key(PIECES) {
        return Ok(Some(Content::Pieces { id: string(item, PIECES)?, count: number(item, PIECE_COUNT)? }));
    }
    Ok(Some(Content::Whole(number::<i64>(item, NUMBER)?.to_string().into())))
}

/// The number that a value is; none when it is none.
fn read_number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_join_to_others() {
        assert_eq!(name("sessions", "viewer"), "8:sessions:viewer");
        assert_ne!(name("a:b", "c"), name("a", "b:c"));
        assert!(!name("piece", "1").starts_with("piece"));
    }

    #[test]
    fn a_number_comes_back_as_it_was_written() {
        for text in ["42", "-7", "+7", "007", "9223372036854775807"] {
            let item = of("k", Content::Whole(text.into()), 2);
            assert!(item.contains_key(NUMBER), "{text}");
            assert_eq!(content(&item, 1).expect("well formed"), Some(Content::Whole(text.into())));
        }
        for text in ["", "4.2", "9223372036854775808", " 1"] {
            assert!(!of("k", Content::Whole(text.into()), 2).contains_key(NUMBER), "{text}");
        }
    }

    #[test]
    fn what_has_ended_is_absent() {
        let item = of_counter("k", 3, "w", 1_001);
        assert_eq!(content(&item, 1_000).expect("well formed"), Some(Content::Whole("3".into())));
        assert_eq!(content(&item, 1_001).expect("well formed"), None);
        assert_eq!(item[TTL], n(2));
    }
}
