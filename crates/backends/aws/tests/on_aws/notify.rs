//! SES as `reel:notify`: what the suite asks of mail, and a network that fails.

use crate::emulator::{self, Fate, Way};
use async_trait::async_trait;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use mailparse::MailHeaderMap;
use reel_backend_aws::client::Aws;
use reel_backend_aws::notify::{LAYOUT, SesNotify};
use reel_capabilities::conformance::{TestClock, notify};
use reel_capabilities::notify::{Channel, Message, Notify, NotifyError};
use serde_json::Value;
use std::sync::Arc;

/// The key of all messages: mail does not carry it.
const KEY: &str = "key";
/// Longer than a claim holds.
const LONG: u64 = 121_000;

/// A sender, and what it has sent.
struct Mailbox {
    address: String,
    table: String,
    clock: Arc<TestClock>,
    notify: SesNotify,
}

impl Mailbox {
    /// The same sender over ways of their own to SES and to the claims.
    fn over(&self, ses: &Aws, claims: &Aws) -> SesNotify {
        let sender = format!("Reel <{}>", self.address);
        SesNotify::new(ses.ses(), sender, claims.dynamodb(), &self.table, self.clock.clone())
    }

    async fn verify(&self) {
        let call = emulator::aws().await.ses().verify_email_identity().email_address(&self.address);
        call.send().await.expect("the sender is verified");
    }

    /// What SES has accepted from this sender, as LocalStack tells it.
    async fn sent(&self) -> Vec<Message> {
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let address = format!("{}/_aws/ses", emulator::endpoint()).parse().expect("an address");
        let answer = client.get(address).await.expect("an answer").into_body().collect().await.expect("all of it");
        let answer: Value = serde_json::from_slice(&answer.to_bytes()).expect("JSON");
        let ours = |mail: &&Value| mail["Source"] == format!("Reel <{}>", self.address);
        answer["messages"].as_array().expect("messages").iter().filter(ours).map(message).collect()
    }
}

/// The message that became this mail.
fn message(mail: &Value) -> Message {
    let raw = mail["RawData"].as_str().expect("mail as it was composed");
    let mail = mailparse::parse_mail(raw.as_bytes()).expect("mail");
    let header = |name: &str| mail.headers.get_first_value(name);
    let part = |kind: &str| {
        let part = mail.parts().find(|part| part.ctype.mimetype == kind)?;
        Some(part.get_body().expect("a text").replace("\r\n", "\n").trim_end().to_owned())
    };
    let unsubscribe = header("List-Unsubscribe").map(|url| url.trim_matches(['<', '>']).to_owned());
    assert_eq!(unsubscribe.is_some(), header("List-Unsubscribe-Post").is_some());
    Message {
        channel: Channel::Email,
        to: header("To").expect("a reader"),
        subject: header("Subject").expect("a subject"),
        text: part("text/plain").expect("a text"),
        html: part("text/html"),
        unsubscribe,
        link: None,
        idempotency_key: KEY.into(),
    }
}

#[async_trait]
impl notify::Subject for Mailbox {
    fn notify(&self) -> &dyn Notify {
        &self.notify
    }

    async fn accepted(&self) -> Vec<Message> {
        self.sent().await
    }
}

async fn unverified(clock: Arc<TestClock>) -> Mailbox {
    let (aws, prefix) = (emulator::aws().await, emulator::prefix());
    let (address, table) = (format!("{prefix}reel@example.org"), format!("{prefix}notify"));
    LAYOUT.make(&aws.dynamodb(), &table).await.expect("the table is made");
    let notify = SesNotify::new(aws.ses(), format!("Reel <{address}>"), aws.dynamodb(), &table, clock.clone());
    Mailbox { address, table, clock, notify }
}

async fn open(clock: Arc<TestClock>) -> Box<Mailbox> {
    let mailbox = unverified(clock).await;
    mailbox.verify().await;
    Box::new(mailbox)
}

// All but the case that has both channels.
reel_capabilities::conformance_tests! { open,
    notify:
    a_key_is_accepted_once,
    a_race_is_accepted_once,
    ill_formed_messages_are_refused;
}

fn email() -> Message {
    Message {
        channel: Channel::Email,
        to: "viewer@example.org".into(),
        subject: "Your film is ready ü".into(),
        text: "Watch it\nnow – & <soon>.".into(),
        html: Some("<p>Watch it &amp; now.</p>".into()),
        unsubscribe: None,
        link: None,
        idempotency_key: KEY.into(),
    }
}

#[tokio::test]
async fn a_message_is_sent_as_it_is() {
    let mailbox = open(Arc::default()).await;
    for html in [email().html, None] {
        let message = Message { idempotency_key: format!("{html:?}"), html, ..email() };
        mailbox.notify.send(message).await.expect("it is accepted");
    }
    assert_eq!(mailbox.sent().await, [email(), Message { html: None, ..email() }]);
}

#[tokio::test]
async fn push_is_refused_and_takes_no_key() {
    let mailbox = open(Arc::default()).await;
    let push = Message { channel: Channel::Push, to: r#"{"endpoint":"https://push.example.org/x"}"#.into(), ..email() };
    let refused = mailbox.notify.send(push).await;
    assert!(matches!(refused, Err(NotifyError::Invalid(why)) if why.contains("push")));
    mailbox.notify.send(email()).await.expect("it is accepted");
    assert_eq!(mailbox.sent().await, [email()]);
}

#[tokio::test]
async fn processes_send_once_together() {
    let mailbox = open(Arc::default()).await;
    let aws = emulator::aws().await;
    let processes: Vec<_> = (0..4).map(|_| mailbox.over(&aws, &aws)).collect();
    let sends = (0..3).flat_map(|_| &processes).map(|process| process.send(email()));
    assert!(futures::future::join_all(sends).await.iter().all(Result::is_ok));
    assert_eq!(mailbox.sent().await, [email()]);
}

#[tokio::test]
async fn what_was_refused_can_be_sent_later() {
    let mailbox = unverified(Arc::default()).await;
    let refused = mailbox.notify.send(email()).await;
    // SES says "not verified"; LocalStack, of mail as we write it, "authority".
    let told = |why: &str| why.contains("verified") || why.contains("authority to send");
    assert!(matches!(&refused, Err(NotifyError::Unavailable(why)) if told(why)), "{refused:?}");
    mailbox.verify().await;
    mailbox.notify.send(email()).await.expect("it is accepted");
    assert_eq!(mailbox.sent().await, [email()]);
}

#[tokio::test]
async fn lost_answers_about_the_claim_send_once() {
    for operation in ["PutItem", "UpdateItem"] {
        let mailbox = open(Arc::default()).await;
        let (way, bad) = Way::open(operation, Fate::AnswerLost, 3).await;
        let notify = mailbox.over(&emulator::aws().await, &bad);
        for _ in 0..2 {
            notify.send(email()).await.expect("it is accepted");
        }
        assert!(way.met() > 0, "{operation}");
        assert_eq!(mailbox.sent().await, [email()], "{operation}");
    }
}

#[tokio::test]
async fn when_ses_takes_no_more_it_is_asked_again() {
    let mailbox = open(Arc::default()).await;
    let (way, bad) = Way::open("SendRawEmail", Fate::Throttled, 3).await;
    mailbox.over(&bad, &emulator::aws().await).send(email()).await.expect("it is accepted");
    assert_eq!((way.met(), mailbox.sent().await), (3, vec![email()]));
}

#[tokio::test]
async fn what_ses_never_takes_is_unavailable_and_sent_later() {
    let mailbox = open(Arc::default()).await;
    let (_, bad) = Way::open("SendRawEmail", Fate::Throttled, u32::MAX).await;
    let refused = mailbox.over(&bad, &emulator::aws().await).send(email()).await;
    assert!(matches!(refused, Err(NotifyError::Unavailable(_))), "{refused:?}");
    mailbox.notify.send(email()).await.expect("it is accepted");
    assert_eq!(mailbox.sent().await, [email()]);
}

/// One of the two ways to a second mail that the module names.
#[tokio::test]
async fn a_lost_answer_of_ses_is_told_and_sent_again_when_repeated() {
    let mailbox = open(Arc::default()).await;
    let (way, bad) = Way::open("SendRawEmail", Fate::AnswerLost, 1).await;
    let notify = mailbox.over(&bad, &emulator::aws().await);
    let lost = notify.send(email()).await;
    assert!(matches!(&lost, Err(NotifyError::Unavailable(why)) if why.contains("may have sent")), "{lost:?}");
    assert_eq!((way.met(), mailbox.sent().await), (1, vec![email()]), "nothing repeats it by itself");
    notify.send(email()).await.expect("it is accepted");
    assert_eq!(mailbox.sent().await, [email(), email()]);
}

/// The other.
#[tokio::test]
async fn what_nobody_wrote_down_is_sent_again_after_the_claim() {
    let mailbox = open(Arc::default()).await;
    let (_, bad) = Way::open("UpdateItem", Fate::Throttled, u32::MAX).await;
    mailbox.over(&emulator::aws().await, &bad).send(email()).await.expect("it is accepted: SES has it");
    let within = mailbox.notify.send(email()).await;
    assert!(matches!(&within, Err(NotifyError::Unavailable(why)) if why.contains("somebody else")), "{within:?}");
    assert_eq!(mailbox.sent().await, [email()]);
    mailbox.clock.advance(LONG);
    mailbox.notify.send(email()).await.expect("it is accepted");
    assert_eq!(mailbox.sent().await, [email(), email()]);
}

#[tokio::test]
async fn a_table_that_was_forgotten_is_told_and_nothing_sent() {
    let mut mailbox = open(Arc::default()).await;
    mailbox.table = format!("{}forgotten", emulator::prefix());
    let aws = emulator::aws().await;
    let refused = mailbox.over(&aws, &aws).send(email()).await;
    let Err(NotifyError::Unavailable(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains(&mailbox.table) && why.contains("part of the deployment"), "{why}");
    assert_eq!(mailbox.sent().await, []);
}
