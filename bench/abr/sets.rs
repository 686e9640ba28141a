//! The traces: recorded ones where they are at hand, else made ones.

use reel_player::Trace;
use std::path::Path;

/// Traces of one kind of network.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) traces: Vec<Trace>,
}

/// Sabre's sets, by folder.
const FOLDERS: [(&str, &str); 4] = [("sd_fs", "FCC-SD"), ("hd_fs", "FCC-HD"), ("3Glogs", "HSDPA"), ("4Glogs", "LTE")];

/// The sets of a folder of sabre's traces; made ones when there is none.
pub(crate) fn load(folder: &Path) -> Result<Vec<Set>, String> {
    if !folder.is_dir() {
        return Ok(made());
    }
    FOLDERS.iter().map(|(name, title)| read(&folder.join(name), title)).collect()
}

fn read(folder: &Path, name: &str) -> Result<Set, String> {
    let told = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(told)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(told)?;
    files.sort();
    let trace = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file).map_err(told)?;
        Trace::from_json(&text).map_err(|why| format!("{}: {why}", file.display()))
    };
    Ok(Set { name: name.to_owned(), traces: files.iter().map(trace).collect::<Result<_, _>>()? })
}

/// Networks that wander, drop or do both: (name, median kbit/s, step, how often it drops).
const MADE: [(&str, f64, f64, f64); 4] = [
    ("steady 6 Mbit/s", 6_000.0, 0.05, 0.0),
    ("wandering 3 Mbit/s", 3_000.0, 0.3, 0.0),
    ("dropping 12 Mbit/s", 12_000.0, 0.1, 0.02),
    ("poor 1 Mbit/s", 1_000.0, 0.4, 0.05),
];

fn made() -> Vec<Set> {
    MADE.iter()
        .map(|&(name, kbps, step, drops)| Set {
            name: name.to_owned(),
            traces: (1..=20).filter_map(|seed| wander(seed, kbps, step, drops)).collect(),
        })
        .collect()
}

/// A walk of log bandwidth about its median, a step a second, with drops to a twentieth.
fn wander(seed: u64, kbps: f64, step: f64, drops: f64) -> Option<Trace> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let (mut level, mut left) = (0.0, 0);
    let steps = (0..900).map(|_| {
        level = 0.95 * level + step * (random.next() + random.next() + random.next() - 1.5) * 2.0;
        left = if left > 0 {
            left - 1
        } else if random.next() < drops {
            10
        } else {
            0
        };
        (1.0, kbps * 1_000.0 * level.exp() * if left > 0 { 0.05 } else { 1.0 })
    });
    Trace::new(&steps.collect::<Vec<_>>(), 0.03)
}

/// Marsaglia's xorshift, uniform in 0..1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
