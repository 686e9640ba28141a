//! What a message looks like as e-mail.

use crate::MailError;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mail};
use reel_capabilities::notify::Message;
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// Whom letters come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `Reel <films@example.org>` or a bare address.
    ///
    /// # Errors
    /// [`MailError::Misconfigured`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let wrong = |e| MailError::Misconfigured(format!("a sender is `Name <name@example.org>`, not {text:?}: {e}"));
        text.parse().map(Self).map_err(wrong)
    }

    /// The address alone.
    pub fn address(&self) -> &str {
        self.0.email.as_ref()
    }
}

/// The message as mail, from this sender, composed at this time.
///
/// Its `Message-ID` follows from the idempotency key: who receives it twice can tell.
///
/// # Errors
/// [`MailError::Refused`] when it cannot be mail.
pub fn compose(sender: &Sender, message: &Message, at: SystemTime) -> Result<Mail, MailError> {
    let refused = |e: &dyn std::fmt::Display| MailError::Refused(format!("the message cannot be mail: {e}"));
    let to: Address = message.to.parse().map_err(|e| refused(&e))?;
    let envelope = Envelope::new(Some(sender.0.email.clone()), vec![to.clone()]).map_err(|e| refused(&e))?;
    let mut mail = Mail::builder().envelope(envelope).date(at).from(sender.0.clone()).to(Mailbox::new(None, to));
    mail = mail.subject(&message.subject).message_id(Some(message_id(sender, &message.idempotency_key)));
    // Nobody's holiday answers to it (RFC 3834, section 5).
    mail = mail.raw_header(header("Auto-Submitted", "auto-generated"));
    if let Some(url) = &message.unsubscribe {
        mail = mail.raw_header(header("List-Unsubscribe", &format!("<{url}>")));
        mail = mail.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let composed = match &message.html {
        Some(html) => mail.multipart(MultiPart::alternative_plain_html(message.text.clone(), html.clone())),
        None => mail.singlepart(SinglePart::plain(message.text.clone())),
    };
    composed.map_err(|e| refused(&e))
}

fn message_id(sender: &Sender, key: &str) -> String {
    format!("<{}@{}>", hex::encode(&Sha256::digest(key)[..16]), sender.0.email.domain())
}

/// A header of ASCII without line breaks, which [`reel_capabilities::notify::validate`] has seen to.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_capabilities::notify::Channel;
    use std::time::Duration;

    fn message() -> Message {
        Message {
            channel: Channel::Email,
            to: "ada@example.org".into(),
            subject: "Dein Film läuft".into(),
            text: "Schöne Grüße\nund mehr".into(),
            html: Some("<p>Schöne Grüße</p>".into()),
            unsubscribe: Some("https://reel.example/v1/unsubscribe/abc".into()),
            link: None,
            idempotency_key: "k".into(),
        }
    }

    fn composed(message: &Message) -> String {
        let sender = Sender::parse("Reel <films@example.org>").unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        String::from_utf8(compose(&sender, message, at).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_message_has_both_bodies_and_ends_with_one_click() {
        let mail = composed(&message());
        for line in [
            "From: Reel <films@example.org>",
            "To: ada@example.org",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://reel.example/v1/unsubscribe/abc>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ] {
            assert!(mail.lines().any(|found| found == line), "{line} in {mail}");
        }
        assert!(
            mail.contains("multipart/alternative") && mail.contains("Subject: Dein Film =?utf-8?b?bMOkdWZ0?="),
            "{mail}"
        );
        let (text, html) = (mail.find("text/plain").unwrap(), mail.find("text/html").unwrap());
        assert!(text < html);
    }

    #[test]
    fn a_repetition_has_the_same_id_and_another_message_another() {
        let id = |message: &Message| {
            composed(message).lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned()
        };
        let other = Message { idempotency_key: "l".into(), ..message() };
        assert_eq!(id(&message()), id(&message()));
        assert_ne!(id(&message()), id(&other));
        assert!(id(&message()).ends_with("@example.org>"));
    }

    #[test]
    fn without_html_it_is_plain_and_without_an_end_nothing_speaks_of_it() {
        let mail = composed(&Message { html: None, unsubscribe: None, ..message() });
        assert!(!mail.contains("multipart") && !mail.contains("List-Unsubscribe"), "{mail}");
    }

    #[test]
    fn a_sender_that_is_none_is_named() {
        assert!(Sender::parse("Reel").unwrap_err().to_string().contains("Reel"));
        assert_eq!(Sender::parse("films@example.org").unwrap().address(), "films@example.org");
    }
}
