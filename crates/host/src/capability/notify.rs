//! `reel:notify`.

use crate::bindings::reel::notify::outbox::{self, Error};
use crate::state::{Lending, State, lent};
use reel_capabilities::notify::{Channel, Message, NotifyError};
use wasmtime::component::Accessor;

impl outbox::Host for State {}

impl outbox::HostWithStore<State> for Lending {
    async fn send(accessor: &Accessor<State, Self>, message: outbox::Message) -> Result<(), Error> {
        let lent = lent(accessor);
        let message = Message::from(message);
        let channel = match message.channel {
            Channel::Email => "email",
            Channel::Push => "push",
        };
        if !lent.allows("notify", &lent.grants.notify, channel) {
            return Err(Error::Denied(channel.to_owned()));
        }
        Ok(lent.capabilities.notify.send(message).await?)
    }
}

impl From<outbox::Message> for Message {
    fn from(message: outbox::Message) -> Self {
        let outbox::Message { channel, to, subject, text, html, idempotency_key } = message;
        let channel = match channel {
            outbox::Channel::Email => Channel::Email,
            outbox::Channel::Push => Channel::Push,
        };
        Self { channel, to, subject, text, html, idempotency_key }
    }
}

impl From<NotifyError> for Error {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Invalid(why) => Self::Invalid(why),
            NotifyError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
