//! The host's side of each capability: the grant is checked, then the backend is asked.

mod blob;
mod cache;
mod config;
mod events;
mod notify;
mod secrets;
mod table;
mod workflow;

use crate::function::Function;
use crate::host::InternalService;
use crate::outside::Outside;
use reel_app::{Access, Grants};
use reel_capabilities::Capabilities;
use reel_capabilities::functions::Functions;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, Weak};

/// What one function may use.
pub(crate) struct Lent {
    pub(crate) function: Arc<str>,
    pub(crate) grants: Grants,
    pub(crate) capabilities: Capabilities,
    pub(crate) directory: Arc<Directory>,
    pub(crate) services: Arc<HashMap<String, Arc<dyn InternalService>>>,
    pub(crate) elsewhere: Option<Arc<dyn Functions>>,
    pub(crate) outside: Outside,
}

/// The components of the host by name, known once all are loaded. The host owns them.
pub(crate) type Directory = OnceLock<HashMap<String, Weak<Function>>>;

impl Lent {
    /// Whether a name stands in a list of grants; else the refusal is logged with what to add.
    pub(crate) fn allows(&self, key: &str, granted: &[String], name: &str) -> bool {
        let allowed = granted.iter().any(|grant| grant == name);
        if !allowed {
            self.refused(&format!("{key} = [\"{name}\"]"));
        }
        allowed
    }

    /// Whether a table or a bucket is granted with this access.
    fn allows_access(&self, key: &str, granted: &BTreeMap<String, Access>, name: &str, access: Access) -> bool {
        let allowed = granted.get(name).is_some_and(|grant| *grant >= access);
        if !allowed {
            let letters = if access == Access::Write { "rw" } else { "r" };
            self.refused(&format!("{key} = {{ {name} = \"{letters}\" }}"));
        }
        allowed
    }

    pub(crate) fn refused(&self, line: &str) {
        let function = &*self.function;
        tracing::warn!(
            function,
            "refused what is not granted: add {line} to [functions.{function}.grants] in reel.toml"
        );
    }
}
