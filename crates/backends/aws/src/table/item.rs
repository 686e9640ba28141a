//! How a row stands in DynamoDB.
//!
//! | attribute | holds |
//! |---|---|
//! | `p`, `s` | the key; strings are ordered by their UTF-8 bytes |
//! | `v` | the version |
//! | `b`, `l` | the value, and its length, for those who need not load it |
//! | `c` | the counters, when there are any |
//! | `x` | when it expires, in milliseconds |
//! | `t` | the same in seconds, after which DynamoDB may delete it |
//! | `w` | the write that made it so, different for each |

pub(super) use crate::attribute::{Item, n};
use crate::attribute::{malformed, number, parse, string};
use crate::failure::Fault;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use reel_capabilities::Millis;
use reel_capabilities::table::{Key, Row};
use std::collections::{BTreeMap, HashMap};

pub(super) const PARTITION: &str = "p";
pub(super) const SORT: &str = "s";
pub(super) const TTL: &str = "t";
/// All of a row but its key and value: what [`Seen`] is read from.
pub(super) const ALL_BUT_VALUE: &str = "v, l, c, x, w";

const VERSION: &str = "v";
const VALUE: &str = "b";
const LENGTH: &str = "l";
const COUNTERS: &str = "c";
const EXPIRES_AT: &str = "x";
const WRITE: &str = "w";

pub(super) type Counters = BTreeMap<String, i64>;

/// What a write must know of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The write that left it so. It names this state: a version would come again when
    /// the row is deleted and begins anew.
    pub(super) write: String,
    pub(super) version: u64,
    pub(super) expires_at: Option<Millis>,
    pub(super) counters: Counters,
    pub(super) value_bytes: usize,
}

impl Seen {
    pub(super) fn read(item: &Item) -> Result<Self, Fault> {
        Ok(Self {
            write: string(item, WRITE)?,
            version: number(item, VERSION)?,
            expires_at: expires_at(item)?,
            counters: counters(item)?,
            value_bytes: number(item, LENGTH)?,
        })
    }

    pub(super) fn is_live(&self, now: Millis) -> bool {
        self.expires_at.is_none_or(|at| at > now)
    }
}

/// The key as DynamoDB wants it.
pub(super) fn key(key: &Key) -> Item {
    HashMap::from([
        (PARTITION.to_owned(), AttributeValue::S(key.partition.clone())),
        (SORT.to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

/// A row as it is to be stored by a write.
pub(super) fn of(row: Row, write: &str) -> Item {
    let mut item = key(&row.key);
    let mut set = |name: &str, value| item.insert(name.to_owned(), value);
    set(VERSION, n(row.version));
    set(LENGTH, n(row.value.len()));
    set(VALUE, AttributeValue::B(Blob::new(row.value)));
    set(WRITE, AttributeValue::S(write.to_owned()));
    if !row.counters.is_empty() {
        set(COUNTERS, map(row.counters));
    }
    if let Some(at) = row.expires_at {
        set(EXPIRES_AT, n(at));
        set(TTL, n(at.div_ceil(1_000)));
    }
    item
}

/// The row that an item holds.
pub(super) fn row(item: Item) -> Result<Row, Fault> {
    let value = item.get(VALUE).and_then(|value| value.as_b().ok());
    Ok(Row {
        key: Key::new(string(&item, PARTITION)?, string(&item, SORT)?),
        version: number(&item, VERSION)?,
        value: value.ok_or_else(|| malformed(VALUE))?.as_ref().to_vec(),
        counters: counters(&item)?.into_iter().collect(),
        expires_at: expires_at(&item)?,
    })
}

/// The row that an item holds, unless it has expired and awaits being deleted.
pub(super) fn live_row(item: Option<Item>, now: Millis) -> Result<Option<Row>, Fault> {
    let row = item.map(row).transpose()?;
    Ok(row.filter(|row| row.expires_at.is_none_or(|at| at > now)))
}

/// Counters as DynamoDB wants them.
pub(super) fn map(counters: impl IntoIterator<Item = (String, i64)>) -> AttributeValue {
    AttributeValue::M(counters.into_iter().map(|(name, count)| (name, n(count))).collect())
}

fn counters(item: &Item) -> Result<Counters, Fault> {
    let Some(counters) = item.get(COUNTERS) else { return Ok(Counters::new()) };
    let counters = counters.as_m().map_err(|_| malformed(COUNTERS))?;
    counters.iter().map(|(name, count)| Ok((name.clone(), parse(count, COUNTERS)?))).collect()
}

fn expires_at(item: &Item) -> Result<Option<Millis>, Fault> {
    item.get(EXPIRES_AT).map(|at| parse(at, EXPIRES_AT)).transpose()
}
