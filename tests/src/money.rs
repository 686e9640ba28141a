//! What tests of billing share.

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use tempfile::TempDir;

/// A platform's folder with these settings, and the provider's secrets.
pub fn configured(settings: &str, key: &str, webhook_secret: &str) -> Result<TempDir> {
    let data = tempfile::tempdir()?;
    std::fs::write(data.path().join("config.toml"), settings)?;
    let secrets = data.path().join("secrets");
    DirBuilder::new().mode(0o700).create(&secrets)?;
    for (name, value) in [("stripe-key", key), ("stripe-webhook-secret", webhook_secret)] {
        let file = secrets.join(name);
        std::fs::write(&file, value)?;
        std::fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    }
    Ok(data)
}

/// The claims of a token that was just handed out.
pub fn claims(token: &str) -> Result<Value> {
    let claims = token.split('.').nth(1).context("not a token")?;
    Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims)?)?)
}
