//! Titles of which only the number is known.

use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};

/// A title without any attribute.
pub(crate) fn bare(number: u64) -> Title {
    Title {
        id: TitleId::new(number, &[0; 10]),
        slug: format!("title-{number}"),
        name: String::new(),
        description: String::new(),
        year: None,
        genres: Vec::new(),
        cast: Vec::new(),
        directors: Vec::new(),
        credit: None,
        status: TitleStatus::Published,
        failure: None,
        duration_ms: None,
        revision: None,
        artwork: None,
        created_at: String::new(),
        published_at: None,
        version: 1,
    }
}
