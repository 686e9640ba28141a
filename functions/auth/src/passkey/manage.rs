//! The passkeys of an account: added, listed, called otherwise and taken away by who is signed in.

use super::challenge::{self, Purpose};
use super::store::{self, Kept};
use super::{party, refused};
use crate::credentials::proven;
use crate::store::accounts::{self, busy};
use crate::{body, keys, passkey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::passkey::{
    BeginRegistration, CHALLENGE_MS, CreationOptions, Descriptor, MAX_PASSKEYS, NewPasskey, Parameter, PasskeyName,
    PasskeyUser, Passkeys, RelyingParty, Selection,
};
use reel_passkey::{ALGORITHMS, MAX_ID, register};
use reel_sdk::{Problem, Request, Response, clock, random};

const PUBLIC_KEY: &str = "public-key";
/// The longest name, in characters.
const MAX_NAME: usize = 40;

/// Begins to add a passkey: says what the browser is to make. The password is asked for again, so that a device left
/// alone for a moment does not open the account for ever.
pub(crate) async fn begin(request: &Request) -> Result<Response, Problem> {
    let (party, BeginRegistration { password }) = (party()?, body(request)?);
    let (account, _) = accounts::of_principal(request.principal()?.account).await?;
    if account.password.is_some() {
        let password = password.ok_or_else(|| Problem::invalid("send the account's password"))?;
        proven(request, &password).await?;
    }
    let there = store::all(account.id).await?;
    admit(there.len())?;
    let challenge = challenge::make(&keys::load().await?, Purpose::Add(account.id), random::bytes(), clock::now_ms());
    let (id, email) = (BASE64_URL_SAFE_NO_PAD.encode(account.id.as_bytes()), account.email.to_string());
    let descriptor = |(_, kept): &(u64, Kept)| Descriptor { kind: PUBLIC_KEY.into(), id: kept.id.clone() };
    Response::json(
        200,
        &CreationOptions {
            rp: RelyingParty { id: party.id, name: "Reel".into() },
            user: PasskeyUser { id, name: email.clone(), display_name: email },
            challenge,
            pub_key_cred_params: ALGORITHMS.map(|alg| Parameter { kind: PUBLIC_KEY.into(), alg }).into(),
            timeout: CHALLENGE_MS,
            exclude_credentials: there.iter().map(descriptor).collect(),
            authenticator_selection: Selection {
                resident_key: "required".into(),
                user_verification: "required".into(),
            },
            attestation: "none".into(),
        },
    )
}

/// Adds the passkey that the browser made.
pub(crate) async fn add(request: &Request) -> Result<Response, Problem> {
    let (principal, now) = (request.principal()?, clock::now_ms());
    let NewPasskey { name, credential } = body(request)?;
    let name = named(&name)?;
    let answered = reel_passkey::challenge(&credential.response.client_data_json).map_err(|e| refused(&e))?;
    challenge::check(&keys::load().await?, Purpose::Add(principal.account), &answered, now)?;
    let made = register(&credential.response, &answered, &party()?).map_err(|e| refused(&e))?;
    admit(store::all(principal.account).await?.len())?;
    challenge::use_up(&answered, now).await?;
    let kept = Kept { id: made.id, name, key: made.key, counter: made.counter, created_at: now, used_at: None };
    match store::put(principal.account, &kept, None).await? {
        true => Response::json(201, &kept.answer()),
        false => Err(Problem::conflict("passkey-known", "the account has this passkey already")),
    }
}

pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    Response::json(200, &Passkeys { passkeys: passkey::of(request.principal()?.account).await? })
}

pub(crate) async fn rename(request: &Request, id: &str) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let PasskeyName { name } = body(request)?;
    let name = named(&name)?;
    let (read, kept) = find(account, id).await?;
    let renamed = Kept { name, ..kept };
    match store::put(account, &renamed, Some(read)).await? {
        true => Response::json(200, &renamed.answer()),
        false => Err(busy()),
    }
}

/// Takes a passkey away; the last one only where there is a password to sign in with.
pub(crate) async fn remove(request: &Request, id: &str) -> Result<Response, Problem> {
    let (account, _) = accounts::of_principal(request.principal()?.account).await?;
    find(account.id, id).await?;
    if account.password.is_none() && store::all(account.id).await?.len() == 1 {
        return Err(Problem::conflict("last-passkey", "without it nobody could sign in: choose a password first"));
    }
    store::delete(account.id, id).await?;
    Ok(Response::empty(204))
}

async fn find(account: reel_api::AccountId, id: &str) -> Result<(u64, Kept), Problem> {
    let missing = || Problem::not_found("the account has no such passkey");
    if id.len() > MAX_ID * 4 / 3 + 4 {
        return Err(missing());
    }
    store::find(account, id).await?.ok_or_else(missing)
}

fn admit(there: usize) -> Result<(), Problem> {
    if there < MAX_PASSKEYS {
        return Ok(());
    }
    Err(Problem::conflict("too-many-passkeys", format!("an account has at most {MAX_PASSKEYS} passkeys")))
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if (1..=MAX_NAME).contains(&name.chars().count()) && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Problem::invalid(format!("name has 1 to {MAX_NAME} characters, none of them a control character")))
}
