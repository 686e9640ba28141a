//! `reel:notify`: mail with SES, pushes with their push services.
//!
//! SES knows no idempotency key. So who would send a message writes a claim to its key into a table
//! of DynamoDB first, then has SES accept it, then writes down that it was sent. A second message
//! of the key waits until the first is accepted or refused. A key is remembered for ever.
//!
//! What remains: a message is sent **again** under its key when nobody wrote down that it was sent,
//! and somebody repeats it.
//!
//! - The process ended between SES' acceptance and that note, or DynamoDB did not answer. The claim
//!   holds for two minutes: until then a repetition is told `Unavailable`.
//! - The answer of SES was lost, or took longer than we wait. The caller was told `Unavailable`, and
//!   that it may have been sent.
//!
//! The other choice, to take such a message for sent, would lose some; a reader can tell two of
//! the same, and cannot miss what never came. A browser that is pushed the same twice shows it once.

mod claim;
mod mail;

use crate::layout::Layout;
use async_trait::async_trait;
use claim::{Claim, Claims, Taken};
use reel_capabilities::Clock;
use reel_capabilities::notify::{self, Channel, Message, Notify, NotifyError};
use reel_push::{PushError, PushSender};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What the table of claims looks like.
pub const LAYOUT: Layout = Layout { partition: claim::KEY, sort: None, ttl: None };

/// How long to wait for somebody who sends the same message.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to look whether it is sent.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Sends mail with SES, and pushes once it was given how.
#[derive(Clone)]
pub struct SesNotify {
    client: aws_sdk_ses::Client,
    sender: String,
    claims: Claims,
    push: Option<Arc<PushSender>>,
}

impl SesNotify {
    /// Mail from `sender`, an address that SES has verified, with a name where it should have one:
    /// `Reel <films@example.org>`. The claims are in a table, which must be there and look like
    /// [`LAYOUT`].
    ///
    /// The client makes each call once, as [`Aws::ses`](crate::client::Aws::ses) has it: one that
    /// repeats a call by itself sends twice when an answer is lost.
    pub fn new(
        client: aws_sdk_ses::Client,
        sender: impl Into<String>,
        claims: aws_sdk_dynamodb::Client,
        table: impl Into<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let claims = Claims { client: claims, table: table.into(), clock };
        Self { client, sender: sender.into(), claims, push: None }
    }

    /// Sends pushes, too. Without it they are refused.
    #[must_use]
    pub fn with_push(self, push: PushSender) -> Self {
        Self { push: Some(Arc::new(push)), ..self }
    }

    fn pusher(&self) -> Result<&PushSender, NotifyError> {
        let refused =
            || NotifyError::Invalid("nothing is pushed by this function: grant it notify = [\"push\"]".into());
        self.push.as_deref().ok_or_else(refused)
    }

    /// Hands a message over, and yields what the other side calls it.
    async fn hand_over(&self, message: &Message) -> Result<String, NotifyError> {
        match message.channel {
            Channel::Email => mail::submit(&self.client, &self.sender, message).await,
            Channel::Push => self.pusher()?.send(message).await.map(|()| "push".to_owned()).map_err(refusal),
        }
    }

    /// The right to send a message; none when it was sent.
    async fn claim(&self, key: &str) -> Result<Option<Claim>, NotifyError> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.claims.take(key).await? {
                Taken::Ours(claim) => return Ok(Some(claim)),
                Taken::Sent => return Ok(None),
                Taken::Theirs if Instant::now() < until => tokio::time::sleep(LOOK_AGAIN).await,
                Taken::Theirs => {
                    return Err(NotifyError::Unavailable(format!(
                        "somebody else has begun to send message {key:?} and has not ended: try again in two minutes"
                    )));
                }
            }
        }
    }

    async fn submit(self, claim: Claim, message: Message) -> Result<(), NotifyError> {
        let key = &message.idempotency_key;
        let id = match self.hand_over(&message).await {
            Ok(id) => id,
            Err(refused) => {
                if let Err(fault) = self.claims.release(&claim).await {
                    tracing::warn!(key, ?fault, "a message that was not sent can be sent in two minutes");
                }
                return Err(refused);
            }
        };
        match self.claims.settle(&claim, &id).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(key, "a message took so long to send that somebody else may have sent it"),
            Err(fault) => tracing::warn!(key, ?fault, "a message was sent, and is sent again if it is repeated"),
        }
        Ok(())
    }
}

#[async_trait]
impl Notify for SesNotify {
    async fn send(&self, message: Message) -> Result<(), NotifyError> {
        notify::validate(&message)?;
        if message.channel == Channel::Push {
            self.pusher()?.admit(&message.to).map_err(refusal)?;
        }
        let Some(claim) = self.claim(&message.idempotency_key).await? else { return Ok(()) };
        // It goes on when the caller gives up, so that what is sent is written down.
        let submitted = tokio::spawn(self.clone().submit(claim, message)).await;
        submitted.map_err(|error| NotifyError::Unavailable(format!("sending was given up: {error}")))?
    }

    async fn admit(&self, channel: Channel, to: &str) -> Result<(), NotifyError> {
        notify::address(channel, to)?;
        match channel {
            Channel::Email => Ok(()),
            Channel::Push => self.pusher()?.admit(to).map(drop).map_err(refusal),
        }
    }

    async fn push_key(&self) -> Result<Option<String>, NotifyError> {
        Ok(self.push.as_deref().map(PushSender::public_key))
    }
}

fn refusal(error: PushError) -> NotifyError {
    match error {
        PushError::Invalid(why) => NotifyError::Invalid(why),
        PushError::Gone(why) => NotifyError::Gone(why),
        PushError::Later(why) => NotifyError::Unavailable(why),
    }
}
