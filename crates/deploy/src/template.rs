//! The CloudFormation template of a deployment, made from `reel.toml`.

use crate::names::Stage;
use crate::{api, front, lambda, machine, storage, watch};
use reel_app::App;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a template is made from.
pub(crate) struct Source<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) app: &'a App,
    /// Where the zip of each function is in the bucket of packages.
    pub(crate) packages: &'a BTreeMap<String, String>,
    /// The definition of each workflow, in States Language.
    pub(crate) definitions: &'a BTreeMap<String, Value>,
}

/// The template: resources by their ids.
///
/// # Errors
/// Which function or workflow of the app the source lacks.
pub(crate) fn template(source: &Source<'_>) -> Result<Value, String> {
    let Source { stage, app, .. } = source;
    let mut resources = Map::new();
    resources.extend(storage::resources(stage, app));
    resources.extend(api::resources(stage, app));
    resources.extend(front::resources(stage, &storage::buckets(app)));
    resources.extend(watch::resources(stage, app));
    for (name, function) in &app.functions {
        let package = source.packages.get(name).ok_or_else(|| format!("the function {name} has no package"))?;
        resources.extend(lambda::resources(source, name, function, package));
    }
    for (name, workflow) in &app.workflows {
        let definition =
            source.definitions.get(name).ok_or_else(|| format!("the workflow {name} has no definition"))?;
        resources.extend(machine::resources(source, name, workflow, definition));
    }
    resources.insert(
        "DeadLetters".into(),
        json!({ "Type": "AWS::SQS::Queue", "Properties": {
        "QueueName": stage.dead_letters(), "MessageRetentionPeriod": 1_209_600 } }),
    );
    let mut parameters = Map::from_iter([front::parameter(), watch::parameter()]);
    parameters.insert(
        "Packages".into(),
        json!({ "Type": "String", "Description": "The bucket that holds the functions' packages" }),
    );
    parameters.insert(
        "BaseUrl".into(),
        json!({ "Type": "String", "Default": "",
        "Description": "Where clients find the API; empty for API Gateway's own address" }),
    );
    parameters.insert(
        "Sender".into(),
        json!({ "Type": "String", "Default": "",
        "Description": "Whom letters come from, an address that SES has verified; without one none is sent" }),
    );
    parameters.insert(
        "Country".into(),
        json!({ "Type": "String", "Default": "", "AllowedPattern": "([A-Za-z]{2})?",
        "Description": "The country of viewers of whom no header tells it; without one, titles with windows by country are refused" }),
    );
    parameters.insert(
        "CountryHeader".into(),
        json!({ "Type": "String", "Default": "",
        "Description": "The header in which what stands before the API, and cannot be gone round, tells a viewer's country" }),
    );
    let mut outputs = watch::output();
    outputs.insert("Url".into(), json!({ "Description": "The base URL", "Value": api::url(stage) }));
    let yes = |parameter: &str| json!({ "Fn::Equals": [{ "Ref": parameter }, "yes"] });
    Ok(json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("Reel, stage {}", stage.name()),
        "Parameters": parameters,
        "Conditions": { "OwnUrl": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "BaseUrl" }, ""] }] },
            (front::CONDITION): yes("CloudFront"), (watch::CONDITION): yes("Watch") },
        "Resources": resources,
        "Outputs": outputs,
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use reel_app::Workflow;
    use std::collections::BTreeSet;
    use std::path::Path;

    pub(crate) fn whole() -> Value {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let app = App::read(&root.join("reel.toml")).unwrap();
        let packages = app.functions.keys().map(|name| (name.clone(), format!("{name}/0.zip"))).collect();
        let text = |workflow: &Workflow| std::fs::read_to_string(root.join(&workflow.definition)).unwrap();
        let text = |workflow: &Workflow| serde_json::from_str(&text(workflow)).unwrap();
        let definitions = app.workflows.iter().map(|(name, workflow)| (name.clone(), text(workflow))).collect();
        let stage = Stage::named("dev").unwrap();
        template(&Source { stage: &stage, app: &app, packages: &packages, definitions: &definitions }).unwrap()
    }

    #[test]
    #[ignore = "needs cfn-lint: script/test aws"]
    fn cfn_lint_finds_nothing() {
        let program = std::env::var("CFN_LINT").expect("CFN_LINT is what script/cfn-lint prints");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.json");
        std::fs::write(&path, whole().to_string()).unwrap();
        let found = std::process::Command::new(program).arg("--").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&found.stdout);
        assert!(found.status.success(), "{said}{}", String::from_utf8_lossy(&found.stderr));
    }

    /// The names that a value refers to, by `Ref`, `Fn::GetAtt` or `${Name}` in `Fn::Sub`.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("Ref").and_then(|name| Some(name.as_str()?.to_owned())));
                found.extend(fields.get("Fn::GetAtt").and_then(|path| Some(path[0].as_str()?.to_owned())));
                let text = fields.get("Fn::Sub").and_then(Value::as_str).unwrap_or_default();
                let names = text.split("${").skip(1).filter_map(|rest| rest.split(['}', '.']).next());
                found.extend(names.filter(|name| !name.starts_with("AWS::")).map(str::to_owned));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let template = whole();
        let mut found = BTreeSet::new();
        references(&template, &mut found);
        let there = |name: &String| ["Resources", "Parameters"].iter().any(|kind| !template[kind][name].is_null());
        let missing: Vec<_> = found.iter().filter(|name| !there(name)).collect();
        assert!(found.contains("FunctionEncode") && missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_template_holds_no_secret_and_fits_cloudformation() {
        let template = whole();
        let resources = template["Resources"].as_object().unwrap();
        let secrets = resources.values().filter(|resource| resource["Type"] == "AWS::SecretsManager::Secret");
        for secret in secrets {
            assert!(secret["Properties"]["SecretString"].is_null(), "{secret}");
        }
        // CloudFormation's own limits.
        assert!(resources.len() <= 500 && template.to_string().len() <= 1_000_000, "{}", resources.len());
    }

    #[test]
    fn the_workflow_finds_its_functions() {
        let template = whole();
        let machine = &template["Resources"]["MachineEncoding"]["Properties"];
        let definition = machine["DefinitionString"].as_str().unwrap();
        let substituted = machine["DefinitionSubstitutions"].as_object().unwrap();
        for placeholder in definition.split("${").skip(1).filter_map(|rest| rest.split('}').next()) {
            assert!(substituted.contains_key(placeholder), "{placeholder}");
        }
    }
}
