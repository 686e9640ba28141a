//! Errors as a state machine sees them: a name and a cause.

use reel_capabilities::workflow::MAX_PAYLOAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) const ALL: &str = "States.ALL";
pub(crate) const TASK_FAILED: &str = "States.TaskFailed";
pub(crate) const TIMEOUT: &str = "States.Timeout";
pub(crate) const RUNTIME: &str = "States.Runtime";
pub(crate) const DATA_LIMIT: &str = "States.DataLimitExceeded";

/// The longest error name and cause, in bytes, as at AWS.
const MAX_ERROR: usize = 256;
const MAX_CAUSE: usize = 32 * 1024;

/// The error names that a Retry or Catch may list beside a function's own ones.
pub(crate) const RESERVED: [&str; 13] = [
    ALL,
    TASK_FAILED,
    TIMEOUT,
    DATA_LIMIT,
    "States.BranchFailed",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
];

/// Why a state failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) error: String,
    pub(crate) cause: String,
}

impl Failure {
    pub(crate) fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: shorten(error.into(), MAX_ERROR), cause: shorten(cause.into(), MAX_CAUSE) }
    }

    /// What a machine cannot handle: a path without a value, an endless loop.
    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new(RUNTIME, cause)
    }

    pub(crate) fn intrinsic(cause: impl Into<String>) -> Self {
        Self::new("States.IntrinsicFailure", cause)
    }

    /// Whether one of the names of an `ErrorEquals` means this error. As at AWS, the
    /// wildcards leave out what no repetition can mend, and `States.Runtime` is final.
    pub(crate) fn is_among(&self, names: &[String]) -> bool {
        let wild = self.error != RUNTIME && self.error != DATA_LIMIT;
        names.iter().any(|name| match name.as_str() {
            ALL => wild,
            TASK_FAILED => wild && self.error != TIMEOUT,
            name => name == self.error && self.error != RUNTIME,
        })
    }

    /// What a Catch puts into the data.
    pub(crate) fn to_value(&self) -> Value {
        json!({ "Error": self.error, "Cause": self.cause })
    }
}

/// Cuts a text that would not fit into a row of the journal.
fn shorten(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

/// Passes a payload on when it is within the limit; `what` names it in the error.
pub(crate) fn within_limit(what: &str, payload: Value) -> Result<Value, Failure> {
    let size = size(&payload);
    if size <= MAX_PAYLOAD {
        return Ok(payload);
    }
    let cause =
        format!("{what} has {size} bytes of JSON, at most {MAX_PAYLOAD} are allowed: keep large data in a bucket");
    Err(Failure::new(DATA_LIMIT, cause))
}

/// The length of a value as JSON, in bytes.
pub(crate) fn size(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail, and a Value always serialises.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}
