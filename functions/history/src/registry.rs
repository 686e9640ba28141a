//! Who has watched or rated anything, so that a training finds all of them.
//!
//! `viewers#SHARD` and the viewer's name, without content: written with every new entry and rating.
//! What is read of a viewer is what is there now, so what was deleted is not learnt from.

use crate::entry::Entry;
use crate::gone;
use crate::rating;
use crate::store::{self, HISTORY};
use crate::viewer::Viewer;
use reel_api::history::{Came, SHARDS, Told, Viewers};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Error, Selection, Write};

/// How many viewers a page has: their histories fit into an answer.
const PAGE: u32 = 50;

/// The writes that register a viewer whose account was not deleted.
pub(crate) fn register(viewer: &Viewer) -> [Write; 2] {
    let registered = HISTORY.write(&partition(viewer.shard()), viewer.name(), Change::bytes(Vec::new()));
    [registered, gone::unless(viewer.account())]
}

/// The viewers of an account, those among them whose profile there is no longer.
pub(crate) async fn of(account: &str) -> Result<Vec<Viewer>, Problem> {
    let mut viewers = Vec::new();
    for shard in 0..SHARDS {
        let selection = Selection::of(&partition(shard)).prefix(&format!("{account}#"));
        let rows = HISTORY.query_all(selection).await?;
        viewers.extend(rows.into_iter().map(|row| Viewer::named(row.key.sort)));
    }
    Ok(viewers)
}

/// The write that forgets a viewer.
pub(crate) fn forget(viewer: &Viewer) -> Write {
    HISTORY.write(&partition(viewer.shard()), viewer.name(), Change::Delete)
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
