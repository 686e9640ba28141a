//! `wasi:config`: a function sees the settings that begin with its own name.

use crate::bindings::wasi::config::store::{self, Error};
use crate::capability::Lent;
use crate::state::State;
use reel_capabilities::config::ConfigError;

impl store::Host for State {
    fn get(&mut self, key: String) -> Result<Option<String>, Error> {
        if !self.lent.sees(&key) {
            self.lent.refused(&format!("config = true (which covers {}.*, not {key})", self.lent.function));
            return Ok(None);
        }
        Ok(self.lent.capabilities.config.get(&key)?)
    }

    fn get_all(&mut self) -> Result<Vec<(String, String)>, Error> {
        let all = self.lent.capabilities.config.all()?;
        Ok(all.into_iter().filter(|(key, _)| self.lent.sees(key)).collect())
    }
}

impl Lent {
    fn sees(&self, key: &str) -> bool {
        let rest = key.strip_prefix(&*self.function);
        self.grants.config && rest.is_some_and(|rest| rest.starts_with('.'))
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Upstream(error.0)
    }
}
