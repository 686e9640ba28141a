//! Which store holds the event log: durable rows a second, and what a crash leaves.

mod engine;
mod full;
mod kill;
mod measure;

use anyhow::Result;
use clap::Parser;
use engine::Kind;
use std::path::PathBuf;

/// Measures fjall against SQLite as a durable, append-only store of rows.
#[derive(Parser)]
struct Options {
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Seconds per store and round.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Rounds, the stores taking turns.
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// SIGKILLs per store.
    #[arg(long, default_value_t = 0)]
    kills: u32,
    /// Simulated power cuts per store.
    #[arg(long, default_value_t = 0)]
    cuts: u32,
    /// A folder on a file system of a few MB: fill it.
    #[arg(long)]
    fill: Option<PathBuf>,
    /// Internal: append to a store in a folder until killed.
    #[arg(long, num_args = 2, value_names = ["STORE", "FOLDER"], hide = true)]
    child: Option<Vec<String>>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some([store, folder]) = options.child.as_deref() {
        return kill::write_for_ever(store.parse()?, &PathBuf::from(folder));
    }
    let fill =
        |folder: PathBuf| Kind::ALL.into_iter().map(|kind| full::fill(kind, &folder)).collect::<Result<Vec<_>>>();
    let full = options.fill.map(fill).transpose()?;
    let survival = Kind::ALL
        .into_iter()
        .map(|kind| kill::survive(kind, options.kills, options.cuts))
        .collect::<Result<Vec<_>>>()?;
    let speed = measure::compare(options.seconds, options.rounds)?;
    if options.json {
        println!("{}", serde_json::json!({ "speed": speed, "survival": survival, "full": full }));
    } else {
        println!("{speed:#?}\n{survival:#?}\n{full:#?}");
    }
    Ok(())
}
