//! `reel openapi`.

use std::io::Write;

/// Prints the document of the API.
pub(crate) fn run() -> anyhow::Result<()> {
    let document = serde_json::to_string_pretty(&reel_openapi::document())?;
    Ok(writeln!(std::io::stdout(), "{document}")?)
}
