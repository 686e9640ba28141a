//! The platform put together: backends, workflows, native Lambdas, host.

use super::keys::Keys;
use super::log::LogService;
use super::post;
use crate::args::UpArgs;
use crate::tree::Tree;
use anyhow::Context;
use async_trait::async_trait;
use reel_app::App;
use reel_backend_embedded::{Embedded, blob::FileBlobs, blob_folder, config::FileConfig, notify::Outbox};
use reel_capabilities::{Clock, SystemClock};
use reel_host::{Components, Countries, Host, Natives, TaskFailure};
use reel_lambda_local::{Lambda, LambdaError, Lambdas};
use reel_workflow::{Machine, Runner, TaskError, Tasks};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The running parts.
pub(crate) struct Assembly {
    pub(crate) host: Host,
    pub(crate) runner: Arc<Runner>,
    pub(crate) lambdas: Arc<Lambdas>,
    pub(crate) blobs: Arc<FileBlobs>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) keys: Keys,
    pub(crate) config: Arc<FileConfig>,
}

impl Assembly {
    /// Opens the data folder and loads every function.
    pub(crate) async fn open(
        args: &UpArgs,
        tree: &Tree,
        data: &Path,
        url: &str,
        countries: Countries,
    ) -> anyhow::Result<Self> {
        let app = App::read(&tree.manifest())?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut embedded = Embedded::open(data, Arc::clone(&clock), defaults(url))?;
        let keys = Keys::open(&embedded.secrets)?;
        embedded.notify = Arc::new(post::outbox(args, &embedded, Arc::clone(&clock))?);
        let tasks = Arc::new(HostTasks::default());
        let runner = Arc::new(Runner::new(
            machines(&app, tree)?,
            embedded.tables.clone(),
            embedded.blobs.clone(),
            tasks.clone(),
            clock,
            None,
        ));
        let lambdas = Arc::new(Lambdas::new(natives(&app, tree, data)));
        let log = Arc::new(LogService::default());
        let host = Host::builder(app, embedded.capabilities(runner.clone()))
            .components(Components::Folder { wasm: tree.components(), aot: tree.compiled() })
            .natives(Arc::new(LocalNatives(lambdas.clone())))
            .service("log", log.clone())
            .countries(countries)
            .build()?;
        log.serve(host.clone());
        // Set here alone, before anything can start a workflow.
        let _ = tasks.0.set(host.clone());
        let Embedded { blobs, notify: outbox, config, .. } = embedded;
        Ok(Self { host, runner, lambdas, blobs, outbox, keys, config })
    }
}

/// Settings that follow from where the platform listens; `config.toml` overrides them.
fn defaults(url: &str) -> BTreeMap<String, String> {
    // A browser keeps no `Secure` cookie of plain http, which this is.
    let settings = [
        ("auth.pages-origin", url),
        ("auth.secure-cookies", "false"),
        ("notification.base-url", url),
        ("steering.origin-url", url),
    ];
    settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn machines(app: &App, tree: &Tree) -> anyhow::Result<BTreeMap<String, Machine>> {
    let load = |(name, workflow): (&String, &reel_app::Workflow)| {
        let path = tree.root().join(&workflow.definition);
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let machine = Machine::load(&text, &workflow.resources).with_context(|| path.display().to_string())?;
        anyhow::Ok((name.clone(), machine))
    };
    app.workflows.iter().map(load).collect()
}

fn natives(app: &App, tree: &Tree, data: &Path) -> Vec<Lambda> {
    let blobs = blob_folder(data).display().to_string();
    let passed_on = ["REEL_FFMPEG", "REEL_FFPROBE"].into_iter();
    let env: Vec<_> = passed_on
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .chain([("REEL_BLOBS".to_owned(), blobs)])
        .collect();
    let lambda = |(name, function): (&String, &reel_app::Function)| {
        let program = tree.natives().join(function.native.as_ref()?);
        let concurrency = function.concurrency as usize;
        Some(Lambda { name: name.clone(), program, env: env.clone(), timeout: function.timeout, concurrency })
    };
    app.functions.iter().filter_map(lambda).collect()
}

/// Runs a workflow's tasks on the host, which is built after the workflows.
#[derive(Default)]
struct HostTasks(OnceLock<Host>);

#[async_trait]
impl Tasks for HostTasks {
    async fn invoke(&self, function: &str, _: &str, input: Value) -> Result<Value, TaskError> {
        let unavailable =
            || TaskError { error: "Reel.Unavailable".into(), cause: "the platform is still starting".into() };
        let host = self.0.get().ok_or_else(unavailable)?;
        host.task(function, input).await.map_err(|TaskFailure { error, cause }| TaskError { error, cause })
    }
}

/// Native functions as processes of this machine.
struct LocalNatives(Arc<Lambdas>);

#[async_trait]
impl Natives for LocalNatives {
    async fn invoke(&self, function: &str, input: Value) -> Result<Value, TaskFailure> {
        self.0.invoke(function, &input).await.map_err(|error| match error {
            LambdaError::Function { kind, message } => TaskFailure { error: kind, cause: message },
            LambdaError::TimedOut { .. } => TaskFailure { error: "States.Timeout".into(), cause: error.to_string() },
            LambdaError::Crashed(_) => TaskFailure { error: "Reel.Unavailable".into(), cause: error.to_string() },
            _ => TaskFailure { error: "Reel.Misconfigured".into(), cause: error.to_string() },
        })
    }
}
