//! The Lambda of a function, with its role, its log and its streams.

use crate::names::{Stage, id, sub};
use crate::policy;
use crate::template::Source;
use reel_app::{App, Consume, Function};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The most memory that a Lambda has beside its component's, in MB: the host and the SDK. Its
/// share of a processor grows with it.
const HOST_MB: u64 = 448;
/// What a native function has: two processors.
const NATIVE_MB: u64 = 3_538;
/// Room for files, in MB: Lambda's least, and what ffmpeg writes before it is stored.
const DISK_MB: u64 = 512;
const NATIVE_DISK_MB: u64 = 4_096;
/// The longest that a Lambda may take, in seconds.
const LONGEST: u64 = 900;
/// How much longer it has than its function, in seconds: to say that the function took too long.
const GRACE: u64 = 5;

pub(crate) fn resources(source: &Source<'_>, name: &str, function: &Function, package: &str) -> Vec<(String, Value)> {
    let Source { stage, app, .. } = source;
    let full = format!("{}{name}", stage.prefix());
    let role = id("Role", name);
    let part = app.part(name).unwrap_or_default();
    let statements = policy::statements(stage, &part, name);
    let mut resources = vec![
        (
            id("Log", name),
            json!({ "Type": "AWS::Logs::LogGroup", "Properties": {
            "LogGroupName": format!("/aws/lambda/{full}"), "RetentionInDays": 30 } }),
        ),
        (role.clone(), policy::role("lambda.amazonaws.com", &format!("{full}-role"), statements)),
        (
            id("Function", name),
            json!({ "Type": "AWS::Lambda::Function", "DependsOn": [id("Log", name)], "Properties": {
            "FunctionName": full, "Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": ["x86_64"],
            "Timeout": timeout(&part, function), "MemorySize": memory(function), "EphemeralStorage": { "Size": disk(function) },
            "Code": { "S3Bucket": { "Ref": "Packages" }, "S3Key": package },
            "Role": { "Fn::GetAtt": [role, "Arn"] },
            "TracingConfig": { "Mode": "PassThrough" },
            "Environment": { "Variables": variables(stage, &part, name, function) } } }),
        ),
    ];
    if !function.routes.is_empty() {
        resources.push((
            id("Permission", name),
            json!({ "Type": "AWS::Lambda::Permission", "Properties": {
            "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            "FunctionName": { "Ref": id("Function", name) },
            "SourceArn": sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*") } }),
        ));
    }
    resources.extend(function.consumes.iter().map(|consume| mapping(name, consume)));
    resources
}

/// In seconds. Its filters have their own times, and one of them may be longer. Who consumes a
/// stream delivers again, after pauses, until nothing is left.
fn timeout(part: &App, function: &Function) -> u64 {
    if !function.consumes.is_empty() {
        return LONGEST;
    }
    let longest = part.functions.values().map(|function| function.timeout.as_secs()).max().unwrap_or(0);
    (longest + GRACE).min(LONGEST)
}

fn disk(function: &Function) -> u64 {
    if function.native.is_some() { NATIVE_DISK_MB } else { DISK_MB }
}

/// In MB. The share of processors grows with it: ffmpeg has two.
fn memory(function: &Function) -> u64 {
    match function.native {
        Some(_) => NATIVE_MB,
        None => function.memory.div_ceil(1 << 20) + HOST_MB,
    }
}

fn variables(stage: &Stage, part: &App, name: &str, function: &Function) -> Value {
    let mut variables = json!({
        "REEL_FUNCTION": name, "REEL_PREFIX": stage.prefix(), "REEL_BUCKETS": stage.buckets(),
    });
    if function.native.is_some() {
        variables["REEL_FFMPEG"] = json!("/var/task/ffmpeg");
        variables["REEL_FFPROBE"] = json!("/var/task/ffprobe");
    }
    let granted: BTreeSet<&String> = part.functions.values().flat_map(|function| &function.grants.workflows).collect();
    let machine = |workflow: &&String| json!({ "Fn::Join": ["=", [workflow, stage.machine_arn(workflow)]] });
    let workflows: Vec<Value> = granted.iter().map(machine).collect();
    if !workflows.is_empty() {
        variables["REEL_WORKFLOWS"] = json!({ "Fn::Join": [",", workflows] });
    }
    variables
}

fn mapping(function: &str, consume: &Consume) -> (String, Value) {
    let mapping = json!({ "Type": "AWS::Lambda::EventSourceMapping", "Properties": {
        "FunctionName": { "Ref": id("Function", function) },
        "EventSourceArn": { "Fn::GetAtt": [id("Stream", &consume.stream), "Arn"] },
        "StartingPosition": "TRIM_HORIZON", "BatchSize": consume.batch,
        "BisectBatchOnFunctionError": true, "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": { "OnFailure": { "Destination": { "Fn::GetAtt": ["DeadLetters", "Arn"] } } } } });
    (id(&id("Mapping", function), &consume.stream), mapping)
}
