//! Writes down what the viewers of one shard watched, for `train` to learn from.

use crate::told;
use reel_api::Client;
use reel_api::ranking::{Gathered, HISTORIES_PREFIX, MODELS, Shard};
use reel_ranking::{Watched, histories_to_bytes};
use reel_sdk::Problem;
use reel_sdk::blob::Bucket;
use reel_sdk::http::Function;

const HISTORY: Function = Function("history");
const BUCKET: Bucket = Bucket(MODELS);
/// An object is written once it holds so many titles of histories: of 20 bytes each.
const FULL: usize = 400_000;

/// Gathers a shard. Repeated, it writes the same objects again.
pub(crate) async fn shard(shard: &Shard) -> Result<Gathered, Problem> {
    check(shard)?;
    let history = Client::new(HISTORY);
    let mut written = Written { shard, keys: Vec::new(), viewers: 0 };
    let (mut histories, mut titles, mut cursor) = (Vec::new(), 0, None::<String>);
    loop {
        let page = history.viewers(shard.shard, cursor.as_deref()).await?;
        for history in page.viewers.iter().map(told::history).filter(|history| !history.is_empty()) {
            titles += history.len();
            histories.push(history);
        }
        cursor = page.cursor;
        if titles >= FULL || cursor.is_none() {
            written.write(std::mem::take(&mut histories)).await?;
            titles = 0;
        }
        if cursor.is_none() {
            return Ok(Gathered { keys: written.keys, viewers: written.viewers });
        }
    }
}

/// What stands in a key is plain.
fn check(Shard { run, .. }: &Shard) -> Result<(), Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match (1..=80).contains(&run.len()) && run.bytes().all(plain) {
        true => Ok(()),
        false => Err(Problem::invalid(format!("a run's name is 1 to 80 of a-z, A-Z, 0-9, - and _, not {run:?}"))),
    }
}

/// What was written of a shard.
struct Written<'a> {
    shard: &'a Shard,
    keys: Vec<String>,
    viewers: u64,
}

impl Written<'_> {
    async fn write(&mut self, histories: Vec<Vec<Watched>>) -> Result<(), Problem> {
        if histories.is_empty() {
            return Ok(());
        }
        let Shard { run, shard } = self.shard;
        let key = format!("{HISTORIES_PREFIX}{run}/{shard:02}-{:05}", self.keys.len());
        BUCKET.write(&key, "application/octet-stream", histories_to_bytes(&histories)).await?;
        self.keys.push(key);
        self.viewers += histories.len() as u64;
        Ok(())
    }
}
