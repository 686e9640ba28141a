//! Delivering a notice: each message is handed to the host's outbox under a key of its own, then marked.
//!
//! A crash in between hands it over again, under the same key: the outbox knows it.

use crate::contact;
use crate::due::Task;
use crate::outbox::{Delivery, KNOWN_MS, Outcome, Outgoing, addressee, idempotency_key};
use crate::store::{NOTICE, write};
use reel_api::AccountId;
use reel_api::notification::{Contact, News};
use reel_messages::{Language, Links};
use reel_sdk::notify::{self, Message};
use reel_sdk::table::{Change, Condition, Error, transact};
use reel_sdk::{Problem, clock, config};

/// Tries to deliver what is left of a notice, whose row has this version, and writes down what came of it.
pub(crate) async fn try_now(account: AccountId, name: &str, outgoing: Outgoing, version: u64) -> Result<(), Problem> {
    let Some(news) = outgoing.news.clone() else { return Ok(()) };
    let contact = contact::of(account).await?;
    let mut outcomes = Vec::new();
    for delivery in outgoing.pending() {
        let outcome = one(account, name, delivery, &news, contact.as_ref()).await;
        if let Outcome::Later(why) | Outcome::Never(why) = &outcome {
            eprintln!("a message of notice {name} is not delivered: {why}");
        }
        outcomes.push(outcome);
    }
    let due = outgoing.due;
    settle(account, name, due, outgoing.after(outcomes, clock::now_ms()), version).await
}

/// Hands over one message.
async fn one(account: AccountId, name: &str, delivery: &Delivery, news: &News, contact: Option<&Contact>) -> Outcome {
    let message = match letter(account, name, delivery, news, contact) {
        Ok(message) => message,
        Err(outcome) => return outcome,
    };
    match notify::send(message).await {
        Ok(()) => Outcome::Submitted,
        Err(notify::Error::Invalid(why)) => Outcome::Never(why),
        Err(notify::Error::Unavailable(why)) => Outcome::Later(why),
        Err(notify::Error::Denied(channel)) => Outcome::Later(format!("the channel {channel} is not granted")),
    }
}

fn letter(
    account: AccountId,
    name: &str,
    delivery: &Delivery,
    news: &News,
    contact: Option<&Contact>,
) -> Result<Message, Outcome> {
    let to = addressee(news, contact)?;
    let base = base_url().map_err(|problem| Outcome::Later(problem.to_string()))?;
    let links = Links { base: &base, unsubscribe: None };
    let letter = reel_messages::letter(news, language(news, contact), links);
    let letter = letter.map_err(|error| Outcome::Never(error.to_string()))?;
    Ok(Message {
        channel: notify::Channel::Email,
        to,
        subject: letter.subject,
        text: letter.text,
        html: Some(letter.html),
        idempotency_key: idempotency_key(account, name, &delivery.channel),
    })
}

/// The language of what is sent.
fn language(news: &News, contact: Option<&Contact>) -> Language {
    match (news, contact) {
        (News::AccountDeleted { language, .. }, _) => Language::of(language),
        (_, Some(contact)) => Language::of(&contact.language),
        (_, None) => Language::En,
    }
}

/// The platform's URL, ending with `/`.
fn base_url() -> Result<String, Problem> {
    let configured = config::get("notification.base-url")?;
    let url = configured.ok_or_else(|| Problem::internal("notification.base-url is not set: letters have no links"))?;
    Ok(format!("{}/", url.trim_end_matches('/')))
}

/// Writes down what came of a try. Somebody else who tried at the same time handed over the same messages.
async fn settle(
    account: AccountId,
    name: &str,
    due: Option<u64>,
    outgoing: Outgoing,
    version: u64,
) -> Result<(), Problem> {
    let task = Task::Deliver { account, notice: name.into() };
    let row = Change::json(&outgoing)?.expiring(outgoing.at + KNOWN_MS);
    let mut writes = vec![write(account, &format!("{NOTICE}{name}"), row).when(Condition::Version(version))];
    writes.extend(due.map(|due| task.not_at(due)));
    if let Some(next) = outgoing.due {
        writes.push(task.at(next)?);
    }
    match transact(writes).await {
        Ok(_) | Err(Error::Conflict(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
