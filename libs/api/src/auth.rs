//! `auth`: accounts, sign-in, sessions and the keys that sign tokens.
//!
//! An access token is a JWT (RFC 7519) signed with EdDSA over Ed25519 (RFC 8037),
//! good for 15 minutes. The refresh token stands in an `HttpOnly` cookie for a browser
//! and in the answer for anyone else; each is good for one use (RFC 9700, section 4.14).

use crate::{AccountId, CallError, Client, ProfileId, Role, SessionId, Transport};
use serde::{Deserialize, Serialize};

/// How long an access token is good, in seconds.
pub const ACCESS_LIFETIME: u64 = 15 * 60;
/// How long a session lives without being refreshed, in seconds.
pub const SESSION_LIFETIME: u64 = 30 * 24 * 3_600;
/// The cookie that holds the refresh token.
pub const REFRESH_COOKIE: &str = "reel-refresh";
/// The cookie by which a browser is known again when it signs in.
pub const DEVICE_COOKIE: &str = "reel-device";
/// The `iss` of a token.
pub const ISSUER: &str = "reel";
/// The `aud` of a token.
pub const AUDIENCE: &str = "reel-api";

/// `POST /v1/auth/sign-up` and `POST /v1/auth/sign-in`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The e-mail address, which names the account; compared without regard to case.
    pub email: String,
    /// 8 to 128 characters, and none that is common.
    pub password: String,
    /// True in a browser: the refresh token comes as a cookie instead of in the answer.
    #[serde(default)]
    pub cookie: bool,
}

/// `POST /v1/auth/refresh`, with the cookie or with the token here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token, where there is no cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Choose this profile for the session: later tokens carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// The PIN of that profile, where it has one; of another profile, to leave one that is for kids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
}

/// `POST /v1/auth/token`: a token for a program that holds the platform's operator key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyGrant {
    /// The operator key, in hexadecimal.
    pub key: String,
    /// Act as the account of this e-mail address; made with `role` when there is none.
    pub email: String,
    /// The role of an account that is made.
    pub role: Role,
    /// The password of an account that is made; without one nobody can sign in to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A signed-in session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tokens {
    /// The JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// For the next refresh; absent when it went into the cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The account.
    pub account: AccountId,
    /// Its e-mail address.
    pub email: String,
    /// Its role.
    pub role: Role,
    /// The chosen profile; a new account has one from the start.
    pub profile: Option<ProfileId>,
    /// Whether the address was confirmed by the mail that went there.
    #[serde(default)]
    pub verified: bool,
}

/// `POST /v1/auth/verify-email`, with the token of the mail: 204.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailToken {
    /// The token, good once and for a day.
    pub token: String,
}

/// `POST /v1/auth/password/forgot`: 202, whether or not there is such an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The address of the account.
    pub email: String,
}

/// `POST /v1/auth/password/reset`, with the token of the mail: 204; every session of the account ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The token, good once and for an hour.
    pub token: String,
    /// The new password, 8 to 128 characters, and none that is common.
    pub password: String,
}

/// `PUT /v1/auth/password`, signed in: 204; every other session of the account ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    pub password: String,
    /// The new one, 8 to 128 characters, and none that is common.
    pub new_password: String,
}

/// `PUT /v1/auth/email`, signed in: 202; the new address counts once its mail was answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    /// The account's password.
    pub password: String,
    /// The new address.
    pub email: String,
}

/// `PUT /v1/auth/pin`, signed in: takes the PIN from a profile whose holder has forgotten it; 204.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PinReset {
    /// The account's password.
    pub password: String,
    /// The profile.
    pub profile: ProfileId,
}

/// `PUT /v1/auth/language`, signed in: the language of what is sent to the account; 204.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LanguageChange {
    /// `en` or `de`.
    pub language: String,
}

/// `GET /v1/auth/sessions`: where the account is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sessions {
    /// The sessions, latest first, at most [`MAX_SESSIONS`].
    pub sessions: Vec<SignedIn>,
}

/// The most sessions that are listed.
pub const MAX_SESSIONS: u32 = 100;

/// One session of an account. `DELETE /v1/auth/sessions/{id}` ends it, `DELETE /v1/auth/sessions`
/// all others; what is ended is refused within 5 s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedIn {
    /// Its id.
    pub id: SessionId,
    /// The device, as a person would call it: `Firefox on Linux`.
    pub device: String,
    /// The country it was last seen in (ISO 3166-1 alpha-2), where that is known.
    pub country: Option<String>,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When its tokens were last renewed, RFC 3339.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `GET /v1/accounts?email=`, for owners: the account of an address, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accounts {
    /// None or one.
    pub accounts: Vec<AccountSummary>,
}

/// An account, as owners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountSummary {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether the address was confirmed.
    pub verified: bool,
    /// Its role.
    pub role: Role,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// `PUT /v1/accounts/{id}/role`, by an owner; answered with the [`AccountSummary`]. It takes effect within
/// 5 s. The last owner who can sign in stays one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The role from now on.
    pub role: Role,
}

/// The claims of an access token (RFC 7519, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The account.
    pub sub: AccountId,
    /// The session.
    pub sid: SessionId,
    /// The profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// The role.
    pub role: Role,
    /// Up to which age the profile is shown what is rated; none without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<u8>,
    /// When it was made, in Unix seconds.
    pub iat: u64,
    /// When it expires, in Unix seconds.
    pub exp: u64,
}

/// `GET /v1/auth/jwks`: the public keys (RFC 7517).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Jwks {
    /// The keys; the newest signs.
    pub keys: Vec<Jwk>,
}

/// An Ed25519 public key (RFC 8037, section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub use_: String,
    /// Names the key in a token's header.
    pub kid: String,
    /// The key, base64url without padding.
    pub x: String,
}

/// `GET /_reel/sessions/{sid}`, asked by `authenticate` alone: a [`LiveSession`] while the session
/// lives, 404 once it was revoked or has expired.
pub const SESSION_PATH: &str = "/_reel/sessions/";

/// What a living session may do now, whatever its tokens said when they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveSession {
    /// The account's role.
    pub role: Role,
}

impl<T: Transport> Client<T> {
    /// Makes an account and signs in.
    pub async fn sign_up(&self, credentials: &Credentials) -> Result<Tokens, CallError> {
        self.post("/v1/auth/sign-up", credentials).await
    }

    /// Signs in.
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<Tokens, CallError> {
        self.post("/v1/auth/sign-in", credentials).await
    }

    /// A new access token, and a new refresh token in place of the old one.
    pub async fn refresh(&self, refresh: &Refresh) -> Result<Tokens, CallError> {
        self.post("/v1/auth/refresh", refresh).await
    }

    /// A token for the holder of the operator key.
    pub async fn token_for_key(&self, grant: &KeyGrant) -> Result<Tokens, CallError> {
        self.post("/v1/auth/token", grant).await
    }

    /// What a session may do now.
    ///
    /// # Errors
    /// A 404 problem once it has ended.
    pub async fn session(&self, session: SessionId) -> Result<LiveSession, CallError> {
        self.get(&format!("{SESSION_PATH}{session}")).await
    }

    /// The account of an address.
    pub async fn account_of(&self, email: &str) -> Result<Option<AccountSummary>, CallError> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("email", email).finish();
        let found: Accounts = self.get(&format!("/v1/accounts?{query}")).await?;
        Ok(found.accounts.into_iter().next())
    }

    /// Gives an account a role.
    pub async fn set_role(&self, account: AccountId, role: Role) -> Result<AccountSummary, CallError> {
        self.put(&format!("/v1/accounts/{account}/role"), &RoleChange { role }).await
    }

    /// The public keys.
    pub async fn jwks(&self) -> Result<Jwks, CallError> {
        self.get("/v1/auth/jwks").await
    }
}
