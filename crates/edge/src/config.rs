//! How an edge is set up.

use crate::EdgeError;
use reel_api::steering::Tier;
use reel_capabilities::config::{Config, ConfigError};
use reel_delivery::Keys;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The least memory, in bytes: one object, and as much for what is on its way.
const MIN_MEMORY: usize = 8 << 20;
/// The least disk, in bytes: eight blocks, for they are evicted whole.
const MIN_DISK: usize = 16 << 20;

/// An edge, as it is started.
#[derive(Clone)]
pub struct EdgeConfig {
    /// Its name: a-z, 0-9 and -, and not `origin`.
    pub id: String,
    /// Where it stands.
    pub tier: Tier,
    /// Where to listen; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The URL by which viewers reach it, without a path; `http://localhost:PORT` when none.
    pub public_url: Option<String>,
    /// Where to fetch what it does not hold, nearest first, such as an IXP edge and then
    /// the platform: `http://host:port`, with a path where the platform has one.
    pub parents: Vec<String>,
    /// The folder of its cache.
    pub cache_dir: PathBuf,
    /// Bytes of memory for objects; half as many more for those on their way.
    pub memory_bytes: usize,
    /// Bytes of disk for objects.
    pub disk_bytes: usize,
    /// The platform that it tells of itself; none to keep silent.
    pub platform_url: Option<String>,
    /// The delivery keys, hexadecimal: 64 digits each, the one that signs first.
    pub delivery_key: String,
    /// The edges' key, hexadecimal, which signs what it tells.
    pub edge_key: String,
    /// The networks that it serves, as CIDR; empty for all.
    pub serves: Vec<String>,
}

impl EdgeConfig {
    /// Looks at every setting before anything is started.
    ///
    /// # Errors
    /// [`EdgeError::Config`] for the first that is wrong.
    pub(crate) fn check(&self) -> Result<(), EdgeError> {
        let wrong = |what: String| Err(EdgeError::Config(what));
        if self.id.is_empty() || !self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return wrong(format!("the edge's id {:?} should be of a-z, 0-9 and -", self.id));
        }
        for url in self.parents.iter().chain(&self.public_url).chain(&self.platform_url) {
            check_url(url)?;
        }
        if self.memory_bytes < MIN_MEMORY || self.disk_bytes < MIN_DISK {
            let (memory, disk) = (self.memory_bytes >> 20, self.disk_bytes >> 20);
            return wrong(format!(
                "an edge needs at least 8 MiB of memory and 16 MiB of disk; this one has {memory} and {disk}"
            ));
        }
        Keys::from_hex(&self.delivery_key).map_err(|e| EdgeError::Config(e.to_string()))?;
        self.edge_key_bytes().map(drop)
    }

    pub(crate) fn edge_key_bytes(&self) -> Result<Vec<u8>, EdgeError> {
        let key = hex::decode(self.edge_key.trim()).ok().filter(|key| !key.is_empty());
        key.ok_or_else(|| EdgeError::Config("the edges' key must be hexadecimal".into()))
    }

    /// The settings of the worker.
    pub(crate) fn settings(&self) -> WorkerSettings {
        WorkerSettings(vec![
            ("segment-cache.delivery-key".into(), self.delivery_key.clone()),
            ("segment-cache.parents".into(), self.parents.join(" ")),
        ])
    }
}

fn check_url(url: &str) -> Result<(), EdgeError> {
    let parsed: Option<http::Uri> = url.parse().ok();
    let good = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && uri.query().is_none()
    });
    match good && !url.contains(char::is_whitespace) {
        true => Ok(()),
        false => Err(EdgeError::Config(format!("{url:?} should be a URL such as http://host:8080"))),
    }
}

/// What the worker reads as its configuration.
pub(crate) struct WorkerSettings(Vec<(String, String)>);

impl Config for WorkerSettings {
    fn get(&self, key: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()))
    }

    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> EdgeConfig {
        EdgeConfig {
            id: "isp-1".into(),
            tier: Tier::Isp,
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: None,
            parents: vec!["http://localhost:8082".into(), "https://reel.example/prod".into()],
            cache_dir: PathBuf::new(),
            memory_bytes: MIN_MEMORY,
            disk_bytes: MIN_DISK,
            platform_url: Some("http://localhost:8080".into()),
            delivery_key: "07".repeat(32),
            edge_key: "08".repeat(32),
            serves: vec![],
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        assert!(config().check().is_ok());
        let wrong = [
            (EdgeConfig { id: "Isp".into(), ..config() }, "id"),
            (EdgeConfig { parents: vec!["localhost:8082".into()], ..config() }, "localhost:8082"),
            (EdgeConfig { parents: vec!["http://a b".into()], ..config() }, "a b"),
            (EdgeConfig { memory_bytes: 0, ..config() }, "memory"),
            (EdgeConfig { delivery_key: "07".into(), ..config() }, "delivery key"),
            (EdgeConfig { edge_key: "x".into(), ..config() }, "edges' key"),
        ];
        for (config, named) in wrong {
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn the_worker_is_told_its_parents_and_key() {
        let settings = config().settings();
        let parents = settings.get("segment-cache.parents").unwrap();
        assert_eq!(parents.as_deref(), Some("http://localhost:8082 https://reel.example/prod"));
        assert_eq!(settings.get("segment-cache.delivery-key").unwrap(), Some("07".repeat(32)));
    }
}
