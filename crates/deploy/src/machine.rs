//! The state machine of a workflow, from the same definition that runs here.

use crate::names::id;
use crate::policy::{self, allow};
use crate::template::Source;
use reel_app::Workflow;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// What stands in the definition for the beginning of all buckets' names.
const BUCKETS: &str = "Buckets";
/// What Step Functions does with the list of a distributed Map's items, and its results.
const LISTS: [&str; 4] = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];

pub(crate) fn resources(
    source: &Source<'_>,
    name: &str,
    workflow: &Workflow,
    definition: &Value,
) -> Vec<(String, Value)> {
    let Source { stage, .. } = source;
    let full = format!("{}{name}", stage.prefix());
    let functions: BTreeSet<&String> = workflow.resources.values().collect();
    let mut statements = vec![
        allow(&["lambda:InvokeFunction"], functions.iter().map(|function| stage.function_arn(function))),
        allow(&["states:StartExecution"], [stage.machine_arn(name)]),
        allow(&["states:DescribeExecution", "states:StopExecution"], [stage.items_arn(name)]),
    ];
    statements.extend(workflow.lists.as_ref().map(|bucket| allow(&LISTS, [stage.objects_arn(bucket)])));
    let mut definition = definition.clone();
    name_buckets(&mut definition);
    let arn = |function: &String| json!({ "Ref": id("Alias", function) });
    let functions = workflow.resources.iter().map(|(placeholder, function)| (placeholder.clone(), arn(function)));
    let substitutions: Map<String, Value> = functions.chain([(BUCKETS.to_owned(), stage.buckets())]).collect();
    let role = id("MachineRole", name);
    let machine = json!({ "Type": "AWS::StepFunctions::StateMachine", "Properties": {
        "StateMachineName": full, "StateMachineType": "STANDARD", "DefinitionString": definition.to_string(),
        "DefinitionSubstitutions": substitutions, "RoleArn": { "Fn::GetAtt": [role, "Arn"] } } });
    let trusted = policy::role("states.amazonaws.com", &format!("{full}-states"), statements);
    let mut resources = vec![(role, trusted), (id("Machine", name), machine)];
    resources.extend(workflow.schedule.into_iter().flat_map(|every| schedule(source, name, &full, every)));
    resources
}

/// Starts a machine by itself, with the input `{}`.
fn schedule(source: &Source<'_>, name: &str, full: &str, every: Duration) -> [(String, Value); 2] {
    let role = id("ScheduleRole", name);
    let may = allow(&["states:StartExecution"], [source.stage.machine_arn(name)]);
    let target = json!({ "Id": "start", "Arn": { "Ref": id("Machine", name) },
        "RoleArn": { "Fn::GetAtt": [role, "Arn"] }, "Input": "{}" });
    let rule = json!({ "Type": "AWS::Events::Rule", "Properties": {
        "Name": format!("{full}-schedule"), "ScheduleExpression": rate(every), "State": "ENABLED",
        "Targets": [target] } });
    [
        (role.clone(), policy::role("events.amazonaws.com", &format!("{full}-schedule"), vec![may])),
        (id("Schedule", name), rule),
    ]
}

/// As EventBridge writes it: one minute is singular.
fn rate(every: Duration) -> String {
    match every.as_secs() / 60 {
        1 => "rate(1 minute)".into(),
        minutes => format!("rate({minutes} minutes)"),
    }
}

/// Step Functions reads and writes lists by itself, and knows buckets by their names in S3.
fn name_buckets(definition: &mut Value) {
    match definition {
        Value::Object(fields) => {
            if let Some(Value::String(path)) = fields.get_mut("Bucket.$") {
                *path = format!("States.Format('${{{BUCKETS}}}{{}}', {path})");
            }
            if let Some(Value::String(name)) = fields.get_mut("Bucket") {
                *name = format!("${{{BUCKETS}}}{name}");
            }
            fields.values_mut().for_each(name_buckets);
        }
        Value::Array(values) => values.iter_mut().for_each(name_buckets),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tests::whole;

    #[test]
    fn a_schedule_starts_its_machine_and_nothing_else() {
        assert_eq!([60, 86_400].map(|s| rate(Duration::from_secs(s))), ["rate(1 minute)", "rate(1440 minutes)"]);
        let template = whole();
        let rules = template["Resources"].as_object().unwrap().values();
        let rules = rules.filter(|resource| resource["Type"] == "AWS::Events::Rule");
        let started: Vec<_> = rules.map(|rule| &rule["Properties"]["Targets"][0]["Arn"]["Ref"]).collect();
        assert_eq!(started, ["MachineMessages", "MachineTraining"]);
        for name in ["Messages", "Training"] {
            let role = &template["Resources"][format!("ScheduleRole{name}")];
            let may = &role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
            assert_eq!((may.as_array().unwrap().len(), &may[0]["Action"]), (1, &json!(["states:StartExecution"])));
            let machine = may[0]["Resource"][0]["Fn::Sub"].as_str().unwrap();
            assert!(machine.ends_with(&format!(":stateMachine:reel-dev-{}", name.to_lowercase())), "{machine}");
        }
    }

    #[test]
    fn lists_are_in_buckets_by_their_names_in_s3() {
        let mut definition = json!({ "ItemReader": { "Parameters": { "Bucket.$": "$.plan.bucket", "Key.$": "$.k" } },
            "ResultWriter": { "Parameters": { "Bucket": "lists", "Prefix": "p" } } });
        name_buckets(&mut definition);
        let writer = json!({ "Parameters": { "Bucket": "${Buckets}lists", "Prefix": "p" } });
        assert_eq!(definition["ResultWriter"], writer);
        let expected = "States.Format('${Buckets}{}', $.plan.bucket)";
        assert_eq!(definition["ItemReader"]["Parameters"], json!({ "Bucket.$": expected, "Key.$": "$.k" }));
    }
}
