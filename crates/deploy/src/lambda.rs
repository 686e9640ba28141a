//! The Lambda of a function, with its role, its log, its live version and its streams.

use crate::names::{Stage, id, sub};
use crate::policy;
use crate::template::Source;
use reel_app::{App, Consume, Function};
use reel_backend_aws::functions::LIVE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
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
    let full = stage.lambda(name);
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
    ];
    resources.extend(versioned(
        name,
        json!({
        "FunctionName": full, "Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": ["x86_64"],
        "Timeout": timeout(&part, function), "MemorySize": memory(function), "EphemeralStorage": { "Size": disk(function) },
        "Code": { "S3Bucket": { "Ref": "Packages" }, "S3Key": package },
        "Role": { "Fn::GetAtt": [role, "Arn"] },
        "TracingConfig": { "Mode": "PassThrough" },
        "Environment": { "Variables": variables(stage, &part, name) } }),
    ));
    if !function.routes.is_empty() {
        resources.push((
            id("Permission", name),
            json!({ "Type": "AWS::Lambda::Permission", "Properties": {
            "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            "FunctionName": { "Ref": id("Alias", name) },
            "SourceArn": sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*") } }),
        ));
    }
    resources.extend(function.consumes.iter().map(|consume| mapping(name, consume)));
    resources
}

/// The Lambda, a version of it that never changes, and the alias that everybody calls.
fn versioned(name: &str, mut properties: Value) -> [(String, Value); 3] {
    let digest = &hex::encode(Sha256::digest(properties.to_string()))[..16];
    // Lambda makes no version of what is as the last one was, and CloudFormation takes that for
    // an error: so what was sent alone before is another by this.
    properties["Description"] = json!(format!("Reel's {name}, {digest}"));
    let (function, version) = (id("Function", name), format!("{}{digest}", id("Version", name)));
    let of = json!({ "Ref": function });
    [
        // Earlier versions stay, to go back to.
        (
            version.clone(),
            json!({ "Type": "AWS::Lambda::Version", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain",
            "Properties": { "FunctionName": of } }),
        ),
        (
            id("Alias", name),
            json!({ "Type": "AWS::Lambda::Alias", "Properties": {
            "Name": LIVE, "FunctionName": of, "FunctionVersion": { "Fn::GetAtt": [version, "Version"] } } }),
        ),
        (
            function,
            json!({ "Type": "AWS::Lambda::Function", "DependsOn": [id("Log", name)], "Properties": properties }),
        ),
    ]
}

/// In seconds. Its filters have their own times, and one of them may be longer. Who consumes a
/// stream delivers again, after pauses, until nothing is left.
pub(crate) fn timeout(part: &App, function: &Function) -> u64 {
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

fn variables(stage: &Stage, part: &App, name: &str) -> Value {
    let mut variables = json!({
        "REEL_FUNCTION": name, "REEL_PREFIX": stage.prefix(), "REEL_BUCKETS": stage.buckets(),
    });
    let granted: BTreeSet<&String> = part.functions.values().flat_map(|function| &function.grants.workflows).collect();
    let machine = |workflow: &&String| json!({ "Fn::Join": ["=", [workflow, stage.machine_arn(workflow)]] });
    let workflows: Vec<Value> = granted.iter().map(machine).collect();
    if !workflows.is_empty() {
        variables["REEL_WORKFLOWS"] = json!({ "Fn::Join": [",", workflows] });
    }
    if part.functions.values().any(|function| !function.grants.notify.is_empty()) {
        variables["REEL_SENDER"] = json!({ "Ref": "Sender" });
    }
    if part.functions.get(name).is_some_and(|function| !function.routes.is_empty()) {
        variables["REEL_COUNTRY"] = json!({ "Ref": "Country" });
        variables["REEL_COUNTRY_HEADER"] = json!({ "Ref": "CountryHeader" });
    }
    variables
}

fn mapping(function: &str, consume: &Consume) -> (String, Value) {
    let mapping = json!({ "Type": "AWS::Lambda::EventSourceMapping", "Properties": {
        "FunctionName": { "Ref": id("Alias", function) },
        "EventSourceArn": { "Fn::GetAtt": [id("Stream", &consume.stream), "Arn"] },
        "StartingPosition": "TRIM_HORIZON", "BatchSize": consume.batch,
        "MaximumBatchingWindowInSeconds": consume.linger.as_secs(),
        "BisectBatchOnFunctionError": true, "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": { "OnFailure": { "Destination": { "Fn::GetAtt": ["DeadLetters", "Arn"] } } } } });
    (id(&id("Mapping", function), &consume.stream), mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_code_and_other_settings_are_another_version_that_is_called() {
        let version = |package: &str, memory: u64| {
            let made = versioned("shop", json!({ "Code": { "S3Key": package }, "MemorySize": memory }));
            let [(version, published), (_, alias), (_, function)] = made;
            assert_eq!(alias["Properties"]["FunctionVersion"], json!({ "Fn::GetAtt": [version, "Version"] }));
            assert_eq!(published["DeletionPolicy"], "Retain");
            let digest = version.strip_prefix("VersionShop").unwrap();
            assert!(function["Properties"]["Description"].as_str().unwrap().contains(digest));
            version
        };
        assert_eq!(version("1", 512), version("1", 512));
        assert_ne!(version("1", 512), version("2", 512));
        assert_ne!(version("1", 512), version("1", 576));
    }
}
