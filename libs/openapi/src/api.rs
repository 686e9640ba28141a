//! All operations together, as one document.

use crate::operation::Operation;
use crate::operations;
use crate::schemas::Schemas;
use reel_api::Problem;
use serde_json::{Map, Value, json};

/// The operations of the API.
#[derive(Debug)]
pub struct Api {
    operations: Vec<Operation>,
    schemas: Schemas,
}

/// The document (OpenAPI 3.1.1), its server relative to where it is read.
pub fn document() -> Value {
    Api::new().into_document()
}

impl Default for Api {
    fn default() -> Self {
        Self::new()
    }
}

impl Api {
    /// Every operation that has a route.
    pub fn new() -> Self {
        let mut api = Self { operations: Vec::new(), schemas: Schemas::default() };
        operations::describe(&mut api);
        api
    }

    /// The method and path of every operation; parameters as `{name}`.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operations.iter().map(|operation| (operation.method, operation.path))
    }

    pub(crate) fn schemas(&mut self) -> &mut Schemas {
        &mut self.schemas
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    fn into_document(mut self) -> Value {
        let problem = self.schemas.answer::<Problem>();
        let mut paths = Map::new();
        for operation in self.operations {
            let method = operation.method.to_ascii_lowercase();
            let path = paths.entry(operation.path).or_insert_with(|| json!({}));
            path[method] = operation.into_json(&problem);
        }
        json!({
            "openapi": "3.1.1",
            "info": {
                "title": "Reel",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Errors are problem details (RFC 9457); `type` is `urn:reel:problem:CODE`. Whoever sends more \
                    than is allowed is answered 429, and `Retry-After` says when to go on.",
            },
            "servers": [{ "url": "." }],
            "paths": paths,
            "components": {
                "schemas": self.schemas.into_definitions(),
                "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Every `$ref` below a value.
    fn references(value: &Value, found: &mut HashSet<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn what_is_referred_to_is_there_and_no_name_is_made_up() {
        let document = document();
        let mut found = HashSet::new();
        references(&document, &mut found);
        assert!(found.len() > 50, "{}", found.len());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name} names two types: rename one");
        }
    }

    #[test]
    fn an_operation_stands_once_and_names_its_parameters() {
        let api = Api::new();
        let routes: HashSet<_> = api.routes().collect();
        assert_eq!(routes.len(), api.operations.len());
        let document = document();
        let sign_up = &document["paths"]["/v1/auth/sign-up"]["post"];
        assert_eq!(sign_up["security"], json!([]));
        let body = &sign_up["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(body, "#/components/schemas/Credentials");
        let credentials = &document["components"]["schemas"]["Credentials"];
        assert_eq!(
            (&credentials["additionalProperties"], &credentials["required"]),
            (&json!(false), &json!(["email", "password"]))
        );
        let title = &document["paths"]["/v1/ratings/{title}"]["put"];
        assert_eq!(title["parameters"][0]["schema"]["$ref"], "#/components/schemas/TitleId");
    }
}
