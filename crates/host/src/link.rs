//! What a component may import, and who answers it.

use crate::bindings;
use crate::builder::LoadError;
use crate::state::{Lending, State};
use reel_app::Grants;
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::p2::bindings::{cli, random};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{WasiHttp, WasiHttpView};

/// A linker with all that the host lends. Grants are held against a component's imports
/// before it is linked, and against every name that it uses afterwards.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    base(&mut linker)?;
    lent(&mut linker)?;
    Ok(linker)
}

/// Clocks, random numbers and standard streams: no environment, files or sockets. Rust's
/// standard library imports version 0.2 of them.
fn base(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_proxy_interfaces_async(linker)?;
    random::insecure::add_to_linker::<State, WasiRandom>(linker, |state| state.ctx().ctx.random())?;
    random::insecure_seed::add_to_linker::<State, WasiRandom>(linker, |state| state.ctx().ctx.random())?;
    cli::exit::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::environment::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::terminal_input::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::terminal_output::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::terminal_stdin::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::terminal_stdout::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    cli::terminal_stderr::add_to_linker::<State, WasiCli>(linker, State::cli)?;
    wasmtime_wasi::p3::cli::add_to_linker(linker)?;
    wasmtime_wasi::p3::clocks::add_to_linker(linker)?;
    wasmtime_wasi::p3::random::add_to_linker(linker)?;
    wasmtime_wasi_http::p3::bindings::http::types::add_to_linker::<State, WasiHttp>(linker, State::http)
}

fn lent(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    bindings::reel::table::rows::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::blob::objects::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::events::streams::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::cache::store::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::secrets::store::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::notify::outbox::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::reel::workflow::executions::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::wasi::config::store::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::wasi::http::client::add_to_linker::<State, Lending>(linker, |state| state)?;
    bindings::wasi::http::handler::add_to_linker::<State, Lending>(linker, |state| state)
}

type Granted = fn(&Grants) -> bool;

/// The interfaces that need a grant, and the line that grants each.
const CAPABILITIES: [(&str, &str, Granted); 9] = [
    ("reel:table/rows", "tables = { NAME = \"r\" }", |g| !g.tables.is_empty()),
    ("reel:blob/objects", "buckets = { NAME = \"r\" }", |g| !g.buckets.is_empty()),
    ("reel:events/streams", "streams = [\"NAME\"]", |g| !g.streams.is_empty()),
    ("reel:cache/store", "caches = [\"NAME\"]", |g| !g.caches.is_empty()),
    ("reel:secrets/store", "secrets = [\"NAME\"]", |g| !g.secrets.is_empty()),
    ("reel:notify/outbox", "notify = [\"email\"]", |g| !g.notify.is_empty()),
    ("reel:workflow/executions", "workflows = [\"NAME\"]", |g| !g.workflows.is_empty()),
    ("wasi:config/store", "config = true", |g| g.config),
    ("wasi:http/client", "functions = [\"NAME\"]", Grants::sends),
];

/// Holds a component's imports against its grants, and links it.
pub(crate) fn link(
    linker: &Linker<State>,
    component: &Component,
    function: &str,
    grants: &Grants,
    filter: bool,
) -> Result<ProxyPre<State>, LoadError> {
    for (import, item) in component.component_type().imports(linker.engine()) {
        if has_functions(&item.ty, linker.engine()) {
            check(function, import.split('@').next().unwrap_or_default(), grants, filter)?;
        }
    }
    let invalid = |e: wasmtime::Error| LoadError::Invalid { function: function.into(), why: format!("{e:#}") };
    let linked = linker.instantiate_pre(component).map_err(invalid)?;
    Ok(ProxyPre::P3(ServicePre::new(linked).map_err(invalid)?))
}

/// Whether an import can be called: some stand there for their types alone.
fn has_functions(item: &ComponentItem, engine: &Engine) -> bool {
    match item {
        ComponentItem::ComponentInstance(interface) => {
            interface.exports(engine).any(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)))
        }
        _ => true,
    }
}

fn check(function: &str, import: &str, grants: &Grants, filter: bool) -> Result<(), LoadError> {
    let refused =
        |line: &str| LoadError::NotGranted { function: function.into(), import: import.into(), line: line.into() };
    if import == "wasi:http/handler" && !filter {
        return Err(LoadError::NotFilter { function: function.into() });
    }
    let capability = CAPABILITIES.iter().find(|(interface, ..)| *interface == import);
    match capability {
        Some((_, line, granted)) if !granted(grants) => Err(refused(line)),
        _ => Ok(()),
    }
}
