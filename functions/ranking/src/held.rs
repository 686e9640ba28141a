//! The model that answers, and when to look for a newer one.

use crate::fresh;
use reel_api::ranking::{MODEL_PREFIX, MODELS, NO_MODEL};
use reel_api::{Millis, Problem};
use reel_newest::{Kind, Newest};
use reel_ranking::TitleModel;
use reel_sdk::blob::Bucket;
use std::rc::Rc;

/// A model and what it is called.
pub(crate) type Held = reel_newest::Held<TitleModel>;

const TRAINED: Kind<TitleModel> = Kind {
    bucket: Bucket(MODELS),
    prefix: MODEL_PREFIX,
    longest: 64 << 20,
    read: |bytes| TitleModel::from_bytes(bytes).map_err(|error| error.to_string()),
};

thread_local! {
    static NEWEST: Rc<Newest<TitleModel>> = Rc::new(Newest::new(TRAINED));
}

/// The model that answers now. A newer one is looked for beside the requests, and takes its place
/// when all of it is there; only who comes before the first one waits.
///
/// # Errors
/// The problem `no-model`.
pub(crate) async fn current(now: Millis) -> Result<Rc<Held>, Problem> {
    NEWEST.with(Rc::clone).current(now, look(now)).await.ok_or_else(no_model)
}

async fn look(now: Millis) {
    let newest = NEWEST.with(Rc::clone);
    if let Err(problem) = newest.look(now).await {
        eprintln!("the models cannot be looked for, the last one stays: {problem}");
    }
    if let Some(held) = newest.held()
        && let Err(error) = fresh::follow(&held, now).await
    {
        eprintln!("what was watched since the training is not known: {error}");
    }
}

fn no_model() -> Problem {
    let why = "no model has been trained yet: `reel train` trains one";
    Problem { retry_after: Some(5), ..Problem::new(503, NO_MODEL, "There is no model", why) }
}
