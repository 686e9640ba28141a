//! What an operator and the edges of a stage need to know, in files of theirs alone.

use crate::names::Stage;
use anyhow::Context;
use reel_backend_aws::client::Aws;
use reel_backend_aws::secrets::ManagedSecrets;
use reel_capabilities::SystemClock;
use reel_capabilities::secrets::Secrets;
use reel_operator::{Operator, write_private};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Writes `operator.json`, by which `reel --data FOLDER` finds the stage and signs in, and
/// `edge.env`, what its edges read their keys from. Only their owner may read them.
pub(crate) async fn write(aws: &Aws, stage: &Stage, url: &str, folder: &Path) -> anyhow::Result<()> {
    let secrets = ManagedSecrets::new(aws.secrets(), format!("{}/", stage.deployment()), Arc::new(SystemClock));
    let key = async |name: &str| {
        let secret = secrets.get(name).await.with_context(|| format!("the secret {name} of {}", stage.deployment()))?;
        anyhow::Ok(hex::encode(secret))
    };
    let operator = Operator { url: url.into(), key: key("operator-key").await? };
    let (delivery, edge) = (key("delivery-key").await?, key("edge-key").await?);
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    operator.write(folder)?;
    let edges = format!("REEL_DELIVERY_KEY={delivery}\nREEL_EDGE_KEY={edge}\n");
    Ok(write_private(&folder.join("edge.env"), edges.as_bytes())?)
}
