//! `reel:notify`: accepting messages once.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::notify::{Channel, MAX_IDEMPOTENCY_KEY, MAX_MESSAGE, Message, Notify, NotifyError};
use async_trait::async_trait;
use futures::future::join_all;

/// A backend, and what it has accepted.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The backend.
    fn notify(&self) -> &dyn Notify;

    /// The messages that it will send or has sent, in any order.
    async fn accepted(&self) -> Vec<Message>;
}

/// Tests a backend of `reel:notify`: `open` returns what derefs to a
/// [`Subject`](crate::conformance::notify::Subject) without messages.
#[macro_export]
macro_rules! notify_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            notify:
            a_message_is_accepted_as_it_is,
            a_key_is_accepted_once,
            a_race_is_accepted_once,
            an_address_is_admitted_or_not,
            ill_formed_messages_are_refused;
        }
    };
}

fn email(key: &str) -> Message {
    Message {
        channel: Channel::Email,
        to: "viewer@example.org".into(),
        subject: "Your film is ready ü".into(),
        text: "Watch it\nnow.".into(),
        html: Some("<p>Watch it now.</p>".into()),
        unsubscribe: Some("https://reel.example/v1/unsubscribe/x".into()),
        link: None,
        idempotency_key: key.into(),
    }
}

fn push(key: &str) -> Message {
    Message {
        channel: Channel::Push,
        to: r#"{"endpoint":"https://push.example.org/x"}"#.into(),
        html: None,
        unsubscribe: None,
        link: Some("#/title/x".into()),
        ..email(key)
    }
}

/// Nothing is lost on the way, on either channel.
pub async fn a_message_is_accepted_as_it_is(subject: &dyn Subject, _: &TestClock) {
    let mut messages = vec![email("a"), push("b/../c")];
    for message in &messages {
        subject.notify().send(message.clone()).await.expect("the message is accepted");
    }
    let mut accepted = subject.accepted().await;
    accepted.sort_by(|a, b| a.idempotency_key.cmp(&b.idempotency_key));
    messages.sort_by(|a, b| a.idempotency_key.cmp(&b.idempotency_key));
    assert_eq!(accepted, messages);
}

/// A second message of a key is no error, and is not sent.
pub async fn a_key_is_accepted_once(subject: &dyn Subject, _: &TestClock) {
    for message in [email("key"), email("key"), Message { subject: "Other".into(), ..email("key") }] {
        subject.notify().send(message).await.expect("the message is accepted");
    }
    assert_eq!(subject.accepted().await, [email("key")]);
}

/// Nor when both come at once.
pub async fn a_race_is_accepted_once(subject: &dyn Subject, _: &TestClock) {
    let results = join_all((0..8).map(|_| subject.notify().send(email("key")))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(subject.accepted().await, [email("key")]);
}

/// Who would never be reached is known beforehand.
pub async fn an_address_is_admitted_or_not(subject: &dyn Subject, _: &TestClock) {
    let admit = async |to: &str| subject.notify().admit(Channel::Email, to).await;
    assert_eq!(admit("viewer@example.org").await, Ok(()));
    assert!(matches!(admit("viewer").await, Err(NotifyError::Invalid(_))));
    assert_eq!(subject.accepted().await, []);
}

/// What could not be delivered, or would smuggle in a header, is refused.
pub async fn ill_formed_messages_are_refused(subject: &dyn Subject, _: &TestClock) {
    let to = |to: &str| Message { to: to.into(), ..email("key") };
    let wrong = [
        to(""),
        to("viewer"),
        to("a@b@c"),
        to("a b@example.org"),
        to("a@example.org\r\nbcc: all@example.org"),
        Message { to: "{}".into(), ..push("key") },
        Message { to: "no json".into(), ..push("key") },
        Message { subject: String::new(), ..email("key") },
        Message { subject: "a\nb".into(), ..email("key") },
        Message { unsubscribe: Some("https://x>\r\nbcc: all@example.org".into()), ..email("key") },
        Message { unsubscribe: Some("mailto:off@example.org".into()), ..email("key") },
        Message { link: Some(" ".into()), ..push("key") },
        Message { text: String::new(), ..email("key") },
        Message { text: "x".repeat(MAX_MESSAGE), ..email("key") },
        email(""),
        email(&"k".repeat(MAX_IDEMPOTENCY_KEY + 1)),
    ];
    for message in wrong {
        let result = subject.notify().send(message.clone()).await;
        assert!(matches!(result, Err(NotifyError::Invalid(_))), "{message:?}: {result:?}");
    }
    assert_eq!(subject.accepted().await, []);
}
