//! All that is kept about a person, in one answer.

use super::KEEPERS;
use crate::account::Account;
use crate::passkey;
use crate::session::Session;
use crate::store::{accounts, sessions};
use reel_api::account::AccountExport;
use reel_api::{Client, SessionId, rfc3339};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What each function keeps of the account. A part that is missing would be no export: then there is none.
pub(crate) async fn export(request: &Request) -> Result<Response, Problem> {
    let (account, _) = accounts::of_principal(request.principal()?.account).await?;
    let mut parts = BTreeMap::from([("auth".to_owned(), own(&account).await?)]);
    for keeper in KEEPERS {
        parts.insert(keeper.to_owned(), Client::new(Function(keeper)).export_account(account.id).await?);
    }
    let answer = Response::json(200, &AccountExport { exported_at: rfc3339(clock::now_ms()), parts })?;
    Ok(answer.with_header("content-disposition", "attachment; filename=\"reel-account.json\""))
}

/// What is kept here, but for what opens the account: hashes of a password, of tokens.
async fn own(account: &Account) -> Result<Value, Problem> {
    let sessions: Vec<Value> = sessions::latest(account.id).await?.iter().map(session).collect();
    let Account { id, email, verified, role, language, created_at, .. } = account;
    Ok(json!({
        "account": id, "email": email, "verified": verified, "role": role, "language": language,
        "created_at": rfc3339(*created_at), "sessions": sessions, "passkeys": passkey::of(account.id).await?,
    }))
}

fn session((id, session): &(SessionId, Session)) -> Value {
    json!({
        "id": id, "device": session.device, "country": session.country,
        "created_at": rfc3339(session.created_at), "last_seen": rfc3339(session.last_seen()),
    })
}
