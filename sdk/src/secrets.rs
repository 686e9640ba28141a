//! Keys and passwords (`reel:secrets`).

use crate::bindings::capabilities::reel::secrets::store;
use crate::denied::{denied, unavailable};
use reel_api::Problem;

pub use store::Error;

/// The bytes of a secret that `reel.toml` grants.
pub async fn get(name: &str) -> Result<Vec<u8>, Error> {
    store::get(name.into()).await
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(name) => denied("secrets", &name),
            Error::NotFound(name) => Problem::new(
                500,
                "misconfigured",
                "Something is wrong on our side",
                format!("there is no secret {name}: create it"),
            ),
            Error::Unavailable(why) => unavailable("the secret store", &why),
        }
    }
}
