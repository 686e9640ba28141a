//! How a host is put together.

use crate::aot;
use crate::capability::{Directory, Lent};
use crate::consumer::Redelivery;
use crate::country::Countries;
use crate::engine;
use crate::function::Function;
use crate::host::{Host, Inner, InternalService};
use crate::instance::{Instances, Limits};
use crate::link;
use crate::natives::{Native, Natives, NoNatives};
use crate::outside::Outside;
use crate::rewind::Turns;
use crate::state::State;
use reel_app::{App, Router};
use reel_capabilities::Capabilities;
use reel_capabilities::functions::Functions;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

/// Where the components are.
#[derive(Debug, Clone)]
pub enum Components {
    /// Compiled when they are loaded, unless that was done before.
    Folder {
        /// Holds `NAME.wasm` for each function, or `na_me.wasm` as cargo writes it.
        wasm: PathBuf,
        /// Where what was compiled is kept, and what was [shipped](crate::ship) lies. Who may
        /// write there may run code as us.
        aot: PathBuf,
    },
    /// The file of what [`compile`](crate::compile) made of each, by the function's name. Who may
    /// write it may run code as us.
    Compiled(HashMap<String, PathBuf>),
}

/// Why a host cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A function has no component.
    #[error("function {function} has no component at {path}: {why}; script/build makes it", path = .path.display())]
    Missing {
        /// The function.
        function: String,
        /// Where it was looked for.
        path: PathBuf,
        /// Why it was not found there.
        why: String,
    },
    /// What should be a component is none, or needs what no function is lent.
    #[error("function {function} cannot be loaded: {why}")]
    Invalid {
        /// The function.
        function: String,
        /// Why not.
        why: String,
    },
    /// A component imports what it was not granted.
    #[error(
        "function {function} imports {import}, which it is not granted: add {line} to [functions.{function}.grants] in reel.toml"
    )]
    NotGranted {
        /// The function.
        function: String,
        /// The interface that it imports.
        import: String,
        /// The line to add, with a name to fill in.
        line: String,
    },
    /// A component is a filter, and the manifest does not use it as one.
    #[error(
        "function {function} imports wasi:http/handler, but is no filter: name it in a chain of [filters] in reel.toml"
    )]
    NotFilter {
        /// The function.
        function: String,
    },
    /// The routes collide; a checked manifest has none such.
    #[error("the routes cannot be used: {0}")]
    Routes(String),
    /// There is nobody to trust in requests to hosts outside.
    #[error(transparent)]
    Tls(#[from] reel_tls::TlsError),
    /// WebAssembly cannot be run here.
    #[error("WebAssembly cannot be run here: {0}")]
    Engine(String),
}

/// Puts a [`Host`] together.
pub struct Builder {
    app: App,
    capabilities: Capabilities,
    components: Components,
    natives: Arc<dyn Natives>,
    services: HashMap<String, Arc<dyn InternalService>>,
    elsewhere: Option<Arc<dyn Functions>>,
    redelivery: Redelivery,
    countries: Countries,
}

impl Builder {
    pub(crate) fn new(app: App, capabilities: Capabilities) -> Self {
        Self {
            app,
            capabilities,
            components: Components::Compiled(HashMap::new()),
            natives: Arc::new(NoNatives),
            services: HashMap::new(),
            elsewhere: None,
            redelivery: Redelivery::default(),
            countries: Countries::default(),
        }
    }

    /// Where the components are. Without it there are none.
    #[must_use]
    pub fn components(self, components: Components) -> Self {
        Self { components, ..self }
    }

    /// Who runs native functions. Without it their tasks fail.
    #[must_use]
    pub fn natives(self, natives: Arc<dyn Natives>) -> Self {
        Self { natives, ..self }
    }

    /// Lets functions that are granted `services = ["NAME"]` call it at `http://NAME.internal/`.
    #[must_use]
    pub fn service(mut self, name: &str, service: Arc<dyn InternalService>) -> Self {
        self.services.insert(name.to_owned(), service);
        self
    }

    /// Who reaches the functions that are not part of the app. Without it there are none.
    #[must_use]
    pub fn elsewhere(self, functions: Arc<dyn Functions>) -> Self {
        Self { elsewhere: Some(functions), ..self }
    }

    /// How often, and after what pauses, events are delivered again.
    #[must_use]
    pub fn redelivery(self, redelivery: Redelivery) -> Self {
        Self { redelivery, ..self }
    }

    /// Where the gateway learns the country of who asks. Without it it knows none.
    #[must_use]
    pub fn countries(self, countries: Countries) -> Self {
        Self { countries, ..self }
    }

    /// Loads every component, compiling those that were not before.
    ///
    /// # Errors
    /// The first function that cannot be loaded, and what would be right.
    pub fn build(self) -> Result<Host, LoadError> {
        let engine_error = |e: wasmtime::Error| LoadError::Engine(format!("{e:#}"));
        let engine = engine::start(pool_size(&self.app), largest_memory(&self.app)).map_err(engine_error)?;
        let linker = link::linker(&engine).map_err(engine_error)?;
        let loader = Loader {
            linker,
            directory: Arc::default(),
            services: Arc::new(self.services),
            elsewhere: self.elsewhere,
            outside: Outside::new()?,
            filters: self.app.filter_names().map(str::to_owned).collect(),
            app: &self.app,
            capabilities: &self.capabilities,
            components: &self.components,
            engine,
        };
        let functions = loader.load()?;
        let router = Router::new(&self.app)
            .map_err(|findings| LoadError::Routes(findings.into_iter().map(|f| f.message).collect()))?;
        let native = native(&self.app);
        let Self { app, capabilities, natives, redelivery, countries, .. } = self;
        let turns = Turns::of_app(&app);
        Ok(Host::from(Inner { app, capabilities, functions, router, natives, native, redelivery, turns, countries }))
    }
}

/// The sum of all instances that may live at once, so that nobody waits for a slot.
fn pool_size(app: &App) -> u32 {
    let components = app.functions.values().filter(|function| function.native.is_none());
    components.map(|function| function.instances).sum::<u32>().max(1)
}

fn largest_memory(app: &App) -> u64 {
    app.functions.values().map(|function| function.memory).max().unwrap_or(1 << 20)
}

fn native(app: &App) -> BTreeMap<String, Native> {
    let natives = app.functions.iter().filter(|(_, function)| function.native.is_some());
    natives.map(|(name, function)| (name.clone(), Native::new(function.concurrency))).collect()
}

struct Loader<'a> {
    app: &'a App,
    capabilities: &'a Capabilities,
    components: &'a Components,
    engine: Arc<Engine>,
    linker: Linker<State>,
    directory: Arc<Directory>,
    services: Arc<HashMap<String, Arc<dyn InternalService>>>,
    elsewhere: Option<Arc<dyn Functions>>,
    outside: Outside,
    filters: HashSet<String>,
}

impl Loader<'_> {
    fn load(&self) -> Result<BTreeMap<String, Arc<Function>>, LoadError> {
        let mut functions = BTreeMap::new();
        for (name, described) in self.app.functions.iter().filter(|(_, function)| function.native.is_none()) {
            functions.insert(name.clone(), Arc::new(self.function(name, described)?));
        }
        let known = functions.iter().map(|(name, function)| (name.clone(), Arc::downgrade(function))).collect();
        // Nobody but us sets it, and once.
        let _ = self.directory.set(known);
        Ok(functions)
    }

    fn function(&self, name: &str, described: &reel_app::Function) -> Result<Function, LoadError> {
        let component = self.component(name)?;
        let pre = link::link(&self.linker, &component, name, &described.grants, self.filters.contains(name))?;
        let instances = Instances {
            engine: self.engine.clone(),
            pre,
            lent: Arc::new(self.lent(name, described)),
            metrics: Arc::default(),
            limits: limits(described),
            slots: Arc::new(Semaphore::new(described.instances as usize)),
            freed: Arc::new(Notify::new()),
        };
        Ok(Function::new(instances, described.capacity(), described.heavy))
    }

    fn component(&self, name: &str) -> Result<Component, LoadError> {
        match self.components {
            Components::Folder { wasm, aot } => aot::load(&self.engine, name, &file(wasm, name), aot),
            Components::Compiled(compiled) => {
                let missing = || LoadError::Invalid {
                    function: name.into(),
                    why: "it is not among the compiled components".into(),
                };
                let file = compiled.get(name).ok_or_else(missing)?;
                aot::map(&self.engine, file).map_err(|e| LoadError::Invalid {
                    function: name.into(),
                    why: format!("{} is not what this build compiles, compile it again: {e:#}", file.display()),
                })
            }
        }
    }

    fn lent(&self, name: &str, described: &reel_app::Function) -> Lent {
        Lent {
            function: name.into(),
            grants: described.grants.clone(),
            capabilities: self.capabilities.clone(),
            directory: self.directory.clone(),
            services: self.services.clone(),
            elsewhere: self.elsewhere.clone(),
            outside: self.outside.clone(),
        }
    }
}

fn limits(described: &reel_app::Function) -> Limits {
    Limits {
        policy: described.policy,
        memory: described.memory,
        timeout: described.timeout,
        concurrency: described.concurrency as usize,
    }
}

/// `NAME.wasm`, or the name that cargo gives it when that is what there is.
fn file(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(format!("{name}.wasm"));
    let cargo = folder.join(format!("{}.wasm", name.replace('-', "_")));
    if !plain.exists() && cargo.exists() { cargo } else { plain }
}
