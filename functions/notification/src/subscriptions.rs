//! The browsers that an account is pushed to.

use crate::store::{MESSAGES, PUSH, endpoint_row, in_turns, rows, write};
use reel_api::media_type::expect_json;
use reel_api::notification::{MAX_SUBSCRIPTIONS, PushKey, PushSubscription, Subscribed};
use reel_api::{AccountId, Millis};
use reel_sdk::notify::{self, Channel};
use reel_sdk::table::{Change, Row, Write, transact};
use reel_sdk::{Problem, Request, Response, clock};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A subscription, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    subscription: PushSubscription,
    since: Millis,
}

/// What browsers subscribe for.
pub(crate) async fn key(request: &Request) -> Result<Response, Problem> {
    request.principal()?;
    Response::json(200, &PushKey { key: notify::push_key().await? })
}

/// Pushes to a browser from now on. It is the caller's alone: another account that used it loses it.
pub(crate) async fn add(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    expect_json(request.header("content-type"))?;
    let subscription: PushSubscription = request.json()?;
    notify::admit(Channel::Push, &json(&subscription)?).await?;
    let id = name(&subscription.endpoint);
    let before: Option<AccountId> = MESSAGES.get_json(&endpoint_row(&id), PUSH).await?;
    let stored = Change::json(&Stored { subscription, since: clock::now_ms() })?;
    let mut writes = vec![
        write(account, &format!("{PUSH}{id}"), stored),
        MESSAGES.write(&endpoint_row(&id), PUSH, Change::json(&account)?),
    ];
    writes.extend(
        before.filter(|before| *before != account).map(|before| write(before, &format!("{PUSH}{id}"), Change::Delete)),
    );
    transact(writes).await?;
    thin_out(account).await?;
    Response::json(201, &Subscribed { id })
}

/// Pushes to a browser no longer.
pub(crate) async fn end(request: &Request, id: &str) -> Result<Response, Problem> {
    remove(request.principal()?.account, id).await?;
    Ok(Response::empty(204))
}

/// Forgets a browser of an account; one that is not its own stays.
pub(crate) async fn remove(account: AccountId, id: &str) -> Result<(), Problem> {
    if MESSAGES.get(&account.to_string(), &format!("{PUSH}{id}")).await?.is_some() {
        transact(removal(account, id).into()).await?;
    }
    Ok(())
}

/// The writes that forget a browser of an account.
pub(crate) fn removal(account: AccountId, id: &str) -> [Write; 2] {
    [write(account, &format!("{PUSH}{id}"), Change::Delete), MESSAGES.write(&endpoint_row(id), PUSH, Change::Delete)]
}

/// Forgets the oldest browsers of too many.
async fn thin_out(account: AccountId) -> Result<(), Problem> {
    let rows = MESSAGES.query_all(rows(account, PUSH)).await?;
    let mut ages = rows
        .iter()
        .map(|row| Ok::<_, Problem>((row.json::<Stored>()?.since, id(row))))
        .collect::<Result<Vec<_>, _>>()?;
    ages.sort_unstable();
    let surplus = ages.len().saturating_sub(MAX_SUBSCRIPTIONS);
    in_turns(ages.iter().take(surplus).flat_map(|(_, id)| removal(account, id))).await
}

/// The names of an account's browsers.
pub(crate) async fn names(account: AccountId) -> Result<Vec<String>, Problem> {
    let rows = MESSAGES.query_all(rows(account, PUSH)).await?;
    Ok(rows.iter().map(|row| id(row).to_owned()).collect())
}

/// The subscription of a browser, in JSON; none when it has gone.
pub(crate) async fn of(account: AccountId, id: &str) -> Result<Option<String>, Problem> {
    let stored: Option<Stored> = MESSAGES.get_json(&account.to_string(), &format!("{PUSH}{id}")).await?;
    stored.map(|stored| json(&stored.subscription)).transpose()
}

/// The subscription that a row holds.
pub(crate) fn read(row: &Row) -> Result<PushSubscription, Problem> {
    Ok(row.json::<Stored>()?.subscription)
}

fn id(row: &Row) -> &str {
    row.key.sort.strip_prefix(PUSH).unwrap_or_default()
}

fn name(endpoint: &str) -> String {
    hex::encode(&Sha256::digest(endpoint)[..16])
}

fn json(subscription: &PushSubscription) -> Result<String, Problem> {
    serde_json::to_string(subscription).map_err(|e| Problem::internal(format!("a subscription has no JSON form: {e}")))
}
