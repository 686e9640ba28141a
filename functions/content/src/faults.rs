//! What is wrong with what an editor says, all of it at once.

use reel_api::Problem;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field, as JSON and tables call it.
    pub(crate) field: String,
    pub(crate) wrong: String,
    pub(crate) right: String,
}

/// All that is wrong; nothing when it is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, field: &str, wrong: impl Into<String>, right: impl Into<String>) {
        self.0.push(Fault { field: field.into(), wrong: wrong.into(), right: right.into() });
    }

    /// Adds a fault unless something holds.
    pub(crate) fn hold(&mut self, holds: bool, field: &str, wrong: impl Into<String>, right: impl Into<String>) {
        if !holds {
            self.add(field, wrong, right);
        }
    }

    /// What was checked, when nothing is wrong with it.
    pub(crate) fn none<T>(self, checked: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(checked) } else { Err(self) }
    }
}

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        let told = faults.0.iter().map(|Fault { field, wrong, right }| format!("{field} {wrong}; {right}"));
        Problem::invalid(told.collect::<Vec<_>>().join(". "))
    }
}
