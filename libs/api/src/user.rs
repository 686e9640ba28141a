//! `user`: the profiles of an account, and what each of them keeps.

use crate::{AccountId, CallError, Client, ProfileId, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// The most profiles of an account.
pub const MAX_PROFILES: usize = 5;
/// The ages that titles are rated for, and so the limits that a profile may have.
pub const RATINGS: [u8; 5] = crate::availability::MATURITIES;
/// The highest limit of a profile for kids.
pub const KIDS_LIMIT: u8 = 12;

/// One viewer of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// What it is called, 1 to 40 characters.
    pub name: String,
    /// Which of the page's pictures stands for it.
    pub avatar: u8,
    /// Shows only what suits children; then there is a limit.
    pub kids: bool,
    /// Up to which age it is shown what is rated, one of [`RATINGS`]; none without a limit.
    #[serde(default)]
    pub maturity: Option<u8>,
    /// Whether it is chosen with a PIN.
    #[serde(default)]
    pub pin: bool,
    /// The language of its pages, a BCP 47 tag; none as the device has it.
    #[serde(default)]
    pub language: Option<String>,
    /// The language of its subtitles, a BCP 47 tag; none without subtitles.
    #[serde(default)]
    pub subtitles: Option<String>,
    /// Grows with each change; send it back with one.
    pub version: u64,
}

/// `POST /v1/profiles`, and `PUT /v1/profiles/{id}` with the version that was read. A profile with a limit
/// changes none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// What it is called.
    pub name: String,
    /// Which picture stands for it.
    #[serde(default)]
    pub avatar: u8,
    /// Shows only what suits children.
    #[serde(default)]
    pub kids: bool,
    /// One of [`RATINGS`]; of a profile for kids at most [`KIDS_LIMIT`], and 6 where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<u8>,
    /// The language of its pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The language of its subtitles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<String>,
    /// The version that this changes; needed with `PUT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// `PUT /v1/profiles/{id}/pin`: 204. Who has forgotten it sends the password to `PUT /v1/auth/pin`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PinChange {
    /// Four digits; none for no PIN any more.
    pub pin: Option<String>,
    /// The PIN as it is, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}

/// `GET /v1/profiles`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profiles {
    /// All of the account's, oldest first.
    pub profiles: Vec<Profile>,
}

/// `GET /v1/list?cursor=`: what the profile wants to watch, added last first. `PUT /v1/list/{title}` adds
/// a title, `DELETE` takes it away; doing either again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MyList {
    /// Some titles.
    pub titles: Vec<Listed>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// The most titles of a list.
pub const MAX_LISTED: usize = 1_000;

/// A title of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listed {
    /// The title.
    pub title_id: TitleId,
    /// Since when, RFC 3339.
    pub added_at: String,
}

/// `GET /_reel/followers/{title}?cursor=`, asked by `notification` alone: the profiles that have a title on their list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followers {
    /// Some profiles.
    pub followers: Vec<Follower>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// A profile that has a title on its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// Its account.
    pub account: AccountId,
    /// The profile.
    pub profile: ProfileId,
    /// Up to which age it is shown what is rated; none without a limit.
    pub maturity: Option<u8>,
}

/// Asked by `auth` alone: makes an account's first profile; the same call again
/// answers the same profile. `POST /_reel/accounts/{account}`, answered with a [`Profile`].
pub const FIRST_PROFILE_PATH: &str = "/_reel/accounts/";

/// Asked by `auth` alone: whether a session may go from one profile to another.
/// `POST /_reel/accounts/{account}/choice`, answered with the [`Profile`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// The profile that the session has.
    pub from: Option<ProfileId>,
    /// The profile that it is to have.
    pub to: ProfileId,
    /// The PIN that was given.
    pub pin: Option<String>,
}

impl<T: Transport> Client<T> {
    /// The account's profiles.
    pub async fn profiles(&self) -> Result<Profiles, CallError> {
        self.get("/v1/profiles").await
    }

    /// A page of the profiles that have a title on their list.
    pub async fn followers(&self, title: TitleId, cursor: Option<&str>) -> Result<Followers, CallError> {
        let more = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.get(&format!("/_reel/followers/{title}{more}")).await
    }

    /// Chooses a profile for a session.
    ///
    /// # Errors
    /// 403 `pin-needed` or `pin-wrong`, 404 when it is not the account's, 429 after too many wrong PINs.
    pub async fn choose(&self, account: AccountId, choice: &Choice) -> Result<Profile, CallError> {
        self.post(&format!("{FIRST_PROFILE_PATH}{account}/choice"), choice).await
    }

    /// Takes the PIN from a profile, for who has shown the account's password.
    pub async fn forget_pin(&self, account: AccountId, profile: ProfileId) -> Result<(), CallError> {
        self.delete(&format!("{FIRST_PROFILE_PATH}{account}/pins/{profile}")).await
    }
}
