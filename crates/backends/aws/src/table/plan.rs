//! What a transaction does to its rows, given how they were last seen.

use super::item::{self, Counters, Item, Seen};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use reel_capabilities::Millis;
use reel_capabilities::table::{self, Change, Condition, Key, Row, TableError, Write};
use std::collections::HashMap;

/// One write, ready to be sent.
pub(super) struct Step {
    /// The row's version afterwards.
    pub(super) version: u64,
    effect: Effect,
}

enum Effect {
    /// Write the whole row.
    Store(Row),
    /// Write version and counters; the rest stays.
    Count(Counters),
    /// Delete the row.
    Remove,
    /// Delete the row however it stands.
    RemoveBlindly,
    /// Only see that the row still stands so.
    Hold,
}

/// What a write does to its row, or why it is refused.
pub(super) fn step(index: u32, write: &Write, seen: Option<&Seen>, now: Millis) -> Result<Step, TableError> {
    let live = seen.filter(|seen| seen.is_live(now));
    if !holds(write.condition, live) {
        return Err(TableError::Conflict(index));
    }
    let version = live.map_or(0, |row| row.version);
    Ok(match &write.change {
        Change::Check => Step { version, effect: Effect::Hold },
        Change::Delete if is_blind(write) => Step { version: 0, effect: Effect::RemoveBlindly },
        Change::Delete if seen.is_none() => Step { version: 0, effect: Effect::Hold },
        Change::Delete => Step { version: 0, effect: Effect::Remove },
        Change::Put { value, expires_at } => {
            let counters = live.map(|row| row.counters.clone()).unwrap_or_default();
            store(&write.key, version + 1, value.clone(), counters, *expires_at)?
        }
        Change::Add(additions) => match live {
            None => store(&write.key, 1, vec![], add(Counters::new(), additions)?, None)?,
            Some(row) => count(&write.key, row, additions)?,
        },
    })
}

/// Whether a write comes out the same whatever its row is.
pub(super) fn is_blind(write: &Write) -> bool {
    write.condition == Condition::Always && write.change == Change::Delete
}

fn holds(condition: Condition, live: Option<&Seen>) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Absent => live.is_none(),
        Condition::Present => live.is_some(),
        Condition::Version(version) => live.is_some_and(|row| row.version == version),
    }
}

fn store(
    key: &Key,
    version: u64,
    value: Vec<u8>,
    counters: Counters,
    expires_at: Option<Millis>,
) -> Result<Step, TableError> {
    let row = Row { key: key.clone(), version, value, counters: counters.into_iter().collect(), expires_at };
    table::validate_size(row.size())?;
    Ok(Step { version, effect: Effect::Store(row) })
}

fn count(key: &Key, row: &Seen, additions: &[(String, i64)]) -> Result<Step, TableError> {
    let counters = add(row.counters.clone(), additions)?;
    let names: usize = counters.keys().map(|name| name.len() + 8).sum();
    table::validate_size(table::size(key, row.value_bytes, &[]) + names)?;
    Ok(Step { version: row.version + 1, effect: Effect::Count(counters) })
}

fn add(mut counters: Counters, additions: &[(String, i64)]) -> Result<Counters, TableError> {
    for (name, by) in additions {
        let counter = counters.entry(name.clone()).or_default();
        *counter = counter.checked_add(*by).ok_or_else(|| {
            TableError::Invalid(format!("counter {name:?} stands at {counter}: {by} more does not fit 64 bits"))
        })?;
    }
    Ok(counters)
}

/// What must still hold of a row, so that the step is the right one.
struct Guard {
    expression: &'static str,
    values: Item,
}

impl Guard {
    fn of(seen: Option<&Seen>) -> Self {
        match seen {
            None => Self { expression: "attribute_not_exists(p)", values: HashMap::new() },
            Some(seen) => {
                let write = AttributeValue::S(seen.write.clone());
                Self { expression: "w = :seen", values: HashMap::from([(":seen".to_owned(), write)]) }
            }
        }
    }

    fn values(self) -> Option<Item> {
        (!self.values.is_empty()).then_some(self.values)
    }
}

/// When a guard fails, DynamoDB tells how the row stands instead.
const TELL: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl Step {
    /// The step as DynamoDB wants it; `id` names the write.
    pub(super) fn request(
        self,
        table: &str,
        key: &Key,
        seen: Option<&Seen>,
        id: &str,
    ) -> Result<TransactWriteItem, BuildError> {
        let (guard, key) = (Guard::of(seen), item::key(key));
        let request = TransactWriteItem::builder();
        Ok(match self.effect {
            Effect::Store(row) => request.put(put(table, item::of(row, id), guard)?),
            Effect::Count(counters) => request.update(update(table, key, self.version, counters, id, guard)?),
            Effect::Remove => request.delete(delete(table, key, guard)?),
            Effect::RemoveBlindly => request.delete(Delete::builder().table_name(table).set_key(Some(key)).build()?),
            Effect::Hold => request.condition_check(check(table, key, guard)?),
        }
        .build())
    }
}

fn put(table: &str, item: Item, guard: Guard) -> Result<Put, BuildError> {
    Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression(guard.expression)
        .set_expression_attribute_values(guard.values())
        .return_values_on_condition_check_failure(TELL)
        .build()
}

fn update(
    table: &str,
    key: Item,
    version: u64,
    counters: Counters,
    id: &str,
    mut guard: Guard,
) -> Result<Update, BuildError> {
    let id = AttributeValue::S(id.to_owned());
    guard.values.insert(":w".into(), id);
    guard.values.insert(":v".into(), item::n(version));
    guard.values.insert(":c".into(), item::map(counters));
    Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .update_expression("SET v = :v, c = :c, w = :w")
        .condition_expression(guard.expression)
        .set_expression_attribute_values(guard.values())
        .return_values_on_condition_check_failure(TELL)
        .build()
}

fn delete(table: &str, key: Item, guard: Guard) -> Result<Delete, BuildError> {
    Delete::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(guard.expression)
        .set_expression_attribute_values(guard.values())
        .return_values_on_condition_check_failure(TELL)
        .build()
}

fn check(table: &str, key: Item, guard: Guard) -> Result<ConditionCheck, BuildError> {
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(guard.expression)
        .set_expression_attribute_values(guard.values())
        .return_values_on_condition_check_failure(TELL)
        .build()
}
