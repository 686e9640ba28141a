//! Accepting a notice: it is written down with all that follows from it, then delivered.

use crate::contact;
use crate::deliver;
use crate::due::Task;
use crate::inbox;
use crate::outbox::{Channel, KNOWN_MS, Outgoing, name};
use crate::store::{NOTICE, write};
use reel_api::NoticeId;
use reel_api::notification::{MAX_KEY, News, Notice};
use reel_sdk::table::{Change, Condition, Error, transact};
use reel_sdk::{Problem, Response, clock, random};

/// Accepts a notice. It is durable when this answers; one whose key is known is not told again.
pub(crate) async fn notice(notice: Notice) -> Result<Response, Problem> {
    if !(1..=MAX_KEY).contains(&notice.key.len()) {
        return Err(Problem::invalid(format!("key has 1 to {MAX_KEY} bytes, not {}", notice.key.len())));
    }
    if is_late(&notice).await? {
        return Ok(Response::empty(204));
    }
    let outgoing = Outgoing::new(&notice, vec![Channel::Email], clock::now_ms());
    if let Some(version) = keep(&notice, &outgoing).await? {
        // What fails here is durable, and tried again.
        if let Err(problem) = deliver::try_now(notice.account, &name(&notice.key), outgoing, version).await {
            eprintln!("a notice is delivered later: {problem}");
        }
    }
    Ok(Response::empty(204))
}

/// Whether its account is gone, and it is not what says so.
async fn is_late(notice: &Notice) -> Result<bool, Problem> {
    Ok(!matches!(notice.news, News::AccountDeleted { .. }) && contact::is_gone(notice.account).await?)
}

/// Writes a notice down, with its place in the inbox and when it is looked at again. The version of its row; none
/// when its key is known.
async fn keep(notice: &Notice, outgoing: &Outgoing) -> Result<Option<u64>, Problem> {
    let (account, name) = (notice.account, name(&notice.key));
    let row = Change::json(outgoing)?.expiring(outgoing.at + KNOWN_MS);
    let mut writes = vec![write(account, &format!("{NOTICE}{name}"), row).when(Condition::Absent)];
    if let Some(due) = outgoing.due {
        writes.push(Task::Deliver { account, notice: name }.at(due)?);
    }
    writes.extend(inbox::put(account, NoticeId::new(outgoing.at, &random::bytes()), &notice.news, outgoing.at)?);
    match transact(writes).await {
        Ok(versions) => Ok(versions.first().copied()),
        Err(Error::Conflict(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
