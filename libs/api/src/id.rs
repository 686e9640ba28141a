//! Ids: UUIDs of version 7, one type for each kind of thing.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::{Timestamp, Uuid};

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {kind} id: a UUID such as 018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f")]
pub struct IdError {
    kind: &'static str,
    text: String,
}

/// The name space of pseudonyms.
const PSEUDONYMS: Uuid = Uuid::from_u128(0x5e1d_9f1c_52a4_5c0e_9d5b_7a6b_3f0e_21c4);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name(Uuid);

        impl $name {
            /// A new id of this time (Unix milliseconds) and these random bytes
            /// (RFC 9562, section 5.7).
            pub fn new(now: crate::Millis, random: &[u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(now, random).into_uuid())
            }

            /// When the id was made, in Unix milliseconds; 0 for an id of another version.
            pub fn made_at(&self) -> crate::Millis {
                self.0.get_timestamp().as_ref().map_or(0, millis)
            }

            /// The id of these 16 bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Another id that stands for this one where nobody needs to know whose it is: always the
            /// same, and of no use to who does not have this one already (UUID of version 5; RFC 9562,
            /// section 5.5). It tells no time.
            pub fn pseudonym(&self) -> Self {
                Self(Uuid::new_v5(&PSEUDONYMS, self.0.as_bytes()))
            }

            /// The id's 16 bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError { kind: $kind, text: text.chars().take(64).collect() })
            }
        }
    };
}

fn millis(timestamp: &Timestamp) -> crate::Millis {
    let (seconds, nanos) = timestamp.to_unix();
    seconds * 1_000 + u64::from(nanos) / 1_000_000
}

id!(
    /// A person's account.
    AccountId, "an account"
);
id!(
    /// One viewer of an account.
    ProfileId, "a profile"
);
id!(
    /// One sign-in, from the first token to the last refresh.
    SessionId, "a session"
);
id!(
    /// A film or an episode.
    TitleId, "a title"
);
id!(
    /// One encoding of a title; publishing again makes a new one.
    RevisionId, "a revision"
);
id!(
    /// An event, by which doubles are recognised.
    EventId, "an event"
);
id!(
    /// One play of a title, from its start to its end; made when it starts, so that it
    /// tells when that was.
    PlayId, "a play"
);

id!(
    /// A test of pictures of a title; made when it starts.
    ExperimentId, "an experiment"
);
id!(
    /// A choice of a title for a place that explores; made when it is taken.
    DecisionId, "a decision"
);
id!(
    /// Something that a person was told; made when it was.
    NoticeId, "a notice"
);

id!(
    /// What was asked of the payment provider; made before it is asked.
    IntentId, "an intent"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time_and_survives_its_text() {
        let id = TitleId::new(1_700_000_000_123, &[7; 10]);
        assert_eq!(id.made_at(), 1_700_000_000_123);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_pseudonym_is_always_the_same_and_tells_nothing() {
        let (id, other) = (ProfileId::new(1_700_000_000_123, &[7; 10]), ProfileId::new(1_700_000_000_123, &[8; 10]));
        assert_eq!(id.pseudonym(), id.pseudonym());
        assert!(id.pseudonym() != id && id.pseudonym() != other.pseudonym() && id.pseudonym().made_at() == 0);
    }

    #[test]
    fn what_is_no_id_is_named() {
        let error = "tt1234".parse::<TitleId>().unwrap_err().to_string();
        assert!(error.contains("tt1234") && error.contains("title"), "{error}");
    }
}
