//! Recommendations over MovieLens 100K, beside `implicit`'s ALS in the same run; bandits on a stream made from it;
//! which titles are alike; and search beside its peers (`bench/search`).
//!
//!     cargo run --release -p bench-personal --bin bench-personal -- [--json] [--no-peer] [--no-search] [--validation]
//!
//! Models are trained on what the split calls training and validation, and measured on its test
//! part; with `--validation`, trained on training and measured on validation: parameters were
//! chosen by that alone.

mod bandit;
mod data;
mod large;
mod likeness;
mod made_up;
mod measure;
mod models;
mod peer;
mod report;
mod table;

use data::{Fold, Ratings};
use measure::{LENGTH, Quality, quality};
use models::Train;
use peer::Peer;
use report::Report;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

struct Arguments {
    json: bool,
    peer: bool,
    search: bool,
    validation: bool,
}

/// One model trained from one seed.
pub(crate) struct Run {
    pub(crate) qualities: Vec<Quality>,
    pub(crate) train_s: f64,
    pub(crate) score_ms: f64,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-personal: {why}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { json: false, peer: true, search: true, validation: false };
    for word in std::env::args().skip(1) {
        match word.as_str() {
            "--json" => arguments.json = true,
            "--no-peer" => arguments.peer = false,
            "--no-search" => arguments.search = false,
            "--validation" => arguments.validation = true,
            other => {
                return Err(format!("{other} is not known; there are --json, --no-peer, --no-search and --validation"));
            }
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let folder = Path::new(FOLDER);
    let data = printed(&mut Command::new(folder.join("data")))?;
    let ratings = Ratings::read(data.as_ref())?;
    let fold = if arguments.validation { ratings.validation() } else { ratings.test() };
    let peer = arguments.peer.then(|| Peer::start(folder, &fold.history)).transpose()?;
    let mut models = table::rows(&runs(&fold, peer)?);
    models.extend(large::rows()?);
    let (bandits, likeness) = (bandit::run(data.as_ref())?, likeness::places()?);
    let search = folder.join("../search/run.py");
    if arguments.json {
        let search = arguments.search.then(|| printed(Command::new(search).arg("--json"))).transpose()?;
        let search = search.map(|text| serde_json::from_str(&text)).transpose().map_err(|why| why.to_string())?;
        println!("{}", Report { models, bandits, likeness, search }.json());
        return Ok(());
    }
    table::print(&models, &bandits, likeness.as_deref().unwrap_or_default());
    if arguments.search {
        println!();
        println!("{}", printed(&mut Command::new(search))?);
    }
    Ok(())
}

/// Each model with its runs, one a seed. All take turns: what else the machine does falls on each.
fn runs(fold: &Fold, mut peer: Option<Peer>) -> Result<Vec<(&'static str, Vec<Run>)>, String> {
    let mut ours_all = models::MODELS.map(|(name, _)| (name, Vec::new()));
    let mut theirs_all = peer::PEERS.map(|(name, _)| (name, Vec::new()));
    for seed in SEEDS {
        for ((_, runs), (_, train)) in ours_all.iter_mut().zip(models::MODELS) {
            runs.push(ours(train, seed, fold)?);
        }
        if let Some(peer) = &mut peer {
            for ((_, runs), (_, settings)) in theirs_all.iter_mut().zip(peer::PEERS) {
                runs.push(theirs(peer, settings, seed, fold)?);
            }
        }
    }
    Ok(ours_all.into_iter().chain(theirs_all).filter(|(_, runs)| !runs.is_empty()).collect())
}

fn ours(train: Train, seed: u64, fold: &Fold) -> Result<Run, String> {
    let begin = Instant::now();
    let model = train(&fold.history, seed).map_err(|why| why.to_string())?;
    let train_s = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let lists: Vec<Vec<u32>> = fold
        .history
        .histories()
        .map(|history| model.top(history, LENGTH).iter().map(|ranked| ranked.item).collect())
        .collect();
    let score_ms = begin.elapsed().as_secs_f64() * 1_000.0 / lists.len() as f64;
    Ok(Run { qualities: qualities(&lists, fold), train_s, score_ms })
}

fn theirs(peer: &mut Peer, settings: peer::Settings, seed: u64, fold: &Fold) -> Result<Run, String> {
    let answer = peer.run(settings, seed)?;
    Ok(Run { qualities: qualities(&answer.lists, fold), train_s: answer.train_s, score_ms: answer.score_ms })
}

fn qualities(lists: &[Vec<u32>], fold: &Fold) -> Vec<Quality> {
    lists.iter().zip(&fold.held).filter_map(|(list, held)| quality(list, held)).collect()
}

/// What a program prints, when it succeeds.
pub(crate) fn printed(program: &mut Command) -> Result<String, String> {
    let name = program.get_program().to_string_lossy().into_owned();
    let output = program.stderr(Stdio::inherit()).output().map_err(|why| format!("{name}: {why}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
