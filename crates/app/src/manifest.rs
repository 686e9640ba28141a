//! The manifest's shape.

use crate::check;
use crate::place::{Finding, ManifestError};
use crate::quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What `reel.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Named chains of filters, outermost first.
    #[serde(default)]
    pub filters: BTreeMap<String, Vec<String>>,
    /// The functions, filters among them, by name.
    #[serde(default)]
    pub functions: BTreeMap<String, Function>,
    /// The workflows by name.
    #[serde(default)]
    pub workflows: BTreeMap<String, Workflow>,
}

/// One function: a component, or a native program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Function {
    /// The program that serves it; none for a component.
    pub native: Option<String>,
    /// Whether a native program runs ffmpeg, which then goes where it goes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ffmpeg: bool,
    /// Whether a component computes for long. It then runs behind those that do not, on threads of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub heavy: bool,
    /// How long its instances live.
    pub policy: Policy,
    /// The most memory of one instance, in bytes.
    #[serde(with = "quantity::bytes")]
    pub memory: u64,
    /// How long one request may take.
    #[serde(with = "quantity::duration")]
    pub timeout: Duration,
    /// How many requests one warm instance serves at once; how many run at once when
    /// native. A fresh instance serves one.
    pub concurrency: u32,
    /// The most instances at once.
    pub instances: u32,
    /// The most bytes of a request's body that comes by a route.
    #[serde(with = "quantity::bytes")]
    pub max_body: u64,
    /// Where it is reached from outside.
    pub routes: Vec<Route>,
    /// The streams that it consumes.
    pub consumes: Vec<Consume>,
    /// What it may use.
    pub grants: Grants,
}

impl Default for Function {
    fn default() -> Self {
        Self {
            native: None,
            ffmpeg: false,
            heavy: false,
            policy: Policy::Fresh,
            memory: 64 << 20,
            timeout: Duration::from_secs(10),
            concurrency: 16,
            instances: 8,
            max_body: 1 << 20,
            routes: Vec::new(),
            consumes: Vec::new(),
            grants: Grants::default(),
        }
    }
}

impl Function {
    /// How many requests it serves at once, in all its instances.
    pub fn capacity(&self) -> u32 {
        match (&self.native, self.policy) {
            (Some(_), _) => self.concurrency,
            (None, Policy::Fresh) => self.instances,
            (None, Policy::Warm) => self.instances.saturating_mul(self.concurrency),
        }
    }
}

/// How long an instance lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// For one request.
    Fresh,
    /// For many, some at once; it keeps its memory between them.
    Warm,
}

/// Where a function is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The methods, in capitals; empty for every one.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The path: `/v1/titles/{id}`; `{rest...}` at the end takes all that is left.
    pub path: String,
    /// The chain of filters that it goes through.
    #[serde(default)]
    pub through: Option<String>,
    /// Whether pages of other origins may use it: without cookies, by a token alone.
    #[serde(default)]
    pub cors: bool,
}

/// A stream that a function consumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consume {
    /// The stream.
    pub stream: String,
    /// The name under which the position is kept.
    pub consumer: String,
    /// The most records at a time.
    #[serde(default = "default_batch")]
    pub batch: usize,
    /// For how long a batch that is not full may wait for more records.
    #[serde(with = "quantity::duration", default)]
    pub linger: Duration,
}

fn default_batch() -> usize {
    100
}

/// What a function may do with a table or a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Access {
    /// Read.
    #[serde(rename = "r")]
    Read,
    /// Read and write.
    #[serde(rename = "rw")]
    Write,
}

/// What a function may use, by name. All else is denied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Tables (`reel:table`).
    pub tables: BTreeMap<String, Access>,
    /// Buckets (`reel:blob`).
    pub buckets: BTreeMap<String, Access>,
    /// Buckets whose objects it answers with, unread, from `http://blob.internal/BUCKET/KEY`.
    pub served_buckets: Vec<String>,
    /// Streams that it appends to (`reel:events`).
    pub streams: Vec<String>,
    /// Caches (`reel:cache`).
    pub caches: Vec<String>,
    /// Whether it reads the settings whose keys begin with its name and a dot (`wasi:config`).
    pub config: bool,
    /// Secrets (`reel:secrets`).
    pub secrets: Vec<String>,
    /// Channels of messages, `email` and `push` (`reel:notify`).
    pub notify: Vec<String>,
    /// Workflows (`reel:workflow`).
    pub workflows: Vec<String>,
    /// Functions that it calls at `http://NAME.internal/`.
    pub functions: Vec<String>,
    /// Services of the host's own that it calls at `http://NAME.internal/`.
    pub services: Vec<String>,
    /// Hosts outside that it calls, as `host` or `host:port`; `{setting}` is the host of the URL that the function's
    /// setting `NAME.setting` holds, so that a deployment decides where its provider is.
    pub outbound: Vec<String>,
}

/// The setting that a grant in `outbound` names; none when it is a host.
pub fn setting_of(grant: &str) -> Option<&str> {
    grant.strip_prefix('{')?.strip_suffix('}')
}

impl Grants {
    /// Whether it may send requests at all.
    pub fn sends(&self) -> bool {
        [&self.functions, &self.services, &self.outbound, &self.served_buckets].iter().any(|names| !names.is_empty())
    }
}

/// A workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Its definition in Amazon States Language, relative to the manifest.
    pub definition: PathBuf,
    /// The bucket that holds the lists of items of its distributed Maps, and their results.
    #[serde(default)]
    pub lists: Option<String>,
    /// How often it starts by itself, with the input `{}`; in whole minutes.
    #[serde(default, with = "quantity::optional_duration", skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Duration>,
    /// Which function a placeholder `${Name}` of the definition stands for.
    #[serde(default)]
    pub resources: BTreeMap<String, String>,
}

impl App {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place and what would be right.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let file = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|e| ManifestError::whole(&file, format!("cannot be read: {e}")))?;
        Self::parse(&file, &text)
    }

    /// Checks a manifest's text; `file` is what errors call it.
    ///
    /// # Errors
    /// As [`App::read`].
    pub fn parse(file: &str, text: &str) -> Result<Self, ManifestError> {
        let app: Self = toml::from_str(text).map_err(|e| ManifestError::syntax(file, text, &e))?;
        let findings: Vec<Finding> = check::check(&app);
        match findings.is_empty() {
            true => Ok(app),
            false => Err(ManifestError::semantic(file, text, findings)),
        }
    }

    /// What a host of one function alone needs: the function, and the filters that its routes
    /// go through; none when there is no such function. What these call is not part of it.
    pub fn part(&self, name: &str) -> Option<Self> {
        let function = self.functions.get(name)?;
        let through: Vec<&String> = function.routes.iter().filter_map(|route| route.through.as_ref()).collect();
        let filters = self.filters.iter().filter(|(chain, _)| through.contains(chain));
        let filters: BTreeMap<_, _> = filters.map(|(chain, members)| (chain.clone(), members.clone())).collect();
        let members = |other: &str| other == name || filters.values().flatten().any(|member| member == other);
        let functions = self.functions.iter().filter(|(other, _)| members(other));
        let functions = functions.map(|(name, function)| (name.clone(), function.clone())).collect();
        Some(Self { filters, functions, workflows: BTreeMap::new() })
    }

    /// The manifest as text that [`App::parse_part`] reads.
    ///
    /// # Errors
    /// None for an app that was read; a name that TOML cannot hold.
    pub fn to_text(&self) -> Result<String, String> {
        toml::to_string(self).map_err(|e| e.to_string())
    }

    /// Reads a part of a manifest that was checked as a whole: it may name what is elsewhere.
    ///
    /// # Errors
    /// That the text is none of [`App::to_text`].
    pub fn parse_part(file: &str, text: &str) -> Result<Self, ManifestError> {
        toml::from_str(text).map_err(|e| ManifestError::syntax(file, text, &e))
    }

    /// The names of the functions that stand in a chain of filters.
    pub fn filter_names(&self) -> impl Iterator<Item = &str> {
        self.filters.values().flatten().map(String::as_str)
    }
}
