//! Events, taken in. Each may come more than once and late; it counts once.

use crate::entry::Entry;
use crate::fresh;
use crate::gone;
use crate::position::Position;
use crate::store::{self, Known};
use crate::viewer::Viewer;
use crate::watched::Watched;
use reel_api::internal::Record;
use reel_events::Recorded;
use reel_sdk::{Problem, clock};

/// How often an event is taken in anew because a row was changed meanwhile.
const ATTEMPTS: usize = 4;

/// Takes in one record of the log.
///
/// # Errors
/// What cannot be read or written is delivered again by the host, and set aside in the end.
pub(crate) async fn record(record: &Record) -> Result<(), Problem> {
    let recorded = Recorded::read(&record.data).map_err(Problem::internal)?;
    let viewer = Viewer::named(recorded.key());
    let Some(watched) = Watched::of(recorded.event) else { return Ok(()) };
    for _ in 0..ATTEMPTS {
        // What is written of an account that was deleted meanwhile is refused, too.
        if take_in(&viewer, &watched).await? || gone::is(viewer.account()).await? {
            return Ok(());
        }
    }
    Err(Problem::unavailable("the history is being changed by others at the same time", 1))
}

/// False when a row was changed by someone else meanwhile.
async fn take_in(viewer: &Viewer, watched: &Watched) -> Result<bool, Problem> {
    let Known { entry, position } = store::known(viewer, watched).await?;
    let last = position.as_ref().map(|(position, _)| position);
    if last.is_some_and(|position| position.forgets(watched)) {
        return Ok(true);
    }
    let next_entry = Entry::after(entry.as_ref().map(|(entry, _)| entry), watched);
    let next_position = Position::after(last, watched);
    let before = entry.as_ref().map(|(entry, _)| entry);
    let also = match next_entry.as_ref().filter(|next| fresh::tells(before, next)) {
        Some(next) => Some(fresh::note(viewer, next, clock::now_ms()).await?),
        None => None,
    };
    let entry = next_entry.map(|next| (next, entry.map(|(_, version)| version)));
    let position = next_position.map(|next| (next, position.map(|(_, version)| version)));
    store::write(viewer, watched, entry, position, also).await
}
