//! Delivering a notice: each message is handed to the host's outbox under a key of its own, then marked.
//!
//! A crash in between hands it over again, under the same key: the outbox knows it.

use crate::due::Task;
use crate::outbox::{Channel, Delivery, KNOWN_MS, Outcome, Outgoing, addressee, idempotency_key};
use crate::store::{MESSAGES, NOTICE, write};
use crate::unsubscribe::Link;
use crate::{contact, language, subscriptions};
use reel_api::notification::News;
use reel_api::{AccountId, Millis};
use reel_messages::{Language, Links, note};
use reel_sdk::notify::{self, Message};
use reel_sdk::table::{Change, Condition, Error, transact};
use reel_sdk::{Problem, clock, config};

/// Tries again what is left of a notice that was due at a time.
pub(crate) async fn again(account: AccountId, name: &str, due: Millis) -> Result<(), Problem> {
    let row = MESSAGES.get(&account.to_string(), &format!("{NOTICE}{name}")).await?;
    let outgoing = row.map(|row| Ok::<_, Problem>((row.json::<Outgoing>()?, row.version))).transpose()?;
    match outgoing.filter(|(outgoing, _)| outgoing.due == Some(due)) {
        Some((outgoing, version)) => try_now(account, name, outgoing, version).await,
        // It was delivered, or is due at another time.
        None => Ok(Task::Deliver { account, notice: name.into() }.not_at(due).commit().await.map(drop)?),
    }
}

/// Tries to deliver what is left of a notice, whose row has this version, and writes down what came of it.
pub(crate) async fn try_now(account: AccountId, name: &str, outgoing: Outgoing, version: u64) -> Result<(), Problem> {
    let Some(news) = outgoing.news.clone() else { return Ok(()) };
    let language = match &news {
        News::AccountDeleted { language, .. } => Language::of(language),
        _ => language::of(account).await?,
    };
    let mut outcomes = Vec::new();
    for delivery in outgoing.pending() {
        let outcome = one(account, name, delivery, &news, language).await;
        if let Outcome::Later(why) | Outcome::Never(why) = &outcome {
            eprintln!("a message of notice {name} is not delivered: {why}");
        }
        outcomes.push(outcome);
    }
    let due = outgoing.due;
    settle(account, name, due, outgoing.after(outcomes, clock::now_ms()), version).await
}

/// Hands over one message.
async fn one(account: AccountId, name: &str, delivery: &Delivery, news: &News, language: Language) -> Outcome {
    let key = idempotency_key(account, name, &delivery.channel);
    let message = match &delivery.channel {
        Channel::Email => letter(account, news, language, key).await,
        Channel::Push(browser) => push(account, browser, news, language, key).await,
    };
    let outcome = match message {
        Ok(Ok(message)) => submit_as(message).await,
        Ok(Err(outcome)) => outcome,
        Err(problem) => Outcome::Later(problem.to_string()),
    };
    if let (Channel::Push(browser), Outcome::Never(_)) = (&delivery.channel, &outcome)
        && let Err(problem) = subscriptions::remove(account, browser).await
    {
        eprintln!("a browser that is not reached any more is not forgotten: {problem}");
    }
    outcome
}

/// Hands over a message.
///
/// # Errors
/// When it may be taken later; one that never will be counts as handed over.
pub(crate) async fn submit(message: Message) -> Result<(), Problem> {
    match submit_as(message).await {
        Outcome::Later(why) => Err(Problem::unavailable(why, 60)),
        Outcome::Submitted | Outcome::Never(_) => Ok(()),
    }
}

async fn submit_as(message: Message) -> Outcome {
    match notify::send(message).await {
        Ok(()) => Outcome::Submitted,
        Err(notify::Error::Invalid(why) | notify::Error::Gone(why)) => Outcome::Never(why),
        Err(notify::Error::Unavailable(why)) => Outcome::Later(why),
        Err(notify::Error::Denied(channel)) => Outcome::Later(format!("the channel {channel} is not granted")),
    }
}

async fn letter(
    account: AccountId,
    news: &News,
    language: Language,
    idempotency_key: String,
) -> Result<Result<Message, Outcome>, Problem> {
    let to = match addressee(news, contact::of(account).await?.as_ref()) {
        Ok(to) => to,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let (base, topic) = (base_url()?, news.topic());
    let unsubscribe = match topic.is_vital() {
        true => None,
        false => Some(Link { account, topic: Some(topic) }.url(&base).await?),
    };
    let links = Links { base: &base, unsubscribe: unsubscribe.as_deref() };
    let letter = match reel_messages::letter(news, language, links) {
        Ok(letter) => letter,
        Err(error) => return Ok(Err(Outcome::Never(error.to_string()))),
    };
    let (subject, text, html) = (letter.subject, letter.text, Some(letter.html));
    let channel = notify::Channel::Email;
    Ok(Ok(Message { channel, to, subject, text, html, unsubscribe, link: None, idempotency_key }))
}

async fn push(
    account: AccountId,
    browser: &str,
    news: &News,
    language: Language,
    idempotency_key: String,
) -> Result<Result<Message, Outcome>, Problem> {
    let Some(to) = subscriptions::of(account, browser).await? else {
        return Ok(Err(Outcome::Never("the browser is not pushed to any more".into())));
    };
    let note = note(news, language);
    let subject = note.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let channel = notify::Channel::Push;
    let link = note.link.filter(|link| link.is_ascii());
    Ok(Ok(Message { channel, to, subject, text: note.text, html: None, unsubscribe: None, link, idempotency_key }))
}

/// The platform's URL, ending with `/`.
pub(crate) fn base_url() -> Result<String, Problem> {
    let configured = config::get("notification.base-url")?;
    let url = configured.ok_or_else(|| Problem::internal("notification.base-url is not set: letters have no links"))?;
    Ok(format!("{}/", url.trim_end_matches('/')))
}

/// Writes down what came of a try. Somebody else who tried at the same time handed over the same messages.
async fn settle(
    account: AccountId,
    name: &str,
    due: Option<Millis>,
    outgoing: Outgoing,
    version: u64,
) -> Result<(), Problem> {
    let task = Task::Deliver { account, notice: name.into() };
    let row = match outgoing.due {
        // Nothing is kept of who is gone; the host's outbox still knows the letter.
        None if contact::is_gone(account).await? => Change::Delete,
        _ => Change::json(&outgoing)?.expiring(outgoing.at + KNOWN_MS),
    };
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
