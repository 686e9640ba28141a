//! `reel:notify`.

use super::Lent;
use crate::bindings::reel::notify::outbox::{self, Error};
use crate::state::{Lending, State, lent};
use reel_capabilities::notify::{Channel, Message, NotifyError};
use wasmtime::component::Accessor;

impl outbox::Host for State {}

impl outbox::HostWithStore<State> for Lending {
    async fn send(accessor: &Accessor<State, Self>, message: outbox::Message) -> Result<(), Error> {
        let lent = lent(accessor);
        let message = Message::from(message);
        granted(&lent, message.channel)?;
        Ok(lent.capabilities.notify.send(message).await?)
    }

    async fn admit(accessor: &Accessor<State, Self>, channel: outbox::Channel, to: String) -> Result<(), Error> {
        let lent = lent(accessor);
        let channel = channel.into();
        granted(&lent, channel)?;
        Ok(lent.capabilities.notify.admit(channel, &to).await?)
    }

    async fn push_key(accessor: &Accessor<State, Self>) -> Result<Option<String>, Error> {
        let lent = lent(accessor);
        granted(&lent, Channel::Push)?;
        Ok(lent.capabilities.notify.push_key().await?)
    }
}

fn granted(lent: &Lent, channel: Channel) -> Result<(), Error> {
    let name = match channel {
        Channel::Email => "email",
        Channel::Push => "push",
    };
    match lent.allows("notify", &lent.grants.notify, name) {
        true => Ok(()),
        false => Err(Error::Denied(name.to_owned())),
    }
}

impl From<outbox::Channel> for Channel {
    fn from(channel: outbox::Channel) -> Self {
        match channel {
            outbox::Channel::Email => Self::Email,
            outbox::Channel::Push => Self::Push,
        }
    }
}

impl From<outbox::Message> for Message {
    fn from(message: outbox::Message) -> Self {
        let outbox::Message { channel, to, subject, text, html, unsubscribe, link, idempotency_key } = message;
        Self { channel: channel.into(), to, subject, text, html, unsubscribe, link, idempotency_key }
    }
}

impl From<NotifyError> for Error {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Invalid(why) => Self::Invalid(why),
            NotifyError::Gone(why) => Self::Gone(why),
            NotifyError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
