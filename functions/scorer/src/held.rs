//! The scorer that answers, and when to look for a newer one.

use crate::scorer::Scorer;
use reel_api::ranking::{MODELS, NO_SCORER, SCORER_PREFIX};
use reel_api::{Millis, Problem};
use reel_newest::{Kind, Newest};
use reel_ranking::OwnModel;
use reel_sdk::blob::Bucket;
use std::rc::Rc;

pub(crate) const BUCKET: Bucket = Bucket(MODELS);

pub(crate) type Held = reel_newest::Held<Scorer>;

const SET: Kind<Scorer> = Kind { bucket: BUCKET, prefix: SCORER_PREFIX, longest: 16 << 20, read };

thread_local! {
    static NEWEST: Rc<Newest<Scorer>> = Rc::new(Newest::new(SET));
}

/// The scorers of this instance.
pub(crate) fn newest() -> Rc<Newest<Scorer>> {
    NEWEST.with(Rc::clone)
}

/// The scorer that answers now. A newer one is looked for beside the requests; only who comes before the
/// first one waits.
///
/// # Errors
/// The problem `no-scorer`.
pub(crate) async fn current(now: Millis) -> Result<Rc<Held>, Problem> {
    newest().current(now, look(now)).await.ok_or_else(none)
}

async fn look(now: Millis) {
    if let Err(problem) = newest().look(now).await {
        eprintln!("scorers cannot be looked for, the last one stays: {problem}");
    }
}

fn none() -> Problem {
    let why = "no scorer is set: `reel scorer set` sets one";
    Problem { retry_after: Some(5), ..Problem::new(503, NO_SCORER, "There is no scorer", why) }
}

fn read(bytes: &[u8]) -> Result<Scorer, String> {
    Scorer::new(OwnModel::from_bytes(bytes).map_err(|error| error.to_string())?)
}
