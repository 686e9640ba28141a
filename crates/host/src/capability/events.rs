//! `reel:events`.

use crate::bindings::reel::events::streams::{self, Error};
use crate::state::{Lending, State, lent};
use reel_capabilities::events::{Entry, EventError};
use wasmtime::component::Accessor;

impl streams::Host for State {}

impl streams::HostWithStore<State> for Lending {
    async fn append(
        accessor: &Accessor<State, Self>,
        stream: String,
        entries: Vec<streams::Entry>,
    ) -> Result<u64, Error> {
        let lent = lent(accessor);
        if !lent.allows("streams", &lent.grants.streams, &stream) {
            return Err(Error::Denied(stream));
        }
        let entries = entries.into_iter().map(|entry| Entry { key: entry.key, data: entry.data.into() });
        Ok(lent.capabilities.events.append(&stream, entries.collect()).await?)
    }
}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Invalid(why) => Self::Invalid(why),
            EventError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
