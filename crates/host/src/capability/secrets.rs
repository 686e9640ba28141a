//! `reel:secrets`.

use crate::bindings::reel::secrets::store::{self, Error};
use crate::state::{Lending, State, lent};
use reel_capabilities::secrets::SecretError;
use wasmtime::component::Accessor;

impl store::Host for State {}

impl store::HostWithStore<State> for Lending {
    async fn get(accessor: &Accessor<State, Self>, name: String) -> Result<Vec<u8>, Error> {
        let lent = lent(accessor);
        if !lent.allows("secrets", &lent.grants.secrets, &name) {
            return Err(Error::Denied(name));
        }
        Ok(lent.capabilities.secrets.get(&name).await?)
    }
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::NotFound(name) => Self::NotFound(name),
            SecretError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
