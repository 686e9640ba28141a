//! The keys of a platform, made on its first start.

use super::edges;
use reel_backend_embedded::secrets::FileSecrets;
use reel_capabilities::secrets::SecretError;

/// The keys that this process itself needs; functions read theirs from the secrets.
pub(crate) struct Keys {
    pub(crate) operator: String,
    pub(crate) demo_password: String,
    delivery: String,
    edge: String,
}

impl Keys {
    /// Makes the keys that there are not yet.
    pub(crate) fn open(secrets: &FileSecrets) -> Result<Self, SecretError> {
        let key = |name: &str, bytes| Ok::<_, SecretError>(hex::encode(secrets.generate(name, bytes)?));
        key("signing-key", 32)?;
        key("content-key-seed", 32)?;
        key("unsubscribe-key", 32)?;
        Ok(Self {
            operator: key("operator-key", 32)?,
            demo_password: key("demo-password", 6)?,
            delivery: key("delivery-key", 32)?,
            edge: key("edge-key", 32)?,
        })
    }

    pub(crate) fn for_edges(&self) -> edges::Keys {
        edges::Keys { delivery: self.delivery.clone(), edge: self.edge.clone() }
    }
}
