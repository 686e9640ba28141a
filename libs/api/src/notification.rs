//! `notification`: what people are told, by e-mail, by push and in their inbox.

use crate::{AccountId, CallError, Client, NoticeId, ProfileId, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// `PUT /_reel/contacts/{account}` with a [`Contact`], asked by `auth` alone; `DELETE` forgets
/// everything about the account, as `DELETE /_reel/accounts/{account}` does.
pub const CONTACTS_PATH: &str = "/_reel/contacts/";
/// `POST /_reel/notices` with a [`Notice`], asked by other functions.
pub const NOTICES_PATH: &str = "/_reel/notices";

/// The longest [`Notice::key`], in bytes.
pub const MAX_KEY: usize = 200;

/// Where an account is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its e-mail address.
    pub email: String,
    /// Whether its holder has shown that the address is theirs; others get no letters but those without which
    /// they could not show it, [`News::VerifyEmail`] and [`News::ResetPassword`].
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

impl News {
    /// What it is about.
    pub fn topic(&self) -> Topic {
        match self {
            Self::VerifyEmail { .. }
            | Self::ResetPassword { .. }
            | Self::EmailChanged { .. }
            | Self::PasswordChanged
            | Self::NewSignIn { .. }
            | Self::AccountDeleted { .. } => Topic::Security,
            Self::PaymentFailed { .. } => Topic::Billing,
            Self::Welcome => Topic::Account,
            Self::NewEpisode { .. } => Topic::Episodes,
            Self::ContinueWatching { .. } => Topic::Reminders,
        }
    }
}

/// What news is about, by which people choose what they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Who can get into the account. Letters about it cannot be ended.
    Security,
    /// Money. Letters about it cannot be ended.
    Billing,
    /// The account otherwise.
    Account,
    /// New episodes.
    Episodes,
    /// What was begun and not watched to its end.
    Reminders,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] = [Self::Security, Self::Billing, Self::Account, Self::Episodes, Self::Reminders];

    /// Whether letters about it cannot be ended, and are not counted against those of a day.
    pub fn is_vital(self) -> bool {
        matches!(self, Self::Security | Self::Billing)
    }
}

/// `GET /v1/inbox?cursor=&language=`: what the account was told, latest first. `language` is a BCP 47 tag; without
/// it, the account's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inbox {
    /// Some notices.
    pub notices: Vec<InboxNotice>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// A notice in the inbox. `POST /v1/inbox/{id}/read` marks it as read, `DELETE /v1/inbox/{id}` deletes it; both
/// may be repeated. `POST /v1/inbox/read` marks all as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InboxNotice {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub topic: Topic,
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub text: String,
    /// Where it leads, relative to the platform's base URL.
    pub link: Option<String>,
    /// When it was told, RFC 3339.
    pub at: String,
    /// Whether it was read.
    pub read: bool,
}

/// `GET /v1/inbox/unread`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unread {
    /// How many notices were not read, at most [`MAX_UNREAD`]: there may be more than so many.
    pub unread: u32,
}

/// The most that an [`Unread`] counts.
pub const MAX_UNREAD: u32 = 100;

/// A way to reach people besides their inbox, in which everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By Web Push.
    Push,
}

/// `GET /v1/notifications/preferences`, and the answer of `PUT`: what an account is told about, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preferences {
    /// The language of what is sent, a BCP 47 tag; none for the account's.
    pub language: Option<String>,
    /// Every topic.
    pub topics: Vec<TopicPreference>,
    /// Grows with each change; send it back with one.
    pub version: u64,
}

/// How an account is told about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicPreference {
    /// The topic.
    pub topic: Topic,
    /// Whether by e-mail.
    pub email: bool,
    /// Whether by push.
    pub push: bool,
    /// Whether letters about it cannot be ended.
    pub vital: bool,
}

/// `PUT /v1/notifications/preferences`: what is to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PreferencesChange {
    /// The language of what is sent, a BCP 47 tag; none for the account's.
    #[serde(default)]
    pub language: Option<String>,
    /// Topics; those that are not named stay as they are.
    pub topics: Vec<TopicChoice>,
    /// The version that was read.
    pub version: u64,
}

/// How an account is to be told about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TopicChoice {
    /// The topic.
    pub topic: Topic,
    /// Whether by e-mail; true for a vital one.
    pub email: bool,
    /// Whether by push.
    pub push: bool,
}

/// `POST /v1/push/subscriptions`: a browser that is to be pushed to, as its `PushSubscription.toJSON()` says.
/// Answered with a [`Subscribed`]; the same again is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushSubscription {
    /// Where messages for it are sent: an https URL of its push service.
    pub endpoint: String,
    /// Its keys.
    pub keys: PushKeys,
}

/// The keys of a [`PushSubscription`], in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushKeys {
    /// Its public key.
    pub p256dh: String,
    /// The secret that it shares with who sends to it.
    pub auth: String,
}

/// The most browsers of an account that are pushed to; a further one takes the place of the oldest.
pub const MAX_SUBSCRIPTIONS: usize = 10;

/// A browser is pushed to. `DELETE /v1/push/subscriptions/{id}` ends it, and may be repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subscribed {
    /// What it is called.
    pub id: String,
}

/// `GET /v1/push/key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushKey {
    /// What a browser subscribes for (`applicationServerKey`), in base64url; none where nothing is pushed.
    pub key: Option<String>,
}

/// `POST /v1/notifications/deliveries`, by an operator: delivers what is due now, as happens by itself every five
/// minutes, and answers what was done. It is also the output of the task that does so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivered {
    /// How much was done.
    pub done: u32,
    /// Whether there is more.
    pub more: bool,
}

/// `GET /_reel/accounts/{account}/export`: all that is kept of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Where it is reached.
    pub contact: Option<Contact>,
    /// What it is told about.
    pub preferences: Preferences,
    /// The push services of the browsers that it is pushed to.
    pub subscriptions: Vec<PushSubscription>,
    /// What it was told, oldest first.
    pub told: Vec<Told>,
    /// What it has begun to watch and may be reminded of.
    pub begun: Vec<Begun>,
}

/// Something that an account was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When, RFC 3339.
    pub at: String,
    /// What.
    pub news: News,
}

/// A title that a profile has begun and not watched to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The profile.
    pub profile: ProfileId,
    /// The title.
    pub title_id: TitleId,
    /// When it was watched last, RFC 3339.
    pub at: String,
}

impl<T: Transport> Client<T> {
    /// Tells a person something, once for each key. It is durable when this returns.
    pub async fn notify(&self, notice: &Notice) -> Result<(), CallError> {
        self.post(NOTICES_PATH, notice).await
    }

    /// Tells where an account is reached.
    pub async fn set_contact(&self, account: AccountId, contact: &Contact) -> Result<(), CallError> {
        self.put(&format!("{CONTACTS_PATH}{account}"), contact).await
    }
}
