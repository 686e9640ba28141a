//! Reads the fields of one JSON object and refuses those that nobody asked for.

use super::LoadError;
use serde_json::{Map, Value};

/// An object being read. Every field is taken once; what is left over is refused.
pub(super) struct Fields {
    /// The state's name path; empty for the machine itself.
    state: String,
    /// Where in the state the object stands; empty for the state itself.
    place: String,
    left: Map<String, Value>,
    known: Vec<&'static str>,
}

impl Fields {
    /// The fields of `json`, which must be an object.
    pub(super) fn new(state: &str, place: &str, json: Value) -> Result<Self, LoadError> {
        let mut fields = Self { state: state.into(), place: place.into(), left: Map::new(), known: Vec::new() };
        match json {
            Value::Object(left) => {
                fields.left = left;
                Ok(fields)
            }
            other => Err(fields.error(None, format!("must be an object, not {other}"))),
        }
    }

    pub(super) fn state(&self) -> &str {
        &self.state
    }

    /// An error at one field, or at the object.
    pub(super) fn error(&self, field: Option<&str>, problem: impl Into<String>) -> LoadError {
        let places = [self.place.as_str(), field.unwrap_or_default()];
        let field = places.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        LoadError {
            state: Some(self.state.clone()).filter(|s| !s.is_empty()),
            field: Some(field).filter(|f| !f.is_empty()),
            problem: problem.into(),
        }
    }

    /// A field of any kind.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.left.remove(name)
    }

    /// A field that `read` understands; what it says otherwise becomes the problem.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Option<T>, LoadError> {
        let value = self.take(name);
        value.map(read).transpose().map_err(|problem| self.error(Some(name), problem))
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, LoadError> {
        self.read(name, |value| match value {
            Value::String(text) => Ok(text),
            other => Err(format!("must be a string, not {other}")),
        })
    }

    pub(super) fn whole(&mut self, name: &'static str, least: u64) -> Result<Option<u64>, LoadError> {
        self.read(name, |value| match value.as_u64() {
            Some(number) if number >= least => Ok(number),
            _ => Err(format!("must be an integer of at least {least}, not {value}")),
        })
    }

    /// The field, or the error that it is missing.
    pub(super) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, LoadError> {
        value.ok_or_else(|| self.error(Some(name), "is missing"))
    }

    /// The fields of an object in a field.
    pub(super) fn inner(&mut self, name: &'static str) -> Result<Option<Fields>, LoadError> {
        let value = self.take(name);
        value.map(|value| Fields::new(&self.state, &self.path(name), value)).transpose()
    }

    /// The fields of each object of an array in a field; `least` is how many there must be.
    pub(super) fn list(&mut self, name: &'static str, least: usize) -> Result<Vec<Fields>, LoadError> {
        let items = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() >= least => items,
            Some(other) => {
                return Err(self.error(Some(name), format!("must be an array of at least {least}, not {other}")));
            }
        };
        let path = self.path(name);
        let fields = |(at, item)| Fields::new(&self.state, &format!("{path}[{at}]"), item);
        items.into_iter().enumerate().map(fields).collect()
    }

    fn path(&self, name: &str) -> String {
        if self.place.is_empty() { name.into() } else { format!("{}.{name}", self.place) }
    }

    /// The one field that is left, once the others are taken; `choices` says what it may be.
    pub(super) fn take_only(&mut self, choices: &str) -> Result<(String, Value), LoadError> {
        let names: Vec<_> = self.left.keys().cloned().collect();
        match names.as_slice() {
            [name] => {
                let value = self.left.remove(name).unwrap_or_default();
                Ok((name.clone(), value))
            }
            _ => Err(self.error(None, format!("must have exactly one of {choices}, not {names:?}"))),
        }
    }

    /// Refuses what is left over.
    pub(super) fn finish(self) -> Result<(), LoadError> {
        let Some(name) = self.left.keys().next() else {
            return Ok(());
        };
        let hint = hint(name);
        let problem = format!("is not supported{hint}; supported: {}", self.known.join(", "));
        Err(self.error(Some(name), problem))
    }
}

/// What to write in place of a field that exists elsewhere.
fn hint(name: &str) -> &'static str {
    match name {
        "Arguments" | "Output" | "Items" | "Assign" => " (it belongs to JSONata or variables: write JSONPath fields)",
        "Iterator" => " (deprecated: write ItemProcessor)",
        "ItemBatcher" => " (items go one by one)",
        "HeartbeatSeconds" | "HeartbeatSecondsPath" => " (tasks send no heartbeat: write TimeoutSeconds)",
        _ => "",
    }
}
