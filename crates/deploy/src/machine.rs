//! The state machine of a workflow, from the same definition that runs here.

use crate::names::id;
use crate::policy::{self, allow};
use crate::template::Source;
use reel_app::Workflow;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

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
    vec![(role, trusted), (id("Machine", name), machine)]
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
