//! Accepting a notice: it is written down with all that follows from it, then delivered.

use crate::due::Task;
use crate::outbox::{KNOWN_MS, Outgoing, name};
use crate::plan::{self, Caps, Known, Plan, Sent};
use crate::store::{MESSAGES, NOTICE, SENT, write};
use crate::{contact, deliver, digest, inbox, preferences, subscriptions};
use reel_api::notification::{MAX_KEY, News, Notice};
use reel_api::{Millis, NoticeId};
use reel_sdk::table::{Change, Condition, Error, Row, transact};
use reel_sdk::{Problem, Response, clock, random};

const DAY_MS: Millis = 24 * 3_600 * 1_000;
/// How often a notice is planned anew because another one came at the same time.
const ATTEMPTS: usize = 6;

/// Accepts a notice. It is durable when this answers; one whose key is known is not told again.
pub(crate) async fn notice(notice: Notice) -> Result<Response, Problem> {
    if !(1..=MAX_KEY).contains(&notice.key.len()) {
        return Err(Problem::invalid(format!("key has 1 to {MAX_KEY} bytes, not {}", notice.key.len())));
    }
    if is_late(&notice).await? {
        return Ok(Response::empty(204));
    }
    for _ in 0..ATTEMPTS {
        match keep(&notice).await? {
            Kept::New(outgoing, version) => {
                // What fails here is durable, and tried again.
                if let Err(problem) = deliver::try_now(notice.account, &name(&notice.key), outgoing, version).await {
                    eprintln!("a notice is delivered later: {problem}");
                }
                return Ok(Response::empty(204));
            }
            Kept::Known => return Ok(Response::empty(204)),
            Kept::Not => {}
        }
    }
    Err(Problem::unavailable("the account is told so much at the same time", 1))
}

/// Whether its account is gone, and it is not what says so.
async fn is_late(notice: &Notice) -> Result<bool, Problem> {
    Ok(!matches!(notice.news, News::AccountDeleted { .. }) && contact::is_gone(notice.account).await?)
}

/// What became of a notice.
enum Kept {
    /// It is written down, in a row of this version.
    New(Outgoing, u64),
    /// Its key is known.
    Known,
    /// Somebody else told the account something at the same time.
    Not,
}

/// Writes a notice down: what is to be delivered and when it is looked at again, its place in the inbox or in the
/// digest, and how many messages the day has.
async fn keep(notice: &Notice) -> Result<Kept, Problem> {
    let (account, news, now) = (notice.account, &notice.news, clock::now_ms());
    let day = format!("{SENT}{}", now / DAY_MS);
    let sent_row = MESSAGES.get(&account.to_string(), &day).await?;
    let sent: Sent = sent_row.as_ref().map(Row::json).transpose()?.unwrap_or_default();
    let plan = planned(notice, sent).await?;
    let outgoing = Outgoing::new(notice, plan.channels, now);
    let name = name(&notice.key);
    let id = NoticeId::new(now, &random::bytes());

    let row = Change::json(&outgoing)?.expiring(now + KNOWN_MS);
    let mut writes = vec![write(account, &format!("{NOTICE}{name}"), row).when(Condition::Absent)];
    if let Some(due) = outgoing.due {
        writes.push(Task::Deliver { account, notice: name }.at(due)?);
    }
    if plan::is_for_everybody_signed_in(news) {
        writes.extend(inbox::put(account, id, news, now)?);
    }
    if plan.held_back {
        writes.extend(digest::hold_back(account, id, news, now)?);
    }
    if plan.sent != sent {
        let condition = sent_row.map_or(Condition::Absent, |row| Condition::Version(row.version));
        let row = Change::json(&plan.sent)?.expiring(now + 2 * DAY_MS);
        writes.push(write(account, &day, row).when(condition));
    }
    match transact(writes).await {
        Ok(versions) => Ok(Kept::New(outgoing, versions.first().copied().unwrap_or_default())),
        Err(Error::Conflict(0)) => Ok(Kept::Known),
        Err(Error::Conflict(_)) => Ok(Kept::Not),
        Err(other) => Err(other.into()),
    }
}

/// How a notice reaches its account.
async fn planned(notice: &Notice, sent: Sent) -> Result<Plan, Problem> {
    let account = notice.account;
    let contact = contact::of(account).await?;
    let (choice, _) = preferences::of(account).await?;
    let subscriptions = subscriptions::names(account).await?;
    let caps = Caps::configured()?;
    let known = Known { contact: contact.as_ref(), choice: &choice, subscriptions: &subscriptions, sent, caps };
    Ok(plan::plan(&notice.news, &known))
}
