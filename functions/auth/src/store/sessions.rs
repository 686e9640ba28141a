//! Rows of table `sessions`, which expire by themselves.
//!
//! `session/ID` and `session`: the session. `account/ID` and the session's id, without content: by
//! which an account's sessions are found.

use crate::session::Session;
use reel_api::auth::MAX_SESSIONS;
use reel_api::{AccountId, Millis, SessionId};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, transact};

const SESSIONS: Table = Table("sessions");
const SESSION: &str = "session";
/// How many sessions a transaction ends: each is two rows.
const ENDED_AT_ONCE: usize = 50;

/// A session that has not ended, and the version of its row.
pub(crate) async fn find(id: SessionId) -> Result<Option<(Session, u64)>, Problem> {
    let row = SESSIONS.get(&partition(id), SESSION).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// Writes a session: a new one, or one read in this version. False when it was changed
/// by someone else meanwhile.
pub(crate) async fn put(id: SessionId, session: &Session, read: Option<u64>, now: Millis) -> Result<bool, Problem> {
    let expires_at = Session::expires_at(now);
    let change = Change::json(session)?.expiring(expires_at);
    let condition = read.map_or(Condition::Absent, Condition::Version);
    let row = SESSIONS.write(&partition(id), SESSION, change).when(condition);
    let found_by = Change::bytes(Vec::new()).expiring(expires_at);
    let found_by = SESSIONS.write(&of(session.account), &id.to_string(), found_by);
    match transact(vec![row, found_by]).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// The sessions of an account that began last, latest first.
pub(crate) async fn latest(account: AccountId) -> Result<Vec<(SessionId, Session)>, Problem> {
    let page = SESSIONS.query(Selection::of(&of(account)).reversed().limit(MAX_SESSIONS)).await?;
    let mut sessions = Vec::new();
    for id in page.rows.iter().filter_map(id) {
        sessions.extend(find(id).await?.map(|(session, _)| (id, session)));
    }
    Ok(sessions)
}

/// Ends a session.
pub(crate) async fn end(account: AccountId, id: SessionId) -> Result<(), Problem> {
    end_each(account, &[id]).await
}

/// Ends every session of an account, but for one.
pub(crate) async fn end_all(account: AccountId, but: Option<SessionId>) -> Result<(), Problem> {
    let rows = SESSIONS.query_all(Selection::of(&of(account))).await?;
    let ids: Vec<SessionId> = rows.iter().filter_map(id).filter(|id| Some(*id) != but).collect();
    end_each(account, &ids).await
}

async fn end_each(account: AccountId, ids: &[SessionId]) -> Result<(), Problem> {
    for ids in ids.chunks(ENDED_AT_ONCE) {
        let rows = ids.iter().flat_map(|id| [(partition(*id), SESSION.to_owned()), (of(account), id.to_string())]);
        transact(rows.map(|(partition, sort)| SESSIONS.write(&partition, &sort, Change::Delete)).collect()).await?;
    }
    Ok(())
}

fn id(row: &Row) -> Option<SessionId> {
    row.key.sort.parse().ok()
}

fn partition(id: SessionId) -> String {
    format!("session/{id}")
}

fn of(account: AccountId) -> String {
    format!("account/{account}")
}
