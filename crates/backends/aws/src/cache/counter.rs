//! Counters: additions that meet none the worse for it.

use super::DynamoCache;
use super::item::{self, Item};
use crate::attribute::{n, number, s, string};
use crate::failure::{self, Fault};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use reel_capabilities::Millis;
use reel_capabilities::cache::CacheError;
use std::time::Duration;
use uuid::Uuid;

/// Begins a counter or adds to it; the end that it has stays.
const ADD: &str =
    "SET n = if_not_exists(n, :zero) + :by, x = if_not_exists(x, :x), t = if_not_exists(t, :t), w = :w REMOVE b";
/// There is none, or it is a number that can be added to, and this addition is not in it.
const CAN_ADD: &str = "attribute_not_exists(k) OR \
    (x > :now AND n BETWEEN :least AND :most AND (attribute_not_exists(w) OR w <> :w))";
/// There is none, or its time is up.
const CAN_BEGIN: &str = "attribute_not_exists(k) OR x <= :now";
/// How often to try. A try fails only when a counter ended or began in the same moment.
const TRIES: u32 = 10;
/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// An addition.
struct Addition<'a> {
    name: &'a str,
    by: i64,
    /// What makes it different from all others.
    id: String,
    now: Millis,
    ends_at: Millis,
}

/// How a counter stands that refused an addition.
enum Standing {
    /// The addition was made; its answer was lost.
    Added(i64),
    /// Its time is up.
    Ended,
    /// It cannot be added to.
    Unfit(CacheError),
    /// It changed meanwhile.
    Changed,
}

impl DynamoCache {
    /// Adds to a counter, and yields the sum.
    pub(super) async fn add(&self, name: &str, key: &str, by: i64, ttl_ms: u64) -> Result<i64, CacheError> {
        let id = Uuid::now_v7().simple().to_string();
        for _ in 0..TRIES {
            let now = self.clock.now();
            let addition = Addition { name, by, id: id.clone(), now, ends_at: now.saturating_add(ttl_ms) };
            let refusing = match self.update(&addition).await? {
                Ok(sum) => return Ok(sum),
                Err(refusing) => refusing,
            };
            match addition.judge(&refusing, key)? {
                Standing::Added(sum) => return Ok(sum),
                Standing::Ended if self.begin(&addition).await? => return Ok(by),
                Standing::Unfit(error) => return Err(error),
                Standing::Ended | Standing::Changed => tokio::time::sleep(PAUSE.mul_f64(rand::random())).await,
            }
        }
        Err(CacheError::Unavailable(format!("counter {key:?} ended and began too often in too short a time")))
    }

    /// Adds to what stands; the item as it was when that is not possible.
    async fn update(&self, addition: &Addition<'_>) -> Result<Result<i64, Item>, Fault> {
        let call = self.client.update_item().table_name(&self.table).set_key(Some(item::key(addition.name)));
        let call = call.update_expression(ADD).condition_expression(CAN_ADD);
        let call = call.set_expression_attribute_values(Some(addition.values()));
        let call = call.return_values(ReturnValue::UpdatedNew);
        let call = call.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(added) => number(&added.attributes.unwrap_or_default(), item::NUMBER).map(Ok),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Err(failed.item().cloned().unwrap_or_default()))
                }
                _ => Err(failure::fault_at(&self.table, error)),
            },
        }
    }

    /// Begins a counter in place of one that has ended; false when somebody else did.
    async fn begin(&self, addition: &Addition<'_>) -> Result<bool, Fault> {
        let Addition { name, by, id, now, ends_at } = addition;
        let call = self.client.put_item().table_name(&self.table);
        let call = call.set_item(Some(item::of_counter(name, *by, id, *ends_at)));
        let call = call.condition_expression(CAN_BEGIN).expression_attribute_values(":now", n(now));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(failure::fault_at(&self.table, error)),
            },
        }
    }
}

impl Addition<'_> {
    /// The least and the most to which this can be added within 64 bits.
    fn range(&self) -> (i64, i64) {
        (i64::MIN.saturating_sub(self.by), i64::MAX.saturating_sub(self.by))
    }

    fn values(&self) -> Item {
        let (least, most) = self.range();
        let values = [
            (":zero", n(0)),
            (":by", n(self.by)),
            (":x", n(self.ends_at)),
            (":t", n(item::seconds(self.ends_at))),
            (":w", s(&self.id)),
            (":now", n(self.now)),
            (":least", n(least)),
            (":most", n(most)),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Why a counter refused this addition.
    fn judge(&self, item: &Item, key: &str) -> Result<Standing, Fault> {
        if item.is_empty() {
            return Ok(Standing::Changed);
        }
        if item.contains_key(item::WRITE) && string(item, item::WRITE)? == self.id {
            return Ok(Standing::Added(number(item, item::NUMBER)?));
        }
        if number::<Millis>(item, item::ENDS_AT)? <= self.now {
            return Ok(Standing::Ended);
        }
        let unfit = |why| Ok(Standing::Unfit(CacheError::Invalid(why)));
        if !item.contains_key(item::NUMBER) {
            return unfit(format!("{key:?} holds a value that is no number, so nothing can be added to it"));
        }
        let (count, (least, most)) = (number(item, item::NUMBER)?, self.range());
        if !(least..=most).contains(&count) {
            return unfit(format!("counter {key:?} stands at {count}: {} more does not fit 64 bits", self.by));
        }
        Ok(Standing::Changed)
    }
}
