//! Payload templates: `Parameters`, `ItemSelector`, `ResultSelector`.

use super::intrinsic::Call;
use super::{Path, Scope};
use crate::failure::Failure;
use serde_json::{Map, Value};

/// JSON in which fields that end in `.$` are computed.
#[derive(Debug, Clone)]
pub(crate) enum Template {
    Literal(Value),
    Path(String, Path),
    Call(Call),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
}

impl Template {
    pub(crate) fn parse(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(fields) => parse_object(fields),
            Value::Array(items) => items.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::Array),
            other => Ok(Self::Literal(other.clone())),
        }
    }

    /// A path or an intrinsic function, as the field `field` gives it.
    pub(crate) fn parse_expression(field: &str, text: &str) -> Result<Self, String> {
        if text.starts_with('$') {
            return Path::parse(text).map(|path| Self::Path(field.into(), path));
        }
        if text.starts_with("States.") {
            return Call::parse(text).map(Self::Call);
        }
        Err(format!("\"{field}\" must be a path ($…) or an intrinsic function (States.…), not {text:?}"))
    }

    pub(crate) fn eval(&self, scope: Scope) -> Result<Value, Failure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Path(field, path) => path.get(field, scope).map(|value| value.into_owned()),
            Self::Call(call) => call.eval(scope),
            Self::Array(items) => items.iter().map(|item| item.eval(scope)).collect::<Result<_, _>>().map(Value::Array),
            Self::Object(fields) => {
                let field = |(name, template): &(String, Self)| Ok((name.clone(), template.eval(scope)?));
                fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
        }
    }
}

fn parse_object(fields: &Map<String, Value>) -> Result<Template, String> {
    let parsed = fields.iter().map(|(name, value)| {
        let Some(plain) = name.strip_suffix(".$") else {
            return Ok((name.clone(), Template::parse(value)?));
        };
        if fields.contains_key(plain) {
            return Err(format!("\"{plain}\" and \"{name}\" exclude each other"));
        }
        let text =
            value.as_str().ok_or_else(|| format!("\"{name}\" must be a string: a path or an intrinsic function"))?;
        Ok((plain.to_owned(), Template::parse_expression(name, text)?))
    });
    parsed.collect::<Result<_, _>>().map(Template::Object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn eval(template: Value, input: Value) -> Result<Value, Failure> {
        let context = super::super::Context::new(Box::new(|| json!({ "Execution": { "Name": "e" } })));
        Template::parse(&template).expect("a template").eval(Scope { input: &input, context: &context })
    }

    #[test]
    fn fields_are_computed_at_any_depth() {
        let template =
            json!({ "a.$": "$.x", "b": [{ "c.$": "$$.Execution.Name" }, 1], "d": { "e.$": "States.Array($.x, 2)" } });
        let expected = json!({ "a": 1, "b": [{ "c": "e" }, 1], "d": { "e": [1, 2] } });
        assert_eq!(eval(template, json!({ "x": 1 })), Ok(expected));
    }

    #[test]
    fn a_path_without_a_value_names_its_field() {
        let failure = eval(json!({ "a.$": "$.x" }), json!({})).expect_err("nothing is there");
        assert_eq!(failure.error, "States.Runtime");
        assert!(failure.cause.contains("'$.x'") && failure.cause.contains("'a.$'"), "{}", failure.cause);
    }

    #[test]
    fn wrong_templates_are_refused() {
        for template in
            [json!({ "a.$": 1 }), json!({ "a.$": "x" }), json!({ "a": 1, "a.$": "$" }), json!([{ "a.$": "$[" }])]
        {
            assert!(Template::parse(&template).is_err(), "{template}");
        }
    }
}
