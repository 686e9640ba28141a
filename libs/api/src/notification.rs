//! `notification`: what people are told, by e-mail, by push and in their inbox.

use crate::{AccountId, CallError, Client, Transport};
use serde::{Deserialize, Serialize};

/// `PUT /_reel/contacts/{account}` with a [`Contact`], asked by `auth` alone; `DELETE` forgets
/// everything about the account.
pub const CONTACTS_PATH: &str = "/_reel/contacts/";
/// `POST /_reel/notices` with a [`Notice`], asked by other functions.
pub const NOTICES_PATH: &str = "/_reel/notices";

/// Where an account is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its e-mail address.
    pub email: String,
    /// Whether its holder has shown that the address is theirs; others get no news, only [`News::VerifyEmail`].
    pub verified: bool,
    /// The language of what is sent, a BCP 47 tag such as `en`.
    pub language: String,
}

/// Something that a person is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Names it: a second notice of the same key is accepted and told to nobody. 1 to 200 bytes.
    pub key: String,
    /// Whom it is for.
    pub account: AccountId,
    /// What it is.
    pub news: News,
}

/// What a person is told. Links are paths of the pages, such as `#/verify/TOKEN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// The account is new.
    Welcome,
    /// The holder of an address is asked whether it is theirs. Goes to this address alone.
    VerifyEmail {
        /// The address.
        email: String,
        /// Where it is confirmed.
        link: String,
    },
    /// A new password may be chosen.
    ResetPassword {
        /// Where.
        link: String,
    },
    /// The address is another one from now on. Goes to the one before.
    EmailChanged {
        /// The address before.
        before: String,
    },
    /// The password is another one from now on.
    PasswordChanged,
    /// Somebody signed in on a device that was not known.
    NewSignIn {
        /// The device, as a person would call it: `Firefox on Linux`.
        device: String,
        /// When, RFC 3339.
        at: String,
    },
    /// A payment failed.
    PaymentFailed {
        /// How much, in minor units of the currency.
        amount: i64,
        /// ISO 4217, in upper case.
        currency: String,
        /// When it is tried again, RFC 3339; none when it is not.
        next_attempt: Option<String>,
    },
    /// There is a new episode of a series that the viewer follows.
    NewEpisode {
        /// The series' name.
        series: String,
        /// The episode's name.
        episode: String,
        /// Where it is watched.
        link: String,
    },
    /// Something was begun and not watched to its end.
    ContinueWatching {
        /// The title's name.
        title: String,
        /// Where it goes on.
        link: String,
    },
    /// The account and all about it is gone. Goes to this address alone.
    AccountDeleted {
        /// The address.
        email: String,
        /// The language.
        language: String,
    },
}

impl<T: Transport> Client<T> {
    /// Tells a person something, once for each key. It is durable when this returns.
    pub async fn notify(&self, notice: &Notice) -> Result<(), CallError> {
        self.post(NOTICES_PATH, notice).await
    }
}
