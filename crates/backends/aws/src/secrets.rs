//! `reel:secrets` in Secrets Manager.

use crate::explain::explain;
use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use reel_capabilities::secrets::{self, SecretError, Secrets};
use reel_capabilities::{Clock, Millis};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a secret holds without a look at Secrets Manager, which charges for each: 60 s.
const FRESH: Millis = 60_000;

struct Known {
    secret: Vec<u8>,
    read_at: Millis,
}

/// Secrets in Secrets Manager, under names that begin with a prefix. One that was replaced
/// or deleted there is used for up to a minute more; while Secrets Manager does not answer,
/// for longer.
pub struct ManagedSecrets {
    client: Client,
    prefix: String,
    clock: Arc<dyn Clock>,
    known: Mutex<HashMap<String, Known>>,
}

impl ManagedSecrets {
    /// The secrets whose names begin with a prefix, such as `reel/`.
    pub fn new(client: Client, prefix: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { client, prefix: prefix.into(), clock, known: Mutex::default() }
    }

    async fn fetch(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        let id = format!("{}{name}", self.prefix);
        let output = self.client.get_secret_value().secret_id(&id).send().await.map_err(|error| {
            match error.as_service_error().and_then(ProvideErrorMetadata::code) {
                // The second is what a secret answers that waits for its deletion.
                Some("ResourceNotFoundException" | "InvalidRequestException") => SecretError::NotFound(name.into()),
                _ => SecretError::Unavailable(explain(&error)),
            }
        })?;
        let bytes = output.secret_binary.map(|binary| binary.into_inner());
        let bytes = bytes.or_else(|| output.secret_string.map(String::into_bytes));
        bytes.ok_or_else(|| SecretError::Unavailable(format!("Secrets Manager answers without a value for {id}")))
    }

    /// The secret as it was last read, and whether that is long ago.
    fn known(&self, name: &str) -> Option<(Vec<u8>, bool)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |known: &Known| self.clock.now() < known.read_at + FRESH;
        known.get(name).map(|known| (known.secret.clone(), is_fresh(known)))
    }

    fn remember(&self, name: &str, secret: Option<&[u8]>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match secret {
            Some(secret) => {
                known.insert(name.into(), Known { secret: secret.into(), read_at: self.clock.now() });
            }
            None => drop(known.remove(name)),
        }
    }
}

#[async_trait]
impl Secrets for ManagedSecrets {
    async fn get(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        secrets::validate_name(name)?;
        let known = self.known(name);
        if let Some((secret, true)) = known {
            return Ok(secret);
        }
        match (self.fetch(name).await, known) {
            (Ok(secret), _) => {
                self.remember(name, Some(&secret));
                Ok(secret)
            }
            (Err(SecretError::Unavailable(why)), Some((secret, _))) => {
                tracing::warn!(name, why, "the secret as it was last read holds");
                Ok(secret)
            }
            (Err(error), _) => {
                self.remember(name, None);
                Err(error)
            }
        }
    }
}
