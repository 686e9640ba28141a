//! What a profile thinks of titles: `ACCOUNT#PROFILE#ratings` and the title.

use crate::registry;
use crate::store::HISTORY;
use crate::viewer::Viewer;
use reel_api::history::{Rated, Rating};
use reel_api::{Millis, Problem, TitleId, rfc3339};
use reel_sdk::table::{Change, Error, Row, Selection, transact};
use serde::{Deserialize, Serialize};

/// A rating, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    rating: Rating,
    at: Millis,
}

/// Every rating of a viewer, by title.
pub(crate) async fn all(viewer: &Viewer) -> Result<Vec<Rated>, Problem> {
    let rows = HISTORY.query_all(Selection::of(&viewer.ratings())).await?;
    rows.iter().map(read).collect()
}

/// Notes a rating in place of the one before.
pub(crate) async fn put(viewer: &Viewer, title: TitleId, rating: Rating, now: Millis) -> Result<Rated, Problem> {
    let stored = Stored { rating, at: now };
    let rating = HISTORY.write(&viewer.ratings(), &title.to_string(), Change::json(&stored)?);
    let writes = [rating].into_iter().chain(registry::register(viewer)).collect();
    match transact(writes).await {
        Ok(_) => Ok(stored.answer(title)),
        Err(Error::Conflict(_)) => Err(Problem::unauthenticated("the account was deleted")),
        Err(other) => Err(other.into()),
    }
}

/// Takes a rating back; that there is none is no error.
pub(crate) async fn delete(viewer: &Viewer, title: TitleId) -> Result<(), Problem> {
    HISTORY.write(&viewer.ratings(), &title.to_string(), Change::Delete).commit().await?;
    Ok(())
}

fn read(row: &Row) -> Result<Rated, Problem> {
    let title = row.key.sort.parse().map_err(|e| Problem::internal(format!("a rating is of no title: {e}")))?;
    Ok(row.json::<Stored>()?.answer(title))
}

impl Stored {
    fn answer(self, content_id: TitleId) -> Rated {
        Rated { content_id, rating: self.rating, rated_at: rfc3339(self.at) }
    }
}
