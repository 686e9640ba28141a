//! What an error of AWS says, in one line.

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// The service's own code and message; of what never reached it, the first cause.
pub(crate) fn told<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E>) -> String {
    if let Some(service) = error.as_service_error() {
        return format!("{}: {}", service.code().unwrap_or("error"), service.message().unwrap_or("no reason is told"));
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The service's code, such as `NoSuchBucket`.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}
