//! `wasi:config`: live settings.

/// Why a setting could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("settings cannot be read: {0}")]
pub struct ConfigError(pub String);

/// Settings by key; a key is `function.name`, for example `playback.token-lifetime`.
pub trait Config: Send + Sync {
    /// One setting as it is now; none when it is not set.
    fn get(&self, key: &str) -> Result<Option<String>, ConfigError>;

    /// All settings, ordered by key.
    fn all(&self) -> Result<Vec<(String, String)>, ConfigError>;
}
