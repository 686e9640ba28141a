//! How some news reaches an account: which messages are sent now, and what waits for the digest.

use crate::outbox::Channel;
use crate::preferences::Choice;
use reel_api::notification::{self as api, Contact, News, Topic};
use reel_sdk::{Problem, config};
use serde::{Deserialize, Serialize};

/// How many messages an account is sent on a day (UTC), not counting what is vital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caps {
    pub(crate) letters: u32,
    pub(crate) pushes: u32,
}

impl Caps {
    /// As `notification.letters-per-day` and `notification.pushes-per-day` say.
    pub(crate) fn configured() -> Result<Self, Problem> {
        Ok(Self {
            letters: config::get_parsed("notification.letters-per-day")?.unwrap_or(3),
            pushes: config::get_parsed("notification.pushes-per-day")?.unwrap_or(5),
        })
    }
}

/// How many messages an account was sent on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) letters: u32,
    pub(crate) pushes: u32,
}

/// What is known of an account when there is news for it.
pub(crate) struct Known<'a> {
    pub(crate) contact: Option<&'a Contact>,
    pub(crate) choice: &'a Choice,
    /// The names of the browsers that are pushed to.
    pub(crate) subscriptions: &'a [String],
    pub(crate) sent: Sent,
    pub(crate) caps: Caps,
}

/// What follows from some news.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The messages that are sent now.
    pub(crate) channels: Vec<Channel>,
    /// Whether it waits for the digest in place of a letter.
    pub(crate) held_back: bool,
    /// How many messages the account will have been sent.
    pub(crate) sent: Sent,
}

/// Plans how some news is told.
pub(crate) fn plan(news: &News, known: &Known<'_>) -> Plan {
    let topic = news.topic();
    let mut plan = Plan { channels: Vec::new(), held_back: false, sent: known.sent };
    if is_written(news, topic, known) {
        match topic.is_vital() || known.sent.letters < known.caps.letters {
            true => plan.channels.push(Channel::Email),
            false => plan.held_back = true,
        }
    }
    let room = topic.is_vital() || known.sent.pushes < known.caps.pushes;
    let pushed = is_for_everybody_signed_in(news) && known.choice.wants(topic, api::Channel::Push) && room;
    if pushed {
        plan.channels.extend(known.subscriptions.iter().cloned().map(Channel::Push));
    }
    if !topic.is_vital() {
        plan.sent.letters += u32::from(plan.channels.contains(&Channel::Email));
        plan.sent.pushes += u32::from(pushed && !known.subscriptions.is_empty());
    }
    plan
}

/// Whether a letter is due. To an address that was not shown to be theirs goes only what shows it; where nothing is
/// known of the address yet, the letter waits for it.
fn is_written(news: &News, topic: Topic, known: &Known<'_>) -> bool {
    let shows_it = matches!(
        news,
        News::VerifyEmail { .. } | News::ResetPassword { .. } | News::EmailChanged { .. } | News::AccountDeleted { .. }
    );
    let theirs = known.contact.is_none_or(|contact| contact.verified);
    known.choice.wants(topic, api::Channel::Email) && (theirs || shows_it)
}

/// Whether whoever is signed in may see it; else it is for the holder of an address alone.
pub(crate) fn is_for_everybody_signed_in(news: &News) -> bool {
    !matches!(news, News::VerifyEmail { .. } | News::ResetPassword { .. } | News::AccountDeleted { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps { letters: 2, pushes: 1 };

    fn reminder() -> News {
        News::ContinueWatching { title: "Dark".into(), link: "#/".into() }
    }

    fn planned(news: &News, verified: bool, sent: Sent) -> Plan {
        let contact = Contact { email: "a@b".into(), verified, language: "en".into() };
        let subscriptions = ["x".to_owned(), "y".to_owned()];
        let choice = Choice::default();
        plan(news, &Known { contact: Some(&contact), choice: &choice, subscriptions: &subscriptions, sent, caps: CAPS })
    }

    fn both() -> Vec<Channel> {
        vec![Channel::Email, Channel::Push("x".into()), Channel::Push("y".into())]
    }

    #[test]
    fn a_day_has_so_many_letters_and_pushes_then_the_digest_has_it() {
        let first = planned(&reminder(), true, Sent::default());
        assert_eq!((&first.channels, first.held_back), (&both(), false));
        let second = planned(&reminder(), true, first.sent);
        assert_eq!((&second.channels[..], second.held_back), (&[Channel::Email][..], false));
        let third = planned(&reminder(), true, second.sent);
        assert_eq!((&third.channels[..], third.held_back, third.sent), (&[][..], true, second.sent));
    }

    #[test]
    fn what_is_vital_is_told_at_once_and_is_not_counted() {
        let full = Sent { letters: 9, pushes: 9 };
        let plan = planned(&News::PasswordChanged, true, full);
        assert_eq!((plan.channels, plan.held_back, plan.sent), (both(), false, full));
    }

    #[test]
    fn an_address_that_was_not_shown_to_be_theirs_gets_only_what_shows_it() {
        let link = || "#/".to_owned();
        assert_eq!(planned(&News::Welcome, false, Sent::default()).channels, both()[1..]);
        let verify = News::VerifyEmail { email: "a@b".into(), link: link() };
        for news in [verify, News::ResetPassword { link: link() }] {
            assert_eq!(planned(&news, false, Sent::default()).channels, [Channel::Email]);
        }
    }

    #[test]
    fn what_proves_an_address_or_opens_an_account_is_for_the_holder_of_the_address_alone() {
        let (email, link) = (|| "a@b".to_owned(), || "#/".to_owned());
        assert!(is_for_everybody_signed_in(&News::PasswordChanged));
        for news in [
            News::VerifyEmail { email: email(), link: link() },
            News::ResetPassword { link: link() },
            News::AccountDeleted { email: email(), language: "en".into() },
        ] {
            assert!(!is_for_everybody_signed_in(&news), "{news:?}");
            assert_eq!(planned(&news, true, Sent::default()).channels, [Channel::Email]);
        }
    }
}
