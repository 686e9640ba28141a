//! What encoding one film costs.

use crate::{Bill, Encoding, Item, Prices, Rung};

/// A film, as its cost depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Film {
    /// How long it is, in seconds.
    pub seconds: f64,
    /// Its frames a second.
    pub frame_rate: f64,
}

impl Film {
    /// One of so many hours, with 24 frames a second.
    pub fn of_hours(hours: f64) -> Self {
        Self { seconds: hours * 3_600.0, frame_rate: 24.0 }
    }
}

/// The bill of one ladder of a film: that which Reel makes today, or the `whole` one of the source document.
pub fn film(film: &Film, encoding: &Encoding, whole: bool, prices: &Prices) -> Bill {
    let rungs: Vec<&Rung> = encoding.ladder(whole).collect();
    let mut bill = Bill::default();
    let seconds = lambda_seconds(film, encoding, &rungs);
    bill.add(prices, "Lambda", "GB-seconds of encode", Item::LambdaGbSecond, seconds * encoding.memory_mb / 1_024.0);
    let disk = (encoding.disk_mb - 512.0).max(0.0) / 1_024.0;
    bill.add(prices, "Lambda", "GB-seconds of its disk", Item::LambdaDiskGbSecond, seconds * disk);
    let items = items(film, encoding, &rungs);
    let protect = items * encoding.protect_seconds * encoding.protect_mb / 1_024.0;
    bill.add(prices, "Lambda", "GB-seconds of protect", Item::LambdaGbSecond, protect);
    bill.add(prices, "Lambda", "invocations", Item::LambdaRequest, items * 2.0);
    bill.add(prices, "Step Functions", "transitions", Item::StepTransition, items * encoding.transitions_an_item);
    bill.add(prices, "S3", "objects written", Item::S3Put, items * encoding.puts_an_item);
    bill
}

/// How long Lambdas with all their processors encode it.
fn lambda_seconds(film: &Film, encoding: &Encoding, rungs: &[&Rung]) -> f64 {
    let frames = film.seconds * film.frame_rate;
    let pictures: f64 = rungs.iter().map(|rung| frames / rung.frames_a_second).sum();
    let sound = film.seconds / encoding.sound_speed;
    (pictures * encoding.overhead + sound) / encoding.lambda_speed / encoding.processors
}

/// The chunks of each rung, the sound, and the artwork.
fn items(film: &Film, encoding: &Encoding, rungs: &[&Rung]) -> f64 {
    (film.seconds / encoding.chunk_seconds).ceil() * rungs.len() as f64 + 2.0
}
