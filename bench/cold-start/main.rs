//! A component in a Lambda beside a native one: cold start, size, and overhead of a call, all in one run.

mod api;
mod measure;
mod process;
mod report;
mod settings;
mod subject;

use anyhow::{Context, Result};
use clap::Parser;
use report::Report;
use std::path::{Path, PathBuf};
use subject::Made;

/// Measures Lambdas that run components beside a native one.
#[derive(Parser)]
struct Options {
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Fresh processes of each Lambda, taking turns.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Calls of each Lambda once it is warm, taking turns.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    calls: u32,
    /// What runs components, as it is deployed.
    #[arg(long, default_value = "target/lambda/bootstrap")]
    bootstrap: PathBuf,
    /// The native Lambda; without it `peer` beside the bootstrap.
    #[arg(long)]
    peer: Option<PathBuf>,
    /// The folder of the components, as cargo names them.
    #[arg(long, default_value = "target/wasm32-wasip2/component")]
    components: PathBuf,
    /// The app manifest that describes them.
    #[arg(long, default_value = "reel.toml")]
    manifest: PathBuf,
}

// One thread, for the Lambda needs the other processor.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let peer = options.peer.unwrap_or_else(|| options.bootstrap.with_file_name("peer"));
    let settings = settings::serve().await.context("the settings cannot be served")?;
    let made = Made { bootstrap: options.bootstrap, peer, components: options.components, manifest: options.manifest };
    let subjects = made.subjects(settings)?;
    let load = load()?;
    let figures = measure::all(&subjects, options.runs, options.calls).await?;
    let report = Report::new(load, figures)?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

/// How busy the machine was in the last minute: what else runs makes all of it slower.
fn load() -> Result<f64> {
    let text = read_text(Path::new("/proc/loadavg"))?;
    text.split(' ').next().and_then(|first| first.parse().ok()).with_context(|| format!("{text:?} is no load"))
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
