//! Titles of which only the number is known.

use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};

/// A title without any attribute.
pub(crate) fn bare(number: u64) -> Title {
    let announced = Title::announced(TitleId::new(number, &[0; 10]), format!("title-{number}"), "");
    Title { status: TitleStatus::Published, ..announced }
}
