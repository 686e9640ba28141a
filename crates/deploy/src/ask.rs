//! Questions to who sits at the terminal.

use std::io::{IsTerminal, stdin};

/// Whether to go on: when it was said before, when nobody can be asked, or when they say yes.
///
/// # Errors
/// That the answer cannot be read.
pub(crate) fn agreed(question: &str, yes: bool) -> anyhow::Result<bool> {
    if yes || !stdin().is_terminal() {
        return Ok(true);
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
