//! One function alone: its package becomes a new version, and CloudFormation is not asked. That
//! does for code; what else a function consists of changes with the whole stage.

use crate::names::id;
use serde_json::{Map, Value};

/// Which parts of a function, beside its code, a template has otherwise than the one that the
/// stage was made from.
///
/// # Errors
/// That the stage has no such function.
pub(crate) fn beside_code(function: &str, made: &Value, wanted: &Value) -> Result<Vec<&'static str>, String> {
    let described = |template: &Value, kind: &str| template["Resources"][id(kind, function)].clone();
    if described(made, "Function").is_null() {
        return Err(format!("the stage has no function {function} yet: `reel deploy` makes all of them"));
    }
    let settings = |template: &Value| {
        let mut properties = described(template, "Function")["Properties"].clone();
        properties["Code"]["S3Key"] = Value::Null;
        properties["Description"] = Value::Null;
        properties
    };
    let same = [
        ("its settings", settings(made) == settings(wanted)),
        ("its grants", described(made, "Role") == described(wanted, "Role")),
        ("its routes", routes(function, made) == routes(function, wanted)),
        ("its streams", streams(function, made) == streams(function, wanted)),
    ];
    Ok(same.into_iter().filter_map(|(part, same)| (!same).then_some(part)).collect())
}

/// The paths and methods that lead to a function.
fn routes(function: &str, template: &Value) -> Vec<(String, Value)> {
    let paths = template["Resources"]["Api"]["Properties"]["Body"]["paths"].as_object();
    let leads = format!("${{{}}}/", id("Alias", function));
    let leads = |operation: &&Value| {
        operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"].as_str().is_some_and(|uri| uri.contains(&leads))
    };
    let methods = |path: &Value| {
        let methods = path.as_object().into_iter().flatten().filter(|(_, operation)| leads(operation));
        Value::Object(methods.map(|(method, operation)| (method.clone(), operation.clone())).collect::<Map<_, _>>())
    };
    let paths = paths.into_iter().flatten().map(|(path, described)| (path.clone(), methods(described)));
    paths.filter(|(_, methods)| methods != &Value::Object(Map::new())).collect()
}

/// The mappings of streams to it.
fn streams(function: &str, template: &Value) -> Vec<Value> {
    let live = id("Alias", function);
    let resources = template["Resources"].as_object().into_iter().flatten().map(|(_, resource)| resource);
    let mappings = resources.filter(|resource| resource["Type"] == "AWS::Lambda::EventSourceMapping");
    mappings.filter(|mapping| mapping["Properties"]["FunctionName"]["Ref"] == live.as_str()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Stage;
    use crate::template::{Source, template};
    use reel_app::App;
    use std::collections::BTreeMap;

    const APP: &str = r#"
        [functions.shop]
        routes = [{ path = "/shop" }]
        [functions.shop.grants]
        caches = ["carts"]
        [functions.other]
        routes = [{ path = "/other" }]
    "#;

    fn made(app: &str, package: &str) -> Value {
        let app = App::parse("reel.toml", app).unwrap();
        let packages = app.functions.keys().map(|name| (name.clone(), format!("{name}/{package}.zip"))).collect();
        let stage = Stage::named("t").unwrap();
        template(&Source { stage: &stage, app: &app, packages: &packages, definitions: &BTreeMap::new() }).unwrap()
    }

    #[test]
    fn code_goes_alone() {
        let before = made(APP, "1");
        assert_eq!(beside_code("shop", &before, &made(APP, "2")), Ok(vec![]));
        let elsewhere = APP.replace("/other", "/another");
        assert_eq!(beside_code("shop", &before, &made(&elsewhere, "2")), Ok(vec![]));
    }

    #[test]
    fn all_else_goes_with_the_stage() {
        let before = made(APP, "1");
        for (old, new, part) in [
            ("\"carts\"", "\"carts\", \"prices\"", "its grants"),
            ("/shop", "/store", "its routes"),
            ("[functions.shop]", "[functions.shop]\nmemory = \"128MiB\"", "its settings"),
            (
                "[functions.shop]",
                "[functions.shop]\nconsumes = [{ stream = \"s\", consumer = \"shop\" }]",
                "its streams",
            ),
        ] {
            let parts = beside_code("shop", &before, &made(&APP.replacen(old, new, 1), "2")).unwrap();
            assert!(parts.contains(&part), "{new}: {parts:?}");
        }
        assert!(beside_code("none", &before, &before).unwrap_err().contains("no function none yet"));
    }
}
