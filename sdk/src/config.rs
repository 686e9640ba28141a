//! Live settings (`wasi:config`). A key is `NAME.setting`, where `NAME` is granted.

use crate::bindings::capabilities::wasi::config::store;
use crate::denied::unavailable;
use reel_api::Problem;
use std::str::FromStr;

pub use store::Error;

/// A setting as it is now; none when it is not set or not granted.
pub fn get(key: &str) -> Result<Option<String>, Error> {
    store::get(key)
}

/// A setting, read as a number or the like.
///
/// # Errors
/// A 500 problem that names the setting when it is not what it should be, 503 when the
/// settings cannot be read.
pub fn get_parsed<T: FromStr>(key: &str) -> Result<Option<T>, Problem> {
    let Some(text) = get(key)? else { return Ok(None) };
    let parsed = text.trim().parse().map_err(|_| {
        Problem::internal(format!("setting {key} is {text:?}, which is not a {}", std::any::type_name::<T>()))
    })?;
    Ok(Some(parsed))
}

/// All settings granted, as pairs of key and value.
pub fn all() -> Result<Vec<(String, String)>, Error> {
    store::get_all()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Upstream(why) | Error::Io(why) => unavailable("the configuration", &why),
        }
    }
}
