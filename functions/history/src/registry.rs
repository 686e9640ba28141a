//! Who has watched or rated anything, so that a training finds all of them.
//!
//! `viewers#SHARD` and the viewer's name, without content: written with every new entry and rating.
//! What is read of a viewer is what is there now, so what was deleted is not learnt from.

use crate::entry::Entry;
use crate::rating;
use crate::store::{self, HISTORY};
use crate::viewer::Viewer;
use reel_api::history::{Came, Told, Viewers};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Error, Selection, Write};

/// How many viewers a page has: their histories fit into an answer.
const PAGE: u32 = 50;

/// The write that registers a viewer.
pub(crate) fn register(viewer: &Viewer) -> Write {
    HISTORY.write(&partition(viewer.shard()), viewer.name(), Change::bytes(Vec::new()))
}

/// A page of the viewers of a shard, with what they watched and rated.
pub(crate) async fn page(shard: u32, cursor: Option<String>) -> Result<Viewers, Problem> {
    let continued = cursor.is_some();
    let page = match HISTORY.query(Selection::of(&partition(shard)).limit(PAGE).after(cursor)).await {
        Err(Error::Invalid(_)) if continued => return Err(store::bad_cursor()),
        page => page?,
    };
    let mut viewers = Vec::new();
    for row in page.rows {
        viewers.push(told(&Viewer::named(row.key.sort)).await?);
    }
    Ok(Viewers { viewers, cursor: page.cursor })
}

async fn told(viewer: &Viewer) -> Result<Told, Problem> {
    let plays = store::latest(viewer).await?.iter().filter_map(came).collect();
    let ratings = rating::all(viewer).await?.into_iter().map(|rated| (rated.content_id, rated.rating)).collect();
    Ok(Told { plays, ratings })
}

fn came(entry: &Entry) -> Option<Came> {
    Some(Came { title_id: entry.content.parse().ok()?, progress_pct: entry.progress_pct })
}

fn partition(shard: u32) -> String {
    format!("viewers#{shard:02}")
}
