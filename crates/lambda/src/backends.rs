//! The capabilities of a deployment, found by the names in the environment:
//!
//! - `REEL_PREFIX`, for example `reel-dev-`: what the names of its tables, streams and Lambdas
//!   begin with. Its secrets are below `reel-dev/`, its settings below `/reel-dev/`.
//! - `REEL_BUCKETS`: the same for buckets, whose names are taken once in all the world.
//! - `REEL_WORKFLOWS`: its state machines, as `NAME=ARN` with commas between them.
//! - `REEL_SENDER`: the address that its e-mails come from.

use anyhow::Context;
use reel_app::App;
use reel_backend_aws::blob::S3Blobs;
use reel_backend_aws::cache::DynamoCache;
use reel_backend_aws::client::Aws;
use reel_backend_aws::config::{EVERY, ParameterConfig, Settings};
use reel_backend_aws::events::KinesisEvents;
use reel_backend_aws::functions::LambdaFunctions;
use reel_backend_aws::notify::SesNotify;
use reel_backend_aws::secrets::ManagedSecrets;
use reel_backend_aws::table::DynamoTables;
use reel_backend_aws::workflow::StepFunctions;
use reel_capabilities::config::{Config, ConfigError};
use reel_capabilities::functions::Functions;
use reel_capabilities::secrets::Secrets;
use reel_capabilities::{Capabilities, Clock, SystemClock};
use reel_mail::Sender;
use reel_push::{PushSender, Services, VapidKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the function is lent, and what this program itself needs.
pub(crate) struct Backends {
    pub(crate) capabilities: Capabilities,
    pub(crate) functions: Arc<dyn Functions>,
    pub(crate) events: Arc<KinesisEvents>,
    /// What names on AWS begin with: of buckets first, for theirs may begin as those of the others.
    pub(crate) prefixes: Vec<String>,
}

/// Opens them. Nothing but settings is read yet, and those only for functions that have some.
pub(crate) async fn open(app: &App) -> anyhow::Result<Backends> {
    let prefix = std::env::var("REEL_PREFIX").context("REEL_PREFIX says no names: it is set by the deployment")?;
    let deployment = prefix.trim_end_matches('-');
    let buckets = std::env::var("REEL_BUCKETS").unwrap_or_else(|_| prefix.clone());
    let machines = machines(&std::env::var("REEL_WORKFLOWS").unwrap_or_default())?;
    let aws = Aws::from_env().await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let tables = Arc::new(DynamoTables::new(aws.dynamodb(), &prefix, clock.clone()));
    let events = Arc::new(KinesisEvents::new(aws.kinesis(), &prefix, tables.clone()));
    let config: Arc<dyn Config> = match app.functions.values().any(|function| function.grants.config) {
        true => Arc::new(ParameterConfig::open(aws.ssm(), deployment, Settings::new(), EVERY).await?),
        false => Arc::new(NoSettings),
    };
    let capabilities = Capabilities {
        blobs: Arc::new(S3Blobs::new(&aws.s3(), buckets.clone())),
        events: events.clone(),
        cache: Arc::new(DynamoCache::new(aws.dynamodb(), format!("{prefix}cache"), clock.clone())),
        secrets: Arc::new(ManagedSecrets::new(aws.secrets(), format!("{deployment}/"), clock.clone())),
        notify: Arc::new(notify(app, &aws, &prefix, clock.clone()).await?),
        workflows: Arc::new(StepFunctions::new(aws.sfn(), machines)?),
        tables,
        config,
    };
    let functions = Arc::new(LambdaFunctions::new(aws.lambda(), &prefix));
    Ok(Backends { capabilities, functions, events, prefixes: vec![buckets, prefix] })
}

/// Mail, and pushes where a function is granted them: only then is their key read.
async fn notify(app: &App, aws: &Aws, prefix: &str, clock: Arc<dyn Clock>) -> anyhow::Result<SesNotify> {
    let sender = std::env::var("REEL_SENDER").unwrap_or_default();
    let contact = format!("mailto:{}", Sender::parse(&sender).map_or_else(|_| sender.clone(), |s| s.address().into()));
    let table = format!("{prefix}notifications");
    let notify = SesNotify::new(aws.ses(), sender, aws.dynamodb(), table, clock.clone());
    let pushes = |function: &reel_app::Function| function.grants.notify.iter().any(|channel| channel == "push");
    if !app.functions.values().any(pushes) {
        return Ok(notify);
    }
    let secrets = ManagedSecrets::new(aws.secrets(), format!("{}/", prefix.trim_end_matches('-')), clock.clone());
    let key = VapidKey::from_secret(&secrets.get("vapid-key").await?)?;
    Ok(notify.with_push(PushSender::new(key, contact, Services::default(), clock)?))
}

/// Reads `NAME=ARN,NAME=ARN`.
fn machines(text: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let machine = |one: &str| {
        let (name, arn) = one.split_once('=').with_context(|| format!("REEL_WORKFLOWS has {one:?}, not NAME=ARN"))?;
        anyhow::Ok((name.to_owned(), arn.to_owned()))
    };
    text.split(',').filter(|one| !one.is_empty()).map(machine).collect()
}

/// For functions that are granted no settings.
struct NoSettings;

impl Config for NoSettings {
    fn get(&self, _: &str) -> Result<Option<String>, ConfigError> {
        Ok(None)
    }

    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(vec![])
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn state_machines_are_read_by_name() {
        let machines = super::machines("a=arn:aws:states:x,b=arn:y").unwrap();
        assert_eq!(machines["a"], "arn:aws:states:x");
        assert_eq!(machines.len(), 2);
        assert!(super::machines("").unwrap().is_empty());
        assert!(super::machines("a").unwrap_err().to_string().contains("not NAME=ARN"));
    }
}
