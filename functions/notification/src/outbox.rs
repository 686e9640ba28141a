//! A notice on its way, as it is stored: what is to be delivered, and what was.

use reel_api::notification::{Contact, News, Notice};
use reel_api::{AccountId, Millis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MINUTE_MS: Millis = 60 * 1_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;
/// The first look after a notice whose delivery was cut short.
pub(crate) const FIRST_LOOK_MS: Millis = MINUTE_MS;
/// The longest pause between two tries.
const MAX_PAUSE_MS: Millis = 6 * HOUR_MS;
/// For how long a delivery is tried: three days.
const PATIENCE_MS: Millis = 72 * HOUR_MS;
/// For how long a notice is known by its key: 180 days.
pub(crate) const KNOWN_MS: Millis = 180 * 24 * HOUR_MS;

/// A notice that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    /// What it tells; forgotten once there is nothing left to deliver, for it may hold addresses and secret links.
    pub(crate) news: Option<News>,
    /// When it was accepted.
    pub(crate) at: Millis,
    /// What is delivered.
    pub(crate) deliveries: Vec<Delivery>,
    /// How often it was tried without an end.
    pub(crate) tries: u32,
    /// When it is looked at again; none once there is nothing left to deliver.
    pub(crate) due: Option<Millis>,
}

/// One message of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) channel: Channel,
    pub(crate) state: State,
}

/// How a message travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    /// By e-mail.
    Email,
    /// By push, to the browser of this name.
    Push(String),
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It was not handed over, or it is not known whether it was.
    Pending,
    /// It was handed over: the outbox of the host has it.
    Submitted,
    /// It cannot be delivered.
    GivenUp,
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Submitted,
    /// It may work later.
    Later(String),
    /// It never will.
    Never(String),
}

/// The name of a notice among those of its account, by its key.
pub(crate) fn name(key: &str) -> String {
    hex::encode(&Sha256::digest(key)[..16])
}

impl Outgoing {
    pub(crate) fn new(notice: &Notice, channels: Vec<Channel>, now: Millis) -> Self {
        let pending = |channel| Delivery { channel, state: State::Pending };
        let deliveries: Vec<_> = channels.into_iter().map(pending).collect();
        let due = (!deliveries.is_empty()).then(|| now + FIRST_LOOK_MS);
        let news = due.map(|_| notice.news.clone());
        Self { news, at: now, deliveries, tries: 0, due }
    }

    /// What is left to be delivered.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter().filter(|delivery| delivery.state == State::Pending)
    }

    /// The notice after some tries, of the deliveries that were pending, in their order.
    pub(crate) fn after(mut self, outcomes: Vec<Outcome>, now: Millis) -> Self {
        let expired = now.saturating_sub(self.at) >= PATIENCE_MS;
        let pending = self.deliveries.iter_mut().filter(|delivery| delivery.state == State::Pending);
        for (delivery, outcome) in pending.zip(outcomes) {
            delivery.state = match outcome {
                Outcome::Submitted => State::Submitted,
                Outcome::Never(_) => State::GivenUp,
                Outcome::Later(_) if expired => State::GivenUp,
                Outcome::Later(_) => State::Pending,
            };
        }
        self.tries += 1;
        match self.pending().count() {
            0 => (self.due, self.news) = (None, None),
            _ => self.due = Some(now + pause(self.tries)),
        }
        self
    }
}

/// How long to wait after so many tries: twice as long each time.
fn pause(tries: u32) -> Millis {
    (MINUTE_MS << tries.min(16)).min(MAX_PAUSE_MS)
}

/// Under what the host's outbox knows a message, so that it is submitted once: nobody can tell from it whom it was for.
pub(crate) fn idempotency_key(account: AccountId, name: &str, channel: &Channel) -> String {
    let channel = match channel {
        Channel::Email => "email",
        Channel::Push(browser) => browser,
    };
    hex::encode(Sha256::digest(format!("{account}/{name}/{channel}")))
}

/// Where a letter goes: to the address that the news names, else to the contact.
///
/// # Errors
/// What keeps it from being sent.
pub(crate) fn addressee(news: &News, contact: Option<&Contact>) -> Result<String, Outcome> {
    match (news, contact) {
        (News::VerifyEmail { email, .. } | News::AccountDeleted { email, .. }, _) => Ok(email.clone()),
        (News::EmailChanged { before }, _) => Ok(before.clone()),
        (_, None) => Err(Outcome::Later("nobody has told where the account is reached".into())),
        (News::ResetPassword { .. }, Some(contact)) => Ok(contact.email.clone()),
        (_, Some(contact)) if contact.verified => Ok(contact.email.clone()),
        (_, Some(_)) => Err(Outcome::Never("the address was not shown to be theirs".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing(at: Millis) -> Outgoing {
        let notice = Notice { key: "k".into(), account: AccountId::new(1, &[1; 10]), news: News::Welcome };
        Outgoing::new(&notice, vec![Channel::Email, Channel::Email], at)
    }

    #[test]
    fn what_failed_is_tried_again_later_and_later_and_given_up_after_three_days() {
        let (mut outgoing, mut now, mut pauses) = (outgoing(0), FIRST_LOOK_MS, Vec::new());
        while let Some(due) = outgoing.due {
            assert!(outgoing.news.is_some());
            now = due;
            let left = outgoing.pending().count();
            outgoing = outgoing.after(vec![Outcome::Later("x".into()); left], now);
            pauses.extend(outgoing.due.map(|due| (due - now) / MINUTE_MS));
        }
        assert_eq!(pauses[..9], [2, 4, 8, 16, 32, 64, 128, 256, 360]);
        assert!((PATIENCE_MS..PATIENCE_MS + 2 * MAX_PAUSE_MS).contains(&now), "{now}");
        assert!(outgoing.news.is_none() && outgoing.deliveries.iter().all(|d| d.state == State::GivenUp));
    }

    #[test]
    fn what_was_submitted_is_not_tried_again() {
        let outgoing = outgoing(0).after(vec![Outcome::Submitted, Outcome::Later("x".into())], 1);
        assert_eq!(outgoing.pending().count(), 1);
        let outgoing = outgoing.after(vec![Outcome::Submitted], 2);
        assert_eq!((outgoing.due, outgoing.news), (None, None));
        assert!(outgoing.deliveries.iter().all(|delivery| delivery.state == State::Submitted));
    }

    #[test]
    fn letters_go_to_addresses_that_are_their_holders() {
        let contact = |verified| Contact { email: "a@b".into(), verified, language: "en".into() };
        let link = || "#/".to_owned();
        let to = |news: &News, contact: Option<Contact>| addressee(news, contact.as_ref());
        assert_eq!(to(&News::Welcome, Some(contact(true))), Ok("a@b".into()));
        assert!(matches!(to(&News::Welcome, Some(contact(false))), Err(Outcome::Never(_))));
        assert!(matches!(to(&News::Welcome, None), Err(Outcome::Later(_))));
        assert_eq!(to(&News::ResetPassword { link: link() }, Some(contact(false))), Ok("a@b".into()));
        let other = "c@d".to_owned();
        for news in [
            News::VerifyEmail { email: other.clone(), link: link() },
            News::EmailChanged { before: other.clone() },
            News::AccountDeleted { email: other.clone(), language: "de".into() },
        ] {
            assert_eq!(to(&news, Some(contact(true))), Ok(other.clone()));
        }
    }

    #[test]
    fn a_message_has_a_key_of_its_own() {
        let [a, b] = [1, 2].map(|n| AccountId::new(n, &[1; 10]));
        let key = |account, key| idempotency_key(account, &name(key), &Channel::Email);
        assert_eq!(key(a, "k"), key(a, "k"));
        assert!(key(a, "k") != key(b, "k") && key(a, "k") != key(a, "l"));
        assert!(!key(a, "k").contains(&a.to_string()));
    }
}
