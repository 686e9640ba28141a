//! Functions that are Lambdas of their own.

use crate::explain::explain;
use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_lambda::primitives::Blob;
use bytes::Bytes;
use http::{Request, Response};
use reel_api::internal::{Answered, Asked, Invocation};
use reel_capabilities::functions::{CallError, Functions};

/// The longest payload of an invocation, in bytes of JSON.
const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// The alias of the version that is called: a deployment moves it.
pub const LIVE: &str = "live";

/// Calls Lambdas whose names begin with a prefix, and waits for their answers.
pub struct LambdaFunctions {
    client: Client,
    prefix: String,
}

impl LambdaFunctions {
    /// The functions of the deployment whose names begin with a prefix, such as `reel-`.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        Self { client, prefix: prefix.into() }
    }
}

#[async_trait]
impl Functions for LambdaFunctions {
    async fn call(&self, function: &str, request: Request<Bytes>) -> Result<Response<Bytes>, CallError> {
        let request = Asked::try_from(&request).map_err(CallError::Invalid)?;
        let payload = serde_json::to_vec(&Invocation { request }).map_err(|e| CallError::Invalid(e.to_string()))?;
        if payload.len() > MAX_PAYLOAD {
            let why = format!("a Lambda takes {MAX_PAYLOAD} bytes of JSON, this request has {}", payload.len());
            return Err(CallError::Invalid(why));
        }
        let name = format!("{}{function}", self.prefix);
        let call = self.client.invoke().function_name(&name).qualifier(LIVE).payload(Blob::new(payload));
        let output =
            call.send().await.map_err(|error| match error.as_service_error().and_then(ProvideErrorMetadata::code) {
                Some("ResourceNotFoundException") => CallError::NotFound(format!("{name}:{LIVE}")),
                _ => CallError::Unavailable(explain(&error)),
            })?;
        let answer = output.payload.map(Blob::into_inner).unwrap_or_default();
        if output.function_error.is_some() {
            return Err(CallError::Unavailable(format!("{name} failed: {}", String::from_utf8_lossy(&answer))));
        }
        let answer: Answered = serde_json::from_slice(&answer)
            .map_err(|e| CallError::Unavailable(format!("{name} answers with what is no answer: {e}")))?;
        Response::try_from(answer).map_err(CallError::Unavailable)
    }
}
