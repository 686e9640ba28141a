//! Passkeys (Web Authentication, level 3), as `auth` offers them and as browsers write them in JSON
//! (`PublicKeyCredential.toJSON()`, section 5.1). All bytes are base64url without padding.

use serde::{Deserialize, Serialize};

/// For how long a challenge is good, in milliseconds.
pub const CHALLENGE_MS: u64 = 5 * 60 * 1_000;
/// The most passkeys of an account.
pub const MAX_PASSKEYS: usize = 20;

/// `POST /v1/auth/passkeys/registration`, signed in: begins to add a passkey. Answered with [`CreationOptions`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginRegistration {
    /// The account's password, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// `POST /v1/auth/passkeys`, signed in: adds the passkey that the browser made; answered with a [`Passkey`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What it is called, 1 to 40 characters.
    pub name: String,
    /// What the browser made.
    pub credential: Attested,
}

/// `PUT /v1/auth/passkeys/{id}`: calls a passkey otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// What it is called, 1 to 40 characters.
    pub name: String,
}

/// A passkey of the account. `DELETE /v1/auth/passkeys/{id}` takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Passkey {
    /// The credential's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was added, RFC 3339.
    pub created_at: String,
    /// When it was used last, RFC 3339; none before the first time.
    pub used_at: Option<String>,
}

/// `GET /v1/auth/passkeys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Passkeys {
    /// All of the account's, at most [`MAX_PASSKEYS`].
    pub passkeys: Vec<Passkey>,
}

/// `POST /v1/auth/passkeys/sign-in`: answered with tokens, as a sign-in with a password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// What the passkey answered.
    pub credential: Assertion,
    /// True in a browser: the refresh token comes as a cookie instead of in the answer.
    #[serde(default)]
    pub cookie: bool,
}

/// What a browser is asked to make (section 5.4): `navigator.credentials.create({ publicKey:
/// PublicKeyCredential.parseCreationOptionsFromJSON(…) })`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// Who asks.
    pub rp: RelyingParty,
    /// Whom it is for.
    pub user: PasskeyUser,
    /// To be signed.
    pub challenge: String,
    /// Algorithms, the best first.
    pub pub_key_cred_params: Vec<Parameter>,
    /// In milliseconds.
    pub timeout: u64,
    /// What the account has already.
    pub exclude_credentials: Vec<Descriptor>,
    /// Which authenticators will do.
    pub authenticator_selection: Selection,
    /// `none`: where a key comes from is not asked.
    pub attestation: String,
}

/// Who asks for a passkey (section 5.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RelyingParty {
    /// The host of the pages.
    pub id: String,
    /// For a person.
    pub name: String,
}

/// Whom a passkey is for (section 5.4.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PasskeyUser {
    /// The account.
    pub id: String,
    /// Its address.
    pub name: String,
    /// Its address.
    pub display_name: String,
}

/// An algorithm (section 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parameter {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number at IANA (COSE): -8 EdDSA, -7 ES256.
    pub alg: i32,
}

/// A credential, by its id (section 5.8.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Descriptor {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id.
    pub id: String,
}

/// Which authenticators will do (section 5.4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// `required`: it is found without being named, so that no address is typed to sign in.
    pub resident_key: String,
    /// `required`: a finger, a face or a PIN.
    pub user_verification: String,
}

/// `POST /v1/auth/passkeys/challenge`: what a browser is asked to sign (section 5.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// To be signed.
    pub challenge: String,
    /// In milliseconds.
    pub timeout: u64,
    /// The host of the pages.
    pub rp_id: String,
    /// `required`.
    pub user_verification: String,
}

/// A new credential (`RegistrationResponseJSON`). What browsers add besides is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attested {
    /// The credential's id.
    pub id: String,
    /// What was made.
    pub response: Attestation,
}

/// What was made (`AuthenticatorAttestationResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attestation {
    /// What the browser saw, as JSON.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// What the authenticator made, as CBOR.
    #[serde(rename = "attestationObject")]
    pub attestation_object: String,
}

/// An answer to a challenge (`AuthenticationResponseJSON`). What browsers add besides is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assertion {
    /// The credential's id.
    pub id: String,
    /// What was signed.
    pub response: Signed,
}

/// What was signed (`AuthenticatorAssertionResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    /// What the browser saw, as JSON.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// What the authenticator says.
    pub authenticator_data: String,
    /// Over both.
    pub signature: String,
    /// The account, as it was named when the passkey was made.
    #[serde(default)]
    pub user_handle: Option<String>,
}
