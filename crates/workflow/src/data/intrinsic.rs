//! Intrinsic functions: parsing a call and computing its value.

mod functions;

use super::{Path, Scope};
use crate::failure::Failure;
use functions::Function;
use serde_json::Value;

/// A call such as `States.Format('{}', $.name)`.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone)]
enum Argument {
    /// A string literal as it is written, escapes and all.
    Text(String),
    Literal(Value),
    Path(Path),
    Call(Call),
}

impl Call {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { whole: text, rest: text };
        let call = parser.call()?;
        match parser.skip_space() {
            "" => Ok(call),
            rest => Err(format!("{rest:?} is left over after the call in {text:?}")),
        }
    }

    pub(crate) fn eval(&self, scope: Scope) -> Result<Value, Failure> {
        let mut arguments = self.arguments.iter();
        if self.function == Function::Format {
            let template = arguments.next().map(|a| a.template(scope)).transpose()?;
            return functions::format(&template.unwrap_or_default(), &values(arguments, scope)?);
        }
        self.function.call(&values(arguments, scope)?)
    }
}

fn values<'a>(arguments: impl Iterator<Item = &'a Argument>, scope: Scope) -> Result<Vec<Value>, Failure> {
    arguments.map(|argument| argument.eval(scope)).collect()
}

impl Argument {
    fn eval(&self, scope: Scope) -> Result<Value, Failure> {
        match self {
            Self::Text(raw) => Ok(Value::String(unescape(raw))),
            Self::Literal(value) => Ok(value.clone()),
            Self::Path(path) => path.get("an intrinsic function's argument", scope).map(|value| value.into_owned()),
            Self::Call(call) => call.eval(scope),
        }
    }

    /// The first argument of `States.Format`, whose escaped braces must stay escaped.
    fn template(&self, scope: Scope) -> Result<String, Failure> {
        match (self, self.eval(scope)?) {
            (Self::Text(raw), _) => Ok(raw.clone()),
            (_, Value::String(text)) => Ok(text),
            (_, other) => Err(Failure::intrinsic(format!("States.Format wants a string first, not {other}"))),
        }
    }
}

fn unescape(raw: &str) -> String {
    let mut chars = raw.chars();
    let mut text = String::with_capacity(raw.len());
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    text
}

struct Parser<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn skip_space(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        self.rest
    }

    fn accept(&mut self, token: char) -> bool {
        let rest = self.skip_space().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn wrong(&self, expected: &str) -> String {
        format!("{:?} is not an intrinsic function: {expected} expected at {:?}", self.whole, self.rest)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        token
    }

    fn call(&mut self) -> Result<Call, String> {
        let end = self.skip_space().find('(').ok_or_else(|| self.wrong("'('"))?;
        let function = Function::parse(self.take(end).trim())?;
        self.accept('(');
        let mut arguments = Vec::new();
        while !self.accept(')') {
            if !arguments.is_empty() && !self.accept(',') {
                return Err(self.wrong("',' or ')'"));
            }
            arguments.push(self.argument()?);
        }
        function.check_count(arguments.len())?;
        Ok(Call { function, arguments })
    }

    fn argument(&mut self) -> Result<Argument, String> {
        match self.skip_space().chars().next() {
            Some('\'') => self.text(),
            Some('$') => {
                let end = path_end(self.rest);
                Path::parse(self.take(end).trim_end()).map(Argument::Path)
            }
            Some('S') => self.call().map(Argument::Call),
            _ => self.literal(),
        }
    }

    fn text(&mut self) -> Result<Argument, String> {
        let mut escaped = false;
        let end = self.rest[1..].find(|c| {
            let quote = c == '\'' && !escaped;
            escaped = c == '\\' && !escaped;
            quote
        });
        let end = end.ok_or_else(|| self.wrong("a closing quote"))?;
        Ok(Argument::Text(self.take(end + 2)[1..=end].into()))
    }

    fn literal(&mut self) -> Result<Argument, String> {
        let end = self.rest.find([',', ')']).unwrap_or(self.rest.len());
        match serde_json::from_str(self.rest[..end].trim()) {
            Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => {
                self.take(end);
                Ok(Argument::Literal(value))
            }
            _ => Err(self.wrong("a path, 'text', a number, true, false, null or another call")),
        }
    }
}

/// Where a path ends within a list of arguments: at a `,` or `)` outside its brackets and quotes.
fn path_end(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_u32, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ',' | ')') if depth == 0 => return at,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn eval(call: &str) -> Result<Value, String> {
        let input = json!({ "n": 3, "s": "a,b", "l": [1, 2, 2], "o": { "k": "v" }, "j": "{\"x\":1}", "t": "<{}>" });
        let context = super::super::Context::new(Box::new(|| json!({ "Execution": { "Name": "e" } })));
        Call::parse(call)?.eval(Scope { input: &input, context: &context }).map_err(|f| f.error)
    }

    #[test]
    fn calls_are_computed() {
        for (call, expected) in [
            ("States.Format('{}-{}', $.n, 'x')", json!("3-x")),
            (r"States.Format('\{{}\} it\'s \\ {}', $.n, true)", json!(r"{3} it's \ true")),
            ("States.Format($.t, null)", json!("<null>")),
            ("States.StringToJson($.j)", json!({ "x": 1 })),
            ("States.JsonToString($.o)", json!("{\"k\":\"v\"}")),
            ("States.Array($.n, 'a', States.Array(), $$.Execution.Name)", json!([3, "a", [], "e"])),
            ("States.ArrayLength($.l)", json!(3)),
            ("States.ArrayContains($.l, 2)", json!(true)),
            ("States.ArrayGetItem($.l, 1)", json!(2)),
            ("States.ArrayPartition($.l, 2)", json!([[1, 2], [2]])),
            ("States.ArrayRange(1, 9, 4)", json!([1, 5, 9])),
            ("States.ArrayRange(3, 1, -1)", json!([3, 2, 1])),
            ("States.ArrayUnique($.l)", json!([1, 2])),
            ("States.MathAdd($.n, -1)", json!(2)),
            ("States.StringSplit($.s, ',')", json!(["a", "b"])),
            ("States.StringSplit('1;2,3', ',;')", json!(["1", "2", "3"])),
            ("States.JsonMerge($.o, States.StringToJson($.j), false)", json!({ "k": "v", "x": 1 })),
            ("States.ArrayLength($.l[?(@ == 2)])", json!(2)),
        ] {
            assert_eq!(eval(call), Ok(expected), "{call}");
        }
    }

    #[test]
    fn wrong_arguments_are_an_intrinsic_failure() {
        for call in [
            "States.Format('{}')",
            "States.Format('{}', $.o)",
            "States.Format('x', 1)",
            "States.StringToJson($.s)",
            "States.ArrayLength($.n)",
            "States.ArrayGetItem($.l, 9)",
            "States.ArrayRange(1, 9, 0)",
            "States.ArrayRange(1, 100000, 1)",
            "States.MathAdd('1', 2)",
            "States.MathAdd(9223372036854775807, 1)",
            "States.JsonMerge($.o, $.o, true)",
        ] {
            assert_eq!(eval(call), Err("States.IntrinsicFailure".into()), "{call}");
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        for (call, part) in [
            ("States.UUID()", "States.UUID is not supported"),
            ("States.Hash($.s, 'MD5')", "States.Hash is not supported"),
            ("States.Nope()", "States.Nope is not supported"),
            ("States.MathAdd(1)", "2 arguments"),
            ("States.Array(1", "',' or ')'"),
            ("States.Array('a", "closing quote"),
            ("States.Array(a)", "a path"),
            ("States.Array() x", "left over"),
            ("States.Array", "'('"),
        ] {
            let refusal = Call::parse(call).expect_err(call);
            assert!(refusal.contains(part), "{call}: {refusal}");
        }
    }
}
