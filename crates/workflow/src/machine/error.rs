//! Why a machine is refused.

/// Why a machine is refused: where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(.state, .field))]
pub struct LoadError {
    /// The state, as its names from the outermost, joined by `/`; none for the machine itself.
    pub state: Option<String>,
    /// The field, as its names from the state's own, joined by `.`.
    pub field: Option<String>,
    /// What is wrong, and what is supported.
    pub problem: String,
}

fn place(state: &Option<String>, field: &Option<String>) -> String {
    let state = state.as_ref().map(|name| format!("state {name:?}: ")).unwrap_or_default();
    let field = field.as_ref().map(|name| format!("field {name:?}: ")).unwrap_or_default();
    state + &field
}
