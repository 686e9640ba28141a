//! An error of the SDK in one line.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// What the service said, or why there was no answer. The answer itself is left out: it can
/// be a page long, and can hold a secret.
pub(crate) fn explain<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let said = error.as_service_error().map(ProvideErrorMetadata::meta);
    if let Some(code) = said.and_then(|said| said.code()) {
        return format!("{code}: {}", said.and_then(|said| said.message()).unwrap_or("no reason given"));
    }
    let causes = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::get_object::GetObjectError;

    type Failure = SdkError<GetObjectError, &'static str>;

    #[test]
    fn what_the_service_said_is_told_without_its_answer() {
        let said = ErrorMetadata::builder().code("SlowDown").message("reduce your rate").build();
        let failure: Failure = SdkError::service_error(GetObjectError::generic(said), "the answer");
        assert_eq!(explain(&failure), "SlowDown: reduce your rate");
    }

    #[test]
    fn all_causes_are_told() {
        let failure: Failure = SdkError::timeout_error(std::io::Error::other("nobody listens"));
        let told = explain(&failure);
        assert!(told.contains(": ") && told.contains("nobody listens"), "{told}");
    }
}
