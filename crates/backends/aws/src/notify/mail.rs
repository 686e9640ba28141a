//! Handing a message to SES.

use crate::explain::explain;
use aws_sdk_ses::Client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use reel_capabilities::notify::{Message, NotifyError};
use reel_mail::Sender;
use std::time::{Duration, SystemTime};

/// How long to wait when SES takes no more in this second, before each further try.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Has SES accept a message, and yields what SES calls it. It is sent as composed here, so that it has the headers
/// by which letters are ended.
pub(super) async fn submit(client: &Client, sender: &str, message: &Message) -> Result<String, NotifyError> {
    let from = Sender::parse(sender).map_err(|error| NotifyError::Unavailable(error.to_string()))?;
    let mail = reel_mail::compose(&from, message, SystemTime::now());
    let mail = mail.map_err(|error| NotifyError::Invalid(error.to_string()))?;
    let mail = RawMessage::builder().data(Blob::new(mail.formatted())).build();
    let mail = mail.map_err(|error| NotifyError::Invalid(error.to_string()))?;
    let call = client.send_raw_email().source(sender).destinations(&message.to).raw_message(mail);
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match call.clone().send().await {
            Ok(accepted) => return Ok(accepted.message_id),
            Err(error) => error,
        };
        // Nothing else is tried again: without an answer it may have been sent.
        let pause = pauses.next().filter(|_| code(&error).is_some_and(|code| code.starts_with("Throttling")));
        let Some(pause) = pause else { return Err(refusal(sender, &error)) };
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
    }
}

fn code(error: &SdkError<SendRawEmailError>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// What it means that SES has not accepted a message.
fn refusal(sender: &str, error: &SdkError<SendRawEmailError>) -> NotifyError {
    let why = explain(error);
    match code(error) {
        None => NotifyError::Unavailable(format!("SES has not answered, and may have sent the message: {why}")),
        Some("InvalidParameterValue") => NotifyError::Invalid(format!("SES does not take the message: {why}")),
        // The sender, or in SES' sandbox the reader: not the message's fault.
        Some("MessageRejected") if why.contains("not verified") => NotifyError::Unavailable(format!(
            "SES sends nothing from {sender} to this address before both are verified, or the account has left the sandbox: {why}"
        )),
        Some("MessageRejected") => NotifyError::Invalid(format!("SES does not take the message: {why}")),
        Some(_) => NotifyError::Unavailable(why),
    }
}
