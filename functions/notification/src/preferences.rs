//! What an account wants to be told about, and how. Everything but what it has switched off.

use crate::store::{MESSAGES, PREFERENCES, write};
use reel_api::AccountId;
use reel_api::media_type::expect_json;
use reel_api::notification::{Channel, Preferences, PreferencesChange, Topic, TopicChoice, TopicPreference};
use reel_sdk::table::{Change, Condition, Error};
use reel_sdk::{Problem, Request, Response};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How often a change begins again because another one was faster.
const ATTEMPTS: usize = 4;
/// The longest language tag (RFC 5646, section 4.4.1).
const MAX_TAG: usize = 35;

/// What was switched off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) language: Option<String>,
    off: BTreeSet<(Topic, Channel)>,
}

impl Choice {
    /// Whether it is told about a topic by a channel.
    pub(crate) fn wants(&self, topic: Topic, channel: Channel) -> bool {
        (topic.is_vital() && channel == Channel::Email) || !self.off.contains(&(topic, channel))
    }

    /// Ends letters about a topic; about all that can be ended when it is none.
    pub(crate) fn end_letters(&mut self, topic: Option<Topic>) {
        let ended = Topic::ALL.into_iter().filter(|other| !other.is_vital() && topic.is_none_or(|it| it == *other));
        self.off.extend(ended.map(|topic| (topic, Channel::Email)));
    }

    fn change(&mut self, change: &PreferencesChange) -> Result<(), Problem> {
        if let Some(tag) = change.language.as_ref().filter(|tag| !is_tag(tag)) {
            return Err(Problem::invalid(format!("language is a tag such as de or en-GB, not {tag:?}")));
        }
        for TopicChoice { topic, email, push } in &change.topics {
            if topic.is_vital() && !email {
                return Err(Problem::invalid(format!("letters about {topic:?} cannot be ended").to_lowercase()));
            }
            for (channel, wanted) in [(Channel::Email, email), (Channel::Push, push)] {
                match wanted {
                    true => self.off.remove(&(*topic, channel)),
                    false => self.off.insert((*topic, channel)),
                };
            }
        }
        self.language.clone_from(&change.language);
        Ok(())
    }

    pub(crate) fn answer(&self, version: u64) -> Preferences {
        let topics = Topic::ALL.into_iter().map(|topic| TopicPreference {
            topic,
            email: self.wants(topic, Channel::Email),
            push: self.wants(topic, Channel::Push),
            vital: topic.is_vital(),
        });
        Preferences { language: self.language.clone(), topics: topics.collect(), version }
    }
}

fn is_tag(tag: &str) -> bool {
    (2..=MAX_TAG).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// What an account has chosen, and the version of its row; 0 when it has chosen nothing.
pub(crate) async fn of(account: AccountId) -> Result<(Choice, u64), Problem> {
    match MESSAGES.get(&account.to_string(), PREFERENCES).await? {
        Some(row) => Ok((row.json()?, row.version)),
        None => Ok((Choice::default(), 0)),
    }
}

/// Answers what the caller's account has chosen.
pub(crate) async fn show(request: &Request) -> Result<Response, Problem> {
    let (choice, version) = of(request.principal()?.account).await?;
    Response::json(200, &choice.answer(version))
}

/// Changes what the caller's account has chosen.
pub(crate) async fn change(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    expect_json(request.header("content-type"))?;
    let change: PreferencesChange = request.json()?;
    let (mut choice, version) = of(account).await?;
    choice.change(&change)?;
    if change.version != version {
        let detail = format!("the preferences are at version {version}, not {}: read them again", change.version);
        return Err(Problem::conflict("version", detail));
    }
    let version = keep(account, &choice, version).await?;
    Response::json(200, &choice.answer(version))
}

/// Ends letters, on top of every change made before.
pub(crate) async fn end_letters(account: AccountId, topic: Option<Topic>) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let (mut choice, version) = of(account).await?;
        choice.end_letters(topic);
        match keep(account, &choice, version).await {
            Err(Error::Conflict(_)) => {}
            kept => return Ok(kept.map(drop)?),
        }
    }
    Err(Problem::unavailable("the preferences are being changed by others at the same time", 1))
}

async fn keep(account: AccountId, choice: &Choice, version: u64) -> Result<u64, Error> {
    let condition = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    let row = Change::json(choice).map_err(|problem| Error::Invalid(problem.to_string()))?;
    write(account, PREFERENCES, row).when(condition).commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(topics: &[TopicChoice]) -> PreferencesChange {
        PreferencesChange { language: None, topics: topics.to_vec(), version: 0 }
    }

    #[test]
    fn everything_is_told_until_it_is_switched_off() {
        let mut choice = Choice::default();
        assert!(choice.answer(0).topics.iter().all(|topic| topic.email && topic.push));
        choice.change(&change(&[TopicChoice { topic: Topic::Reminders, email: false, push: true }])).unwrap();
        assert!(!choice.wants(Topic::Reminders, Channel::Email) && choice.wants(Topic::Reminders, Channel::Push));
        choice.change(&change(&[TopicChoice { topic: Topic::Reminders, email: true, push: false }])).unwrap();
        assert!(choice.wants(Topic::Reminders, Channel::Email) && !choice.wants(Topic::Reminders, Channel::Push));
    }

    #[test]
    fn letters_about_security_and_money_cannot_be_ended() {
        let mut choice = Choice::default();
        for topic in [Topic::Security, Topic::Billing] {
            let refused = choice.change(&change(&[TopicChoice { topic, email: false, push: true }]));
            assert_eq!(refused.unwrap_err().status, 400);
            choice.change(&change(&[TopicChoice { topic, email: true, push: false }])).unwrap();
        }
        choice.end_letters(None);
        for topic in Topic::ALL {
            assert_eq!(choice.wants(topic, Channel::Email), topic.is_vital(), "{topic:?}");
        }
    }

    #[test]
    fn one_click_ends_letters_about_one_topic() {
        let mut choice = Choice::default();
        choice.end_letters(Some(Topic::Episodes));
        assert!(!choice.wants(Topic::Episodes, Channel::Email) && choice.wants(Topic::Episodes, Channel::Push));
        assert!(choice.wants(Topic::Reminders, Channel::Email));
    }

    #[test]
    fn a_language_is_a_tag() {
        let mut choice = Choice::default();
        for tag in ["d", "de_AT", "<script>", &"x".repeat(36)] {
            let wish = PreferencesChange { language: Some(tag.into()), ..change(&[]) };
            assert_eq!(choice.change(&wish).unwrap_err().status, 400, "{tag}");
        }
        choice.change(&PreferencesChange { language: Some("de-AT".into()), ..change(&[]) }).unwrap();
        assert_eq!(choice.language.as_deref(), Some("de-AT"));
    }
}
