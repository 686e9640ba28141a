//! Who sends a message: one item for each idempotency key.
//!
//! | attribute | holds |
//! |---|---|
//! | `k` | the idempotency key |
//! | `s` | `sending` or `sent` |
//! | `c` | the claim of who sends or has sent it |
//! | `u` | until when the claim holds, in milliseconds, while it is being sent |
//! | `m` | what SES calls the message, once it is sent |

use crate::attribute::{Item, n, s, string};
use crate::failure::{self, Fault};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use reel_capabilities::{Clock, Millis};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

pub(super) const KEY: &str = "k";

const STATE: &str = "s";
const CLAIM: &str = "c";
const UNTIL: &str = "u";
const SENDING: &str = "sending";
const SENT: &str = "sent";
/// How long a claim holds: longer than a message is tried to be sent.
const LEASE: Millis = 120_000;
/// Nobody has the key, or whoever had it has not come back. Or the claim is this one, made
/// before, and its answer was lost.
const FREE: &str = "attribute_not_exists(k) OR (s = :sending AND u <= :now) OR c = :c";

/// The claims to messages in a table.
#[derive(Clone)]
pub(super) struct Claims {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) clock: Arc<dyn Clock>,
}

/// The right to send a message.
pub(super) struct Claim {
    key: String,
    id: String,
}

/// How a message stands for one who would send it.
pub(super) enum Taken {
    /// It is this one's to send.
    Ours(Claim),
    /// Somebody else is sending it.
    Theirs,
    /// It was sent.
    Sent,
}

impl Claims {
    pub(super) async fn take(&self, key: &str) -> Result<Taken, Fault> {
        let claim = Claim { key: key.into(), id: Uuid::now_v7().simple().to_string() };
        let now = self.clock.now();
        let mut item = claim.item();
        item.insert(STATE.into(), s(SENDING));
        item.insert(CLAIM.into(), s(&claim.id));
        item.insert(UNTIL.into(), n(now.saturating_add(LEASE)));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item)).condition_expression(FREE);
        let call = call.expression_attribute_values(":sending", s(SENDING));
        let call = call.expression_attribute_values(":now", n(now)).expression_attribute_values(":c", s(&claim.id));
        let call = call.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = call.send().await else { return Ok(Taken::Ours(claim)) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => match failed.item() {
                Some(item) if string(item, STATE)? == SENT => Ok(Taken::Sent),
                _ => Ok(Taken::Theirs),
            },
            _ => Err(failure::fault_at(&self.table, error)),
        }
    }

    /// Writes down that a message was sent; false when the claim did not hold long enough.
    pub(super) async fn settle(&self, claim: &Claim, message: &str) -> Result<bool, Fault> {
        let call = self.client.update_item().table_name(&self.table).set_key(Some(claim.item()));
        let call = call.update_expression("SET s = :sent, m = :m REMOVE u").condition_expression("c = :c");
        let call = call.expression_attribute_values(":sent", s(SENT)).expression_attribute_values(":m", s(message));
        let call = call.expression_attribute_values(":c", s(&claim.id));
        let Err(error) = call.send().await else { return Ok(true) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
            _ => Err(failure::fault_at(&self.table, error)),
        }
    }

    /// Lets others send a message that was not sent.
    pub(super) async fn release(&self, claim: &Claim) -> Result<(), Fault> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(claim.item()));
        let call = call.condition_expression("c = :c").expression_attribute_values(":c", s(&claim.id));
        let Err(error) = call.send().await else { return Ok(()) };
        match error.as_service_error() {
            // It is gone already, or somebody else's.
            Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(failure::fault_at(&self.table, error)),
        }
    }
}

impl Claim {
    /// The key as DynamoDB wants it.
    fn item(&self) -> Item {
        HashMap::from([(KEY.to_owned(), s(&self.key))])
    }
}
