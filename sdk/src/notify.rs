//! Messages to people (`reel:notify`).

use crate::bindings::capabilities::reel::notify::outbox;
use crate::denied::{denied, unavailable};
use reel_api::Problem;

pub use outbox::{Channel, Error, Message};

/// Accepts a message for delivery; it is durable when this returns. A second one with the
/// same idempotency key is accepted and not sent.
pub async fn send(message: Message) -> Result<(), Error> {
    outbox::send(message).await
}

/// Whether messages to an address would be accepted; says nothing of whether anybody is reached there.
pub async fn admit(channel: Channel, to: &str) -> Result<(), Error> {
    outbox::admit(channel, to.into()).await
}

/// The public key that browsers subscribe to pushes for; none where no pushes are sent.
pub async fn push_key() -> Result<Option<String>, Error> {
    outbox::push_key().await
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(channel) => denied("notify", &channel),
            Error::Invalid(why) | Error::Gone(why) => Problem::invalid(why),
            Error::Unavailable(why) => unavailable("the outbox", &why),
        }
    }
}
