//! Reads a machine.

use super::fields::Fields;
use super::{Graph, LoadError, Machine, graph, states};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest state name, as at AWS.
const MAX_NAME: usize = 80;

/// What reading a state needs to know.
pub(super) struct Loader<'a> {
    /// Functions by placeholder.
    pub(super) resources: &'a BTreeMap<String, String>,
}

impl Machine {
    /// Reads a state machine in Amazon States Language (JSONPath).
    ///
    /// `resources` says which function each placeholder stands for: `Encode` → `encode`
    /// makes the `Resource` `${Encode}` invoke the function `encode`.
    ///
    /// # Errors
    /// Everything this runner would not execute as written is refused here: unknown kinds
    /// of states, fields, functions and placeholders, JSONata, a `Next` that leads nowhere
    /// and states that nothing leads to.
    pub fn load(json: &str, resources: &BTreeMap<String, String>) -> Result<Self, LoadError> {
        let value = serde_json::from_str(json).map_err(|e| not_json(&e))?;
        let mut fields = Fields::new("", "", value)?;
        fields.text("Comment")?;
        fields.read("Version", |version| exactly(&version, "1.0"))?;
        fields.read("QueryLanguage", |language| query_language(&language))?;
        let timeout = fields.whole("TimeoutSeconds", 1)?.map(Duration::from_secs);
        let graph = Loader { resources }.graph(fields)?;
        graph::check_names(&graph)?;
        Ok(Self { graph, timeout })
    }
}

impl Loader<'_> {
    /// The states of a machine or an item processor, whose other fields are taken already.
    pub(super) fn graph(&self, mut fields: Fields) -> Result<Graph, LoadError> {
        let start_at = fields.text("StartAt")?;
        let start_at = fields.required("StartAt", start_at)?;
        let listed = fields.read("States", |value| match value {
            Value::Object(states) if !states.is_empty() => Ok(states),
            other => Err(format!("must be an object of at least one state, not {other}")),
        })?;
        let listed = fields.required("States", listed)?;
        let scope = fields.state().to_owned();
        let mut states = BTreeMap::new();
        for (name, json) in listed {
            let path = if scope.is_empty() { name.clone() } else { format!("{scope}/{name}") };
            let state = states::parse(self, Fields::new(&path, "", json)?, &name)?;
            states.insert(name, state);
        }
        let graph = Graph { start_at, states };
        graph::check_edges(&graph, &fields)?;
        fields.finish()?;
        Ok(graph)
    }

    /// The function that a placeholder such as `${Encode}` stands for.
    pub(super) fn function(&self, placeholder: &str) -> Result<String, String> {
        let name = placeholder.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let names = || self.resources.keys().map(|name| format!("${{{name}}}")).collect::<Vec<_>>().join(", ");
        let Some(name) = name else {
            return Err(format!("{placeholder:?} is not supported; supported: a placeholder, here {}", names()));
        };
        let function = self.resources.get(name);
        function.cloned().ok_or_else(|| format!("{placeholder} stands for no function; known: {}", names()))
    }
}

pub(super) fn check_name(fields: &Fields, name: &str) -> Result<(), LoadError> {
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(fields.error(None, format!("a state's name has 1 to {MAX_NAME} characters")));
    }
    Ok(())
}

pub(super) fn exactly(value: &Value, only: &str) -> Result<(), String> {
    if value == only { Ok(()) } else { Err(format!("{value} is not supported; supported: {only:?}")) }
}

pub(super) fn query_language(value: &Value) -> Result<(), String> {
    exactly(value, "JSONPath")
}

fn not_json(error: &serde_json::Error) -> LoadError {
    LoadError { state: None, field: None, problem: format!("the machine is not JSON: {error}") }
}
