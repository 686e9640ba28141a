//! What people are told, by function `notification`. That it cannot take a message now never makes
//! an act fail: what has to be told is kept beside the account and told at the next refresh of a session.
//!
//! `account/ID` and `untold#…` in table `accounts`.

use crate::account::Account;
use crate::store::accounts::{ACCOUNTS, partition};
use reel_api::notification::{CONTACTS_PATH, Contact, News, Notice};
use reel_api::{AccountId, CallError, Client};
use reel_sdk::http::Function;
use reel_sdk::table::{Change, Row, Selection};
use reel_sdk::{Problem, random};

const NOTIFICATION: Function = Function("notification");
const UNTOLD: &str = "untold#";
const CONTACT: &str = "untold#contact";

/// Tells something that is of no use later, such as a link that the person can have sent again.
pub(crate) async fn once(account: AccountId, kind: &str, news: News) {
    if let Err(error) = Client::new(NOTIFICATION).notify(&notice(account, news)).await {
        eprintln!("a notice ({kind}) was not taken, and can be asked for again: {error}");
    }
}

/// Tells something, now or later.
pub(crate) async fn surely(account: AccountId, news: News) -> Result<(), Problem> {
    let notice = notice(account, news);
    if let Err(error) = Client::new(NOTIFICATION).notify(&notice).await {
        keep(account, &format!("{UNTOLD}notice#{}", notice.key), Change::json(&notice)?, &error).await?;
    }
    Ok(())
}

/// Tells where an account is reached from now on, now or later.
pub(crate) async fn contact(account: &Account) -> Result<(), Problem> {
    if let Err(error) = reach(account).await {
        keep(account.id, CONTACT, Change::bytes(Vec::new()), &error).await?;
    }
    Ok(())
}

/// Tells what could not be told before, and the address as it is by now. What still cannot is kept.
pub(crate) async fn what_was_kept(account: &Account) -> Result<(), Problem> {
    for row in ACCOUNTS.query_all(Selection::of(&partition(account.id)).prefix(UNTOLD)).await? {
        let told = match row.key.sort.as_str() {
            CONTACT => reach(account).await,
            _ => Client::new(NOTIFICATION).notify(&row.json()?).await,
        };
        if told.is_err() {
            return Ok(());
        }
        forget(&row).await?;
    }
    Ok(())
}

async fn reach(account: &Account) -> Result<(), CallError> {
    let Account { id, email, verified, language, .. } = account;
    let contact = Contact { email: email.to_string(), verified: *verified, language: language.clone() };
    Client::new(NOTIFICATION).put(&format!("{CONTACTS_PATH}{id}"), &contact).await
}

async fn keep(account: AccountId, sort: &str, untold: Change, why: &CallError) -> Result<(), Problem> {
    eprintln!("a message is kept to be told later: {why}");
    ACCOUNTS.write(&partition(account), sort, untold).commit().await?;
    Ok(())
}

async fn forget(row: &Row) -> Result<(), Problem> {
    Ok(ACCOUNTS.delete(&row.key.partition, &row.key.sort).await?)
}

fn notice(account: AccountId, news: News) -> Notice {
    Notice { key: hex::encode(random::bytes::<16>()), account, news }
}
