//! What others are to be told, kept until they were told: rows `outbox#SHARD` and a key, written in the transaction of
//! what is told of. Each is told at least once, and recognised by its id or key.

use crate::store::BILLING;
use reel_api::notification::Notice;
use reel_api::{AccountId, Client, EventId, Millis, ProfileId};
use reel_events::{Event, Kind, PaymentEvent, PaymentOutcome, Recorded, VERSION, stream};
use reel_sdk::Problem;
use reel_sdk::events::Stream;
use reel_sdk::http::Function;
use reel_sdk::table::{Change, Row, Selection, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const PAYMENTS: Stream = Stream(stream::PAYMENTS);
const NOTIFICATION: Function = Function("notification");
/// So many partitions, that none is written to by everybody.
const SHARDS: u8 = 8;
/// How many rows are told of at a time.
const AT_A_TIME: u32 = 25;

/// Something to be told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outgoing {
    /// To the log.
    Event(Recorded),
    /// To a person.
    Notice(Notice),
}

/// A `payment_event` of an account. A double has the same id.
pub(crate) fn payment_event(
    account: AccountId,
    key: &str,
    at: Millis,
    payment: &str,
    amount: i64,
    currency: &str,
    outcome: PaymentOutcome,
) -> Outgoing {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let id = EventId::new(at, &std::array::from_fn(|i| digest[i]));
    let payment = PaymentEvent { payment: payment.into(), amount, currency: currency.into(), outcome };
    let event = Event { id, v: VERSION, at, kind: Kind::PaymentEvent(payment) };
    // Accounts pay, whoever watches.
    Outgoing::Event(Recorded { account, profile: ProfileId::from_bytes([0; 16]), received_at: at, event })
}

/// The write that keeps something to be told, under a key of its own.
pub(crate) fn keep(key: &str, outgoing: &Outgoing) -> Result<Write, Problem> {
    Ok(BILLING.write(&partition(shard_of(key)), key, Change::json(outgoing)?))
}

/// Tells what is kept beside a key, this key's first among it. What cannot be told now is kept.
pub(crate) async fn tell(keys: &[String]) {
    let mut shards: Vec<u8> = keys.iter().map(|key| shard_of(key)).collect();
    shards.sort_unstable();
    shards.dedup();
    for shard in shards {
        if let Err(problem) = tell_shard(shard).await {
            eprintln!("what is in the outbox is told later: {problem}");
        }
    }
}

/// Tells all that is kept.
pub(crate) async fn tell_all() -> Result<(), Problem> {
    for shard in 0..SHARDS {
        tell_shard(shard).await?;
    }
    Ok(())
}

async fn tell_shard(shard: u8) -> Result<(), Problem> {
    let rows = BILLING.query(Selection::of(&partition(shard)).limit(AT_A_TIME)).await?.rows;
    let mut left = Ok(());
    for row in rows {
        match tell_one(&row).await {
            Ok(()) => {}
            // It will never be heard, and holds up nobody.
            Err(problem) if (400..500).contains(&problem.status) && problem.status != 429 => {
                eprintln!("{} is told to nobody: {problem}", row.key.sort);
            }
            Err(problem) => {
                left = Err(problem);
                continue;
            }
        }
        BILLING.delete(&row.key.partition, &row.key.sort).await?;
    }
    left
}

async fn tell_one(row: &Row) -> Result<(), Problem> {
    match row.json()? {
        Outgoing::Event(recorded) => PAYMENTS.append_json(&recorded.key(), &recorded).await.map(drop),
        Outgoing::Notice(notice) => Ok(Client::new(NOTIFICATION).notify(&notice).await?),
    }
}

fn shard_of(key: &str) -> u8 {
    Sha256::digest(key.as_bytes())[0] % SHARDS
}

fn partition(shard: u8) -> String {
    format!("outbox#{shard}")
}
