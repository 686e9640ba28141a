//! One operation: a method on a path.

use crate::api::Api;
use reel_api::Role;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// A method on a path, and what is sent and answered.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    summary: &'static str,
    open: bool,
    role: Role,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
}

/// An operation that is being described; it is part of the API when this is dropped.
pub(crate) struct Describing<'a> {
    api: &'a mut Api,
    operation: Operation,
}

impl Api {
    pub(crate) fn get(&mut self, path: &'static str, summary: &'static str) -> Describing<'_> {
        self.describe("GET", path, summary)
    }

    pub(crate) fn post(&mut self, path: &'static str, summary: &'static str) -> Describing<'_> {
        self.describe("POST", path, summary)
    }

    pub(crate) fn put(&mut self, path: &'static str, summary: &'static str) -> Describing<'_> {
        self.describe("PUT", path, summary)
    }

    pub(crate) fn delete(&mut self, path: &'static str, summary: &'static str) -> Describing<'_> {
        self.describe("DELETE", path, summary)
    }

    fn describe(&mut self, method: &'static str, path: &'static str, summary: &'static str) -> Describing<'_> {
        Describing { api: self, operation: Operation::new(method, path, summary) }
    }
}

impl Describing<'_> {
    /// Needs no bearer token.
    pub(crate) fn open(mut self) -> Self {
        self.operation.open = true;
        self
    }

    /// Needs an account of this role.
    pub(crate) fn role(mut self, role: Role) -> Self {
        self.operation.role = role;
        self
    }

    /// A parameter of the path that is of this type; the others are texts.
    pub(crate) fn path<T: JsonSchema>(self, name: &'static str) -> Self {
        self.parameter::<T>("path", name, "", true)
    }

    /// A parameter of the query.
    pub(crate) fn query<T: JsonSchema>(self, name: &'static str, what: &'static str) -> Self {
        self.parameter::<T>("query", name, what, false)
    }

    /// A parameter of the query that cannot be left out.
    pub(crate) fn needs<T: JsonSchema>(self, name: &'static str, what: &'static str) -> Self {
        self.parameter::<T>("query", name, what, true)
    }

    /// The rest of a list, by the cursor of the page before.
    pub(crate) fn paged(self) -> Self {
        self.query::<String>("cursor", "where to go on: the cursor of the page before")
    }

    fn parameter<T: JsonSchema>(mut self, place: &str, name: &str, what: &str, required: bool) -> Self {
        let schema = self.api.schemas().request::<T>();
        self.operation
            .parameters
            .push(json!({ "in": place, "name": name, "description": what, "required": required, "schema": schema }));
        self
    }

    /// A body of JSON.
    pub(crate) fn takes<T: JsonSchema>(mut self) -> Self {
        let schema = self.api.schemas().request::<T>();
        self.operation.body =
            Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
        self
    }

    /// A body of JSON, or none.
    pub(crate) fn may_take<T: JsonSchema>(self) -> Self {
        let mut taking = self.takes::<T>();
        if let Some(body) = &mut taking.operation.body {
            body["required"] = false.into();
        }
        taking
    }

    /// A body of JSON, or a text of this type.
    pub(crate) fn takes_or_text<T: JsonSchema>(self, media_type: &str) -> Self {
        let mut taking = self.takes::<T>();
        if let Some(body) = &mut taking.operation.body {
            body["content"][media_type] = json!({ "schema": { "type": "string" } });
        }
        taking
    }

    /// A body of bytes, of one of these types.
    pub(crate) fn takes_bytes(mut self, media_types: &[&str]) -> Self {
        let content: Map<String, Value> = media_types.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
        self.operation.body = Some(json!({ "required": true, "content": content }));
        self
    }

    /// An answer of JSON.
    pub(crate) fn answers<T: JsonSchema>(self, status: u16, what: &str) -> Self {
        self.answers_as::<T>(status, "application/json", what)
    }

    /// An answer of another type that is JSON, too.
    pub(crate) fn answers_as<T: JsonSchema>(mut self, status: u16, media_type: &str, what: &str) -> Self {
        let schema = self.api.schemas().answer::<T>();
        let answer = json!({ "description": what, "content": { media_type: { "schema": schema } } });
        self.operation.answers.insert(status.to_string(), answer);
        self
    }

    /// An answer of bytes.
    pub(crate) fn answers_bytes(mut self, status: u16, media_type: &str, what: &str) -> Self {
        let answer = json!({ "description": what, "content": { media_type: {} } });
        self.operation.answers.insert(status.to_string(), answer);
        self
    }

    /// An answer without a body.
    pub(crate) fn answers_nothing(mut self, status: u16, what: &str) -> Self {
        self.operation.answers.insert(status.to_string(), json!({ "description": what }));
        self
    }
}

impl Drop for Describing<'_> {
    fn drop(&mut self) {
        let operation = std::mem::replace(&mut self.operation, Operation::new("", "", ""));
        self.api.push(operation);
    }
}

impl Operation {
    fn new(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let (parameters, answers) = (Vec::new(), Map::new());
        Self { method, path, summary, open: false, role: Role::Viewer, parameters, body: None, answers }
    }

    /// As OpenAPI writes it; every refusal is a problem of this schema.
    pub(crate) fn into_json(mut self, problem: &Value) -> Value {
        for name in names(self.path) {
            if !self.parameters.iter().any(|known| known["in"] == "path" && known["name"] == name) {
                let text = json!({ "type": "string", "minLength": 1 });
                self.parameters.push(json!({ "in": "path", "name": name, "required": true, "schema": text }));
            }
        }
        let refusal = json!({ "application/problem+json": { "schema": problem } });
        self.answers.insert("default".into(), json!({ "description": "it is refused", "content": refusal }));
        let security = if self.open { json!([]) } else { json!([{ "token": [] }]) };
        let mut operation = json!({
            "operationId": self.id(),
            "summary": self.summary,
            "tags": [tag(self.path)],
            "security": security,
            "x-reel-role": self.role,
            "parameters": self.parameters,
            "responses": self.answers,
        });
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        operation
    }

    /// `POST /v1/auth/sign-up` is `post-auth-sign-up`.
    fn id(&self) -> String {
        let words = self.path.split('/').filter(|word| !["", "v1"].contains(word));
        let words = words.map(|word| word.trim_matches(['{', '}']).to_ascii_lowercase());
        [self.method.to_ascii_lowercase()].into_iter().chain(words).collect::<Vec<_>>().join("-")
    }
}

/// The parameters of a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// What it belongs to: the first part of its path that says something.
fn tag(path: &str) -> &str {
    path.split('/').find(|part| !["", "v1"].contains(part)).unwrap_or_default()
}
