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
    /// 8 to 128 characters.
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

/// `GET /_reel/sessions/{sid}`, asked by `authenticate` alone: 204 while the session
/// lives, 404 once it was revoked or has expired.
pub const SESSION_PATH: &str = "/_reel/sessions/";

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

    /// The public keys.
    pub async fn jwks(&self) -> Result<Jwks, CallError> {
        self.get("/v1/auth/jwks").await
    }
}
