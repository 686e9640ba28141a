//! The requests, answers, routes and clients of every function, written once.
//!
//! One module per function: the types of its requests and answers, and a typed client
//! over a [`Transport`], which functions, the command line and the tests share.
//! Times are Unix milliseconds ([`Millis`]) in rows and events and RFC 3339 in answers.
#![deny(missing_docs)]

pub mod account;
pub mod analytics;
pub mod archive;
pub mod audit;
pub mod auth;
pub mod availability;
pub mod billing;
pub mod catalogue;
pub mod content;
pub mod encoding;
pub mod events;
pub mod experiment;
pub mod history;
pub mod id;
pub mod ingest;
pub mod internal;
pub mod license;
pub mod media_type;
pub mod moment;
pub mod notification;
pub mod passkey;
pub mod playback;
pub mod principal;
pub mod problem;
pub mod ranking;
pub mod recommendation;
pub mod search;
pub mod steering;
pub mod streams;
pub mod transport;
pub mod user;

pub use id::{
    AccountId, DecisionId, EventId, ExperimentId, IntentId, NoticeId, PlayId, ProfileId, RevisionId, SessionId, TitleId,
};
pub use principal::{Principal, Role};
pub use problem::Problem;
pub use transport::{CallError, Client, OnBehalf, Transport};

/// Unix time in milliseconds.
pub type Millis = u64;

/// A Unix time as RFC 3339 text in UTC, with milliseconds, as answers carry it.
pub fn rfc3339(at: Millis) -> String {
    let nanos = i128::from(at) * 1_000_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|t| t.format(&time::format_description::well_known::Rfc3339).ok())
        .unwrap_or_default()
}

/// The Unix time that an RFC 3339 text names; none when it is not one, or before 1970.
pub fn from_rfc3339(text: &str) -> Option<Millis> {
    let at = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    Millis::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}
