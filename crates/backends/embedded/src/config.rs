//! `wasi:config` in a TOML file that may change at any time.

use reel_capabilities::config::{Config, ConfigError};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use toml::{Table, Value};

/// Settings by key.
pub type Settings = BTreeMap<String, String>;

/// A file whose time of change is younger than this may change again without showing it.
const SETTLED: Duration = Duration::from_secs(1);

/// What tells one state of the file from another; none when there is no file.
type Stamp = Option<(i64, i64, u64, u64)>;

struct Loaded {
    stamp: Stamp,
    settled: bool,
    text: String,
    settings: Arc<Settings>,
}

/// Settings in a TOML file: `[playback]` with `token-lifetime = 60` is
/// `playback.token-lifetime`. The file is looked at with each read. While it is not
/// TOML, the last good settings hold.
pub struct FileConfig {
    path: PathBuf,
    defaults: Settings,
    loaded: Mutex<Loaded>,
}

impl FileConfig {
    /// Opens a file, which need not exist; `defaults` hold for what it does not set. A
    /// file that is not TOML is refused here, since there are no last good settings yet.
    pub fn open(path: &Path, defaults: Settings) -> Result<Self, ConfigError> {
        let (stamp, settled) = stamp(path).map_err(|error| refusal(path, &error))?;
        let text = read(path)?;
        let settings = Arc::new(parse(path, &text, &defaults)?);
        Ok(Self { path: path.into(), defaults, loaded: Mutex::new(Loaded { stamp, settled, text, settings }) })
    }

    /// The settings as they are now.
    fn settings(&self) -> Arc<Settings> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let (stamp, settled) = stamp(&self.path).unwrap_or((loaded.stamp, true));
        if stamp != loaded.stamp || !loaded.settled {
            (loaded.stamp, loaded.settled) = (stamp, settled);
            self.reload(&mut loaded);
        }
        Arc::clone(&loaded.settings)
    }

    /// Takes over the file's text. One that is no good is noted too, so that it is logged once.
    fn reload(&self, loaded: &mut Loaded) {
        let read = read(&self.path).and_then(|text| {
            let same = text == loaded.text;
            loaded.text.clone_from(&text);
            if same { Ok(None) } else { parse(&self.path, &text, &self.defaults).map(Some) }
        });
        match read {
            Ok(Some(settings)) => loaded.settings = Arc::new(settings),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the last good settings hold"),
        }
    }
}

impl Config for FileConfig {
    fn get(&self, key: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.settings().get(key).cloned())
    }

    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(self.settings().iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

fn refusal(path: &Path, error: &dyn std::fmt::Display) -> ConfigError {
    ConfigError(format!("{}: {error}", path.display()))
}

/// The file's state, and whether any further change would show in it.
fn stamp(path: &Path) -> io::Result<(Stamp, bool)> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((None, true)),
        Err(error) => return Err(error),
    };
    let settled = metadata.modified()?.elapsed().is_ok_and(|age| age > SETTLED);
    Ok((Some((metadata.mtime(), metadata.mtime_nsec(), metadata.len(), metadata.ino())), settled))
}

/// The file's text; none is as good as an empty one.
fn read(path: &Path) -> Result<String, ConfigError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        text => text.map_err(|error| refusal(path, &error)),
    }
}

fn parse(path: &Path, text: &str, defaults: &Settings) -> Result<Settings, ConfigError> {
    let table: Table = text.parse().map_err(|error| refusal(path, &error))?;
    let mut settings = defaults.clone();
    flatten("", table, &mut settings);
    Ok(settings)
}

fn flatten(section: &str, table: Table, settings: &mut Settings) {
    for (name, value) in table {
        let key = if section.is_empty() { name } else { format!("{section}.{name}") };
        match value {
            Value::Table(table) => flatten(&key, table, settings),
            Value::String(text) => drop(settings.insert(key, text)),
            other => drop(settings.insert(key, other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_become_prefixes_and_defaults_fill_the_gaps() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("config.toml");
        fs::write(&path, "top = true\n[playback]\nlifetime = 60\n[playback.cdn]\nhosts = [\"a\", \"b\"]\n")?;
        let defaults = Settings::from([("playback.lifetime".into(), "30".into()), ("rate.limit".into(), "9".into())]);
        let config = FileConfig::open(&path, defaults)?;
        let expected = [
            ("playback.cdn.hosts", "[\"a\", \"b\"]"),
            ("playback.lifetime", "60"),
            ("rate.limit", "9"),
            ("top", "true"),
        ];
        assert_eq!(config.all()?, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        Ok(())
    }

    #[test]
    fn a_broken_file_keeps_the_last_good_settings() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("config.toml");
        fs::write(&path, "a = 1\n")?;
        let config = FileConfig::open(&path, Settings::new())?;
        fs::write(&path, "a = 2\nb = [")?;
        assert_eq!(config.get("a")?, Some("1".into()));
        fs::write(&path, "a = 3 # mended\n")?;
        assert_eq!(config.get("a")?, Some("3".into()));
        fs::remove_file(&path)?;
        assert_eq!(config.get("a")?, None);
        Ok(())
    }

    #[test]
    fn a_file_that_is_broken_from_the_start_is_refused_by_name() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("config.toml");
        fs::write(&path, "a = [")?;
        let refusal = FileConfig::open(&path, Settings::new()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refusal.contains("config.toml") && refusal.contains("line 1"), "{refusal}");
        Ok(())
    }
}
