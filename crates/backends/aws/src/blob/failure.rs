//! What a failed call to S3 means to its caller.

use super::Place;
use crate::explain::explain;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use reel_capabilities::blob::BlobError;
use std::error::Error;

/// The codes of what S3 will never take, however often it is asked.
const REFUSALS: [&str; 8] = [
    "EntityTooLarge",
    "EntityTooSmall",
    "InvalidArgument",
    "InvalidBucketName",
    "InvalidPart",
    "InvalidPartOrder",
    "KeyTooLongError",
    "MalformedXML",
];

/// Why a call was not answered as wished.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no such object or upload.
    Missing,
    /// There is no such bucket.
    NoBucket,
    /// The object is there, or is another than it should be.
    Unmet,
    /// Others write the object at this moment.
    Contended,
    /// The range begins where the object has ended.
    BeyondEnd,
    /// S3 does not take what was asked.
    Refused(String),
    /// S3 cannot answer now, or what it answers makes no sense.
    Unavailable(String),
}

/// Sorts the error of a call that the SDK gave up on. By the status first: S3 answers a
/// HEAD with nothing else.
pub(super) fn fault<E>(error: SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    match (status, code) {
        (_, Some("NoSuchBucket")) => Fault::NoBucket,
        (Some(404), _) => Fault::Missing,
        (Some(409), Some("ConditionalRequestConflict" | "OperationAborted")) => Fault::Contended,
        (Some(412), _) => Fault::Unmet,
        (Some(416), _) => Fault::BeyondEnd,
        (_, Some(code)) if REFUSALS.contains(&code) => Fault::Refused(explain(&error)),
        _ => Fault::Unavailable(explain(&error)),
    }
}

impl Fault {
    /// The error of an operation on an object.
    pub(super) fn at(self, place: &Place) -> BlobError {
        match self {
            Self::Missing => BlobError::NotFound(place.key.clone()),
            Self::NoBucket => BlobError::Unavailable(format!("S3 has no bucket {}", place.bucket)),
            Self::Unmet => BlobError::Exists(place.key.clone()),
            Self::Contended => BlobError::Unavailable(format!("{} is being written by others", place.key)),
            Self::BeyondEnd => BlobError::Invalid(format!("a range begins beyond the end of {}", place.key)),
            Self::Refused(why) => BlobError::Invalid(format!("S3 does not take it: {why}")),
            Self::Unavailable(why) => BlobError::Unavailable(why),
        }
    }
}

/// What S3 leaves out that it always says.
pub(super) fn lacking(what: &str) -> Fault {
    Fault::Unavailable(format!("S3 answers without {what}"))
}
