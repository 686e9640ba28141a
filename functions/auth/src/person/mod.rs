//! All about a person, wherever it is kept: to take along, and to delete.

mod delete;
mod export;

pub(crate) use delete::delete;
pub(crate) use export::export;

/// The functions that keep something of an account beside this one. Each answers
/// `/_reel/accounts/{account}` (`reel_api::account`).
const KEEPERS: [&str; 4] = ["billing", "history", "notification", "user"];
