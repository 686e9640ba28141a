//! Whether the manifest grants a function exactly what its world imports.

use crate::manifest::{App, Function, Grants};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wit_parser::{Resolve, WorldItem};

/// A disagreement between a function's world and its grants.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The worlds cannot be read.
    #[error("{path}: {why}", path = .path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why not, or what to do.
        why: String,
    },
    /// A component has no world.
    #[error("function {0} has no world: describe it in wit/functions/{0}.wit")]
    Missing(String),
    /// A world belongs to no function.
    #[error("world {0} belongs to no function: add [functions.{0}] to reel.toml or remove wit/functions/{0}.wit")]
    Unused(String),
    /// The world imports what is not granted.
    #[error(
        "function {function} imports {import}, which reel.toml does not grant: add {line} to [functions.{function}.grants], or remove the import"
    )]
    NotGranted {
        /// The function.
        function: String,
        /// The interface.
        import: String,
        /// The line to add.
        line: String,
    },
    /// What is granted is not imported.
    #[error(
        "function {function} is granted {line}, but its world does not import {import}: remove the grant, or add `import {import};` to wit/functions/{function}.wit"
    )]
    NotImported {
        /// The function.
        function: String,
        /// The interface.
        import: String,
        /// The line to remove.
        line: String,
    },
    /// A filter and its world disagree.
    #[error("function {0} {1}")]
    Filter(String, &'static str),
}

type Granted = fn(&Grants) -> bool;

/// Each interface that needs a grant, the line that grants it, and whether it is there.
const CAPABILITIES: [(&str, &str, Granted); 9] = [
    ("reel:table/rows@0.1.0", "tables = { … }", |g| !g.tables.is_empty()),
    ("reel:blob/objects@0.1.0", "buckets = { … }", |g| !g.buckets.is_empty()),
    ("reel:events/streams@0.1.0", "streams = [ … ]", |g| !g.streams.is_empty()),
    ("reel:cache/store@0.1.0", "caches = [ … ]", |g| !g.caches.is_empty()),
    ("reel:secrets/store@0.1.0", "secrets = [ … ]", |g| !g.secrets.is_empty()),
    ("reel:notify/outbox@0.1.0", "notify = [ … ]", |g| !g.notify.is_empty()),
    ("reel:workflow/executions@0.1.0", "workflows = [ … ]", |g| !g.workflows.is_empty()),
    ("wasi:config/store@0.2.0-rc.1", "config = true", |g| g.config),
    ("wasi:http/client@0.3.0", "functions, services, outbound or served_buckets = [ … ]", Grants::sends),
];
const NEXT: &str = "wasi:http/handler@0.3.0";

/// Holds each component's grants against its world in `WIT/functions`.
///
/// # Errors
/// Every disagreement, with the line to add or to remove.
pub fn check_worlds(app: &App, wit: &Path) -> Result<(), Vec<WorldError>> {
    let worlds = read(wit).map_err(|e| vec![e])?;
    let mut errors = Vec::new();
    let components = || app.functions.iter().filter(|(_, function)| function.native.is_none());
    for (name, function) in components() {
        match worlds.iter().find(|(world, _)| world == name) {
            Some((_, imports)) => compare(app, name, function, imports, &mut errors),
            None => errors.push(WorldError::Missing(name.clone())),
        }
    }
    let unused = worlds.iter().filter(|(world, _)| !components().any(|(name, _)| name == world));
    errors.extend(unused.map(|(world, _)| WorldError::Unused(world.clone())));
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn compare(app: &App, name: &str, function: &Function, imports: &BTreeSet<String>, errors: &mut Vec<WorldError>) {
    for (import, line, granted) in CAPABILITIES {
        let (function_name, import_name, line) = (name.to_owned(), import.to_owned(), line.to_owned());
        match (imports.contains(import), granted(&function.grants)) {
            (true, false) => errors.push(WorldError::NotGranted { function: function_name, import: import_name, line }),
            (false, true) => {
                errors.push(WorldError::NotImported { function: function_name, import: import_name, line })
            }
            _ => {}
        }
    }
    let filters = app.filter_names().any(|filter| filter == name);
    match (imports.contains(NEXT), filters) {
        (true, false) => errors.push(WorldError::Filter(
            name.into(),
            "imports wasi:http/handler, but stands in no chain: add it to [filters]",
        )),
        (false, true) => errors.push(WorldError::Filter(
            name.into(),
            "stands in a chain of [filters], but its world does not import wasi:http/handler@0.3.0",
        )),
        _ => {}
    }
}

/// The worlds of `WIT/functions`, and the interfaces that each imports.
fn read(wit: &Path) -> Result<Vec<(String, BTreeSet<String>)>, WorldError> {
    let mut resolve = Resolve::default();
    push_wasi(&mut resolve, &wit.join("deps"))?;
    for package in ["table", "blob", "events", "cache", "config", "secrets", "notify", "workflow"] {
        push(&mut resolve, &wit.join(package))?;
    }
    let functions = push(&mut resolve, &wit.join("functions"))?;
    let worlds = resolve.packages[functions].worlds.iter();
    Ok(worlds.map(|(name, id)| (name.clone(), imports(&resolve, *id))).collect())
}

fn push_wasi(resolve: &mut Resolve, deps: &Path) -> Result<(), WorldError> {
    if !deps.exists() {
        let why = "does not exist: run script/wit, which copies the packages of WASI there".to_owned();
        return Err(WorldError::Unreadable { path: deps.to_owned(), why });
    }
    for file in ["clocks.wit", "random.wit", "filesystem.wit", "sockets.wit", "cli.wit", "http.wit"] {
        push(resolve, &deps.join(file))?;
    }
    Ok(())
}

fn push(resolve: &mut Resolve, path: &Path) -> Result<wit_parser::PackageId, WorldError> {
    let unreadable = |why: String| WorldError::Unreadable { path: path.to_owned(), why };
    resolve.push_path(path).map(|(package, _)| package).map_err(|e| unreadable(format!("{e:#}")))
}

fn imports(resolve: &Resolve, world: wit_parser::WorldId) -> BTreeSet<String> {
    let interface = |(_, item): (_, &WorldItem)| match item {
        WorldItem::Interface { id, .. } => resolve.id_of(*id),
        _ => None,
    };
    resolve.worlds[world].imports.iter().filter_map(interface).collect()
}
