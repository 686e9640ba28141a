//! How long a list takes, in WebAssembly as the function `ranking` makes it: reads a model, and prints the milliseconds
//! from one history to its list, the mean over made-up viewers.
//!
//!     wasmtime run bench-score.wasm LENGTH <model

mod made_up;

use reel_ranking::Model;
use std::error::Error;
use std::io::Read;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let length = std::env::args().nth(1).ok_or("how long is a list?")?.parse()?;
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let model = Model::from_bytes(&bytes)?;
    let history = made_up::interactions()?;
    let begin = Instant::now();
    let found: usize = history.histories().map(|history| model.top(history, length).len()).sum();
    let taken = begin.elapsed();
    if found != history.users() * length {
        return Err("a made-up viewer got no full list".into());
    }
    println!("{}", taken.as_secs_f64() * 1_000.0 / history.users() as f64);
    Ok(())
}
