//! What a failed call means to its caller.

use crate::explain::explain;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use reel_capabilities::cache::CacheError;
use reel_capabilities::events::EventError;
use reel_capabilities::notify::NotifyError;
use reel_capabilities::table::TableError;
use std::error::Error;

/// Why a call was not answered as wished.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The table or stream that it names does not exist.
    Missing,
    /// The service does not take what was asked.
    Refused(String),
    /// The service cannot answer now, or what it answers makes no sense.
    Unavailable(String),
}

/// Sorts the error of a call that the SDK gave up on.
pub(crate) fn fault<E, R>(error: SdkError<E, R>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let metadata = error.as_service_error().map(ProvideErrorMetadata::meta);
    match metadata.and_then(|metadata| metadata.code()) {
        Some("ResourceNotFoundException") => Fault::Missing,
        Some("ValidationException" | "InvalidArgumentException") => {
            Fault::Refused(metadata.and_then(|metadata| metadata.message()).unwrap_or("no reason given").to_owned())
        }
        _ => Fault::Unavailable(explain(&error)),
    }
}

/// The same for a call to a table that is made with the deployment or not at all.
pub(crate) fn fault_at<E, R>(table: &str, error: SdkError<E, R>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match fault(error) {
        Fault::Missing => Fault::Unavailable(format!("DynamoDB has no table {table}: it is part of the deployment")),
        fault => fault,
    }
}

/// A fault as the error of a capability that a service holds in a kind of thing.
macro_rules! becomes {
    ($error:ty, $service:literal, $thing:literal) => {
        impl From<Fault> for $error {
            fn from(fault: Fault) -> Self {
                match fault {
                    Fault::Missing => Self::Unavailable(concat!($service, " has no such ", $thing).into()),
                    Fault::Refused(why) => Self::Invalid(format!(concat!($service, " does not take it: {}"), why)),
                    Fault::Unavailable(why) => Self::Unavailable(why),
                }
            }
        }
    };
}

becomes!(TableError, "DynamoDB", "table");
becomes!(CacheError, "DynamoDB", "table");
becomes!(NotifyError, "DynamoDB", "table");
becomes!(EventError, "Kinesis", "stream");
