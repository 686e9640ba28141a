//! What was held back, in one letter a day.

use crate::deliver::{self, base_url};
use crate::due::Task;
use crate::store::{DIGEST, MESSAGES, in_turns, rows, write};
use crate::unsubscribe::Link;
use crate::{contact, language, preferences};
use reel_api::notification::{self as api, News};
use reel_api::{AccountId, Millis, NoticeId};
use reel_messages::Links;
use reel_sdk::Problem;
use reel_sdk::notify::{Channel, Message};
use reel_sdk::table::{Change, Row, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const HOUR_MS: Millis = 3_600 * 1_000;
const DAY_MS: Millis = 24 * HOUR_MS;
/// When digests are sent: 17:00 UTC, for nobody has told his time zone.
const SENT_AT_MS: Millis = 17 * HOUR_MS;
/// The most news of a letter: what is more is in the inbox.
const MAX_NEWS: usize = 30;

/// News that waits, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    news: News,
    at: Millis,
}

/// The first time after this at which digests are sent.
fn next(now: Millis) -> Millis {
    let today = now / DAY_MS * DAY_MS + SENT_AT_MS;
    if today > now { today } else { today + DAY_MS }
}

/// The writes that keep news for the next digest.
pub(crate) fn hold_back(account: AccountId, id: NoticeId, news: &News, now: Millis) -> Result<Vec<Write>, Problem> {
    let row = Change::json(&Waiting { news: news.clone(), at: now })?;
    Ok(vec![write(account, &format!("{DIGEST}{id}"), row), Task::Digest { account }.at(next(now))?])
}

/// Sends the digest that was due at a time, of what was held back before. Repeated, it is the same letter.
pub(crate) async fn send(account: AccountId, due: Millis) -> Result<(), Problem> {
    let rows = MESSAGES.query_all(rows(account, DIGEST)).await?;
    let waiting =
        rows.iter().map(|row| Ok::<_, Problem>((row, row.json::<Waiting>()?))).collect::<Result<Vec<_>, _>>()?;
    let waiting: Vec<_> = waiting.into_iter().filter(|(_, waiting)| waiting.at < due).collect();
    let (choice, _) = preferences::of(account).await?;
    let wanted = waiting.iter().map(|(_, waiting)| &waiting.news);
    let wanted: Vec<News> =
        wanted.filter(|news| choice.wants(news.topic(), api::Channel::Email)).take(MAX_NEWS).cloned().collect();
    let contact = contact::of(account).await?.filter(|contact| contact.verified);
    if let Some(contact) = contact.filter(|_| !wanted.is_empty()) {
        deliver::submit(letter(account, due, contact.email, &wanted).await?).await?;
    }
    in_turns(waiting.iter().map(|(row, _)| forget(account, row)).chain([Task::Digest { account }.not_at(due)])).await
}

fn forget(account: AccountId, row: &Row) -> Write {
    write(account, &row.key.sort, Change::Delete)
}

async fn letter(account: AccountId, due: Millis, to: String, news: &[News]) -> Result<Message, Problem> {
    let base = base_url()?;
    let unsubscribe = Link { account, topic: None }.url(&base).await?;
    let links = Links { base: &base, unsubscribe: Some(&unsubscribe) };
    let letter = reel_messages::digest(news, language::of(account).await?, links);
    let letter = letter.map_err(|e| Problem::internal(format!("a digest cannot be laid out: {e}")))?;
    Ok(Message {
        channel: Channel::Email,
        to,
        subject: letter.subject,
        text: letter.text,
        html: Some(letter.html),
        unsubscribe: Some(unsubscribe),
        link: None,
        idempotency_key: hex::encode(Sha256::digest(format!("{account}/digest/{due}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sent_at_five_in_the_afternoon() {
        let day = 20_000 * DAY_MS;
        assert_eq!(next(day), day + 17 * HOUR_MS);
        assert_eq!(next(day + 17 * HOUR_MS - 1), day + 17 * HOUR_MS);
        assert_eq!(next(day + 17 * HOUR_MS), day + 41 * HOUR_MS);
    }
}
