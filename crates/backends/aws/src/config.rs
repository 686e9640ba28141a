//! `wasi:config` in Parameter Store.
//!
//! The key `playback.token-lifetime` is the parameter `/PATH/playback/token-lifetime`. Parameter
//! Store has no empty values: two quotation marks, `""`, stand for one.

use crate::explain::explain;
use aws_sdk_ssm::Client;
use reel_capabilities::config::{Config, ConfigError};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

/// Settings by key.
pub type Settings = BTreeMap<String, String>;

/// How often the settings are read in a deployment. Parameter Store answers 40 times a
/// second in an account, and needs a call for each ten settings.
pub const EVERY: Duration = Duration::from_secs(60);
/// What stands for an empty value.
const EMPTY: &str = "\"\"";

/// Settings in Parameter Store, as they were at most one turn ago: all are read again each
/// turn, until this is dropped. While they cannot be read, the last ones hold.
pub struct ParameterConfig {
    view: Arc<View>,
}

struct View {
    client: Client,
    /// Where the settings are, with a slash at its end.
    path: String,
    defaults: Settings,
    settings: RwLock<Arc<Settings>>,
}

impl ParameterConfig {
    /// Reads the settings below a path, such as `/reel`, and again every so often;
    /// `defaults` hold for what is not set there. Needs a tokio runtime.
    pub async fn open(client: Client, path: &str, defaults: Settings, every: Duration) -> Result<Self, ConfigError> {
        let path = format!("/{}/", path.trim_matches('/'));
        let view = Arc::new(View { client, path, defaults, settings: RwLock::default() });
        view.refresh().await?;
        tokio::spawn(keep_fresh(Arc::downgrade(&view), every));
        Ok(Self { view })
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.view.settings.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl View {
    async fn refresh(&self) -> Result<(), ConfigError> {
        let mut settings = self.defaults.clone();
        let call = self.client.get_parameters_by_path().path(&self.path).recursive(true).with_decryption(true);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| ConfigError(format!("{}: {}", self.path, explain(&error))))?;
            let parameters = page.parameters().iter().filter_map(|parameter| parameter.name().zip(parameter.value()));
            settings.extend(parameters.filter_map(|(name, value)| setting(&self.path, name, value)));
        }
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        Ok(())
    }
}

/// Reads the settings again each turn, as long as somebody uses them. Turns differ a little,
/// lest all instances that started together ask together.
async fn keep_fresh(view: Weak<View>, every: Duration) {
    loop {
        tokio::time::sleep(every.mul_f64(rand::random_range(0.8..1.0))).await;
        let Some(view) = view.upgrade() else { return };
        if let Err(error) = view.refresh().await {
            tracing::warn!(%error, "the last settings hold");
        }
    }
}

/// A parameter as key and value; none when it is not below the path.
fn setting(path: &str, name: &str, value: &str) -> Option<(String, String)> {
    let key = name.strip_prefix(path)?.replace('/', ".");
    Some((key, if value == EMPTY { String::new() } else { value.into() }))
}

impl Config for ParameterConfig {
    fn get(&self, key: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.settings().get(key).cloned())
    }

    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(self.settings().iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_a_setting() {
        let setting = |name, value| setting("/reel/", name, value);
        let is = |key: &str, value: &str| Some((key.to_owned(), value.to_owned()));
        assert_eq!(setting("/reel/playback/token-lifetime", "60"), is("playback.token-lifetime", "60"));
        assert_eq!(setting("/reel/playback/cdn/hosts", "\"\""), is("playback.cdn.hosts", ""));
        assert_eq!(setting("/other/playback/x", "1"), None);
    }
}
