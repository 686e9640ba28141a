//! `reel:secrets`: reading by name.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::secrets::{SecretError, Secrets};

/// The secrets that `open` must have stored.
pub const STORED: &[(&str, &[u8])] = &[("token-key", b"correct horse"), ("raw", &[0, 255, 10, 13, 128])];

/// Tests a backend of `reel:secrets`: `open` returns what derefs to a `Secrets` that
/// holds [`STORED`](crate::conformance::secrets::STORED).
#[macro_export]
macro_rules! secrets_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            secrets:
            secrets_come_back_byte_for_byte,
            an_unknown_secret_is_not_found;
        }
    };
}

/// Bytes, not text.
pub async fn secrets_come_back_byte_for_byte(secrets: &dyn Secrets, _: &TestClock) {
    for (name, bytes) in STORED {
        assert_eq!(secrets.get(name).await, Ok(bytes.to_vec()));
    }
}

/// Nor does a strange name lead anywhere.
pub async fn an_unknown_secret_is_not_found(secrets: &dyn Secrets, _: &TestClock) {
    for name in ["unknown", "", ".", "../token-key", "token-key/", "/etc/hostname"] {
        let result = secrets.get(name).await;
        assert!(matches!(result, Err(SecretError::NotFound(_))), "{name:?}: {result:?}");
    }
}
