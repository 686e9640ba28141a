//! IAM from grants: a function may do what `reel.toml` grants it and its filters, and no more.

use crate::names::Stage;
use reel_app::{Access, App, Grants};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The table that holds every cache.
pub(crate) const CACHE: &str = "cache";

/// The table that says which messages were sent.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// The secret that pushes are signed with.
pub(crate) const PUSH_KEY: &str = "vapid-key";

const TABLE_READ: [&str; 2] = ["dynamodb:GetItem", "dynamodb:Query"];
const TABLE_WRITE: [&str; 4] =
    ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
const ITEM: [&str; 4] = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
/// Without listing, S3 says of a missing object that it is forbidden.
const BUCKET_LIST: [&str; 1] = ["s3:ListBucket"];
const OBJECT_READ: [&str; 1] = ["s3:GetObject"];
const OBJECT_WRITE: [&str; 4] =
    ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
const STREAM_READ: [&str; 5] = [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
];
const FOLLOW: [&str; 2] = ["states:DescribeExecution", "states:GetExecutionHistory"];

/// What the Lambda of a function may do, by its part of the app: its own grants and those of its
/// filters, which run in the same process.
pub(crate) fn statements(stage: &Stage, part: &App, function: &str) -> Vec<Value> {
    let mut statements = vec![allow(&["logs:CreateLogStream", "logs:PutLogEvents"], [stage.logs_arn(function)])];
    for described in part.functions.values() {
        statements.extend(granted(stage, &described.grants));
    }
    for consume in part.functions.get(function).into_iter().flat_map(|described| &described.consumes) {
        statements.push(allow(&STREAM_READ, [stage.stream_arn(&consume.stream)]));
        // What fails too often is put aside; what cannot be put aside either goes to a queue.
        statements.push(allow(&["kinesis:PutRecord"], [stage.stream_arn(&format!("dead-{}", consume.stream))]));
        statements.push(allow(&["sqs:SendMessage"], [stage.dead_letters_arn()]));
    }
    statements
}

fn granted(stage: &Stage, grants: &Grants) -> Vec<Value> {
    let mut statements = Vec::new();
    for (table, access) in &grants.tables {
        statements.push(allow(&TABLE_READ, [stage.table_arn(table)]));
        if *access == Access::Write {
            statements.push(allow(&TABLE_WRITE, [stage.table_arn(table)]));
        }
    }
    for (bucket, access) in buckets(grants) {
        statements.push(allow(&BUCKET_LIST, [stage.bucket_arn(bucket)]));
        statements.push(allow(&OBJECT_READ, [stage.objects_arn(bucket)]));
        if access == Access::Write {
            statements.push(allow(&OBJECT_WRITE, [stage.objects_arn(bucket)]));
        }
    }
    statements.extend(grants.streams.iter().map(|stream| allow(&["kinesis:PutRecord"], [stage.stream_arn(stream)])));
    statements.extend(grants.caches.iter().map(|cache| cached(stage, cache)));
    statements
        .extend(grants.secrets.iter().map(|name| allow(&["secretsmanager:GetSecretValue"], [stage.secret_arn(name)])));
    statements
        .extend(grants.functions.iter().map(|name| allow(&["lambda:InvokeFunction"], [stage.function_arn(name)])));
    for workflow in &grants.workflows {
        statements.push(allow(&["states:StartExecution"], [stage.machine_arn(workflow)]));
        statements.push(allow(&FOLLOW, [stage.executions_arn(workflow)]));
        statements.push(allow(&["states:DescribeMapRun"], [stage.map_runs_arn(workflow)]));
    }
    if grants.config {
        statements.push(allow(&["ssm:GetParametersByPath"], stage.settings_arns()));
    }
    let sends = |channel: &str| grants.notify.iter().any(|granted| granted == channel);
    if sends("email") {
        statements.push(allow(&["ses:SendRawEmail"], [json!("*")]));
    }
    if sends("push") {
        statements.push(allow(&["secretsmanager:GetSecretValue"], [stage.secret_arn(PUSH_KEY)]));
    }
    if !grants.notify.is_empty() {
        statements.push(allow(&ITEM, [stage.table_arn(NOTIFICATIONS)]));
    }
    statements
}

/// The buckets, those whose objects are only answered with among them.
fn buckets(grants: &Grants) -> BTreeMap<&str, Access> {
    let served = grants.served_buckets.iter().map(|bucket| (bucket.as_str(), Access::Read));
    let own = grants.buckets.iter().map(|(bucket, access)| (bucket.as_str(), *access));
    served.chain(own).collect()
}

/// One cache of the table of all: its items' names begin with the length of its name, and it.
fn cached(stage: &Stage, cache: &str) -> Value {
    let mut statement = allow(&ITEM, [stage.table_arn(CACHE)]);
    let keys = [format!("{}:{cache}:*", cache.len()), "piece:*".into()];
    statement["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } });
    statement
}

/// Allows actions on resources.
pub(crate) fn allow(actions: &[&str], resources: impl IntoIterator<Item = Value>) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources.into_iter().collect::<Vec<_>>() })
}

/// A role that a service of AWS takes on, and what it may do in it.
pub(crate) fn role(service: &str, name: &str, statements: Vec<Value>) -> Value {
    let trust = json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" });
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    json!({ "Type": "AWS::IAM::Role", "Properties": {
        "RoleName": name,
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [trust] },
        "Policies": [{ "PolicyName": "grants", "PolicyDocument": policy }] } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = r#"
        [filters]
        checked = ["check"]
        [functions.check.grants]
        caches = ["limits"]
        [functions.shop]
        routes = [{ path = "/shop", through = "checked" }]
        consumes = [{ stream = "orders", consumer = "shop" }]
        [functions.shop.grants]
        tables = { carts = "rw", prices = "r" }
        buckets = { bills = "rw" }
        served_buckets = ["pictures"]
        secrets = ["key"]
        [functions.other.grants]
        functions = ["shop"]
        workflows = ["pack"]
        [workflows.pack]
        definition = "pack.json"
    "#;

    /// Each action and its resource, without what all ARNs have.
    fn may(function: &str) -> Vec<String> {
        let app = App::parse("reel.toml", APP).unwrap();
        let statements = statements(&Stage::named("t").unwrap(), &app.part(function).unwrap(), function);
        let mut may: Vec<_> = statements.iter().flat_map(lines).collect();
        may.sort();
        may
    }

    fn lines(statement: &Value) -> Vec<String> {
        let resources = statement["Resource"].as_array().unwrap().iter().map(|resource| {
            let arn = resource["Fn::Sub"].as_str().unwrap();
            arn.replace("arn:${AWS::Partition}:", "").replace("${AWS::Region}:${AWS::AccountId}:", "")
        });
        let resources: Vec<_> = resources.collect();
        let actions = statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap());
        actions.flat_map(|action| resources.iter().map(move |resource| format!("{action} {resource}"))).collect()
    }

    #[test]
    fn a_function_may_what_it_and_its_filters_are_granted_and_no_more() {
        let expected = [
            "dynamodb:ConditionCheckItem dynamodb:table/reel-t-carts",
            "dynamodb:DeleteItem dynamodb:table/reel-t-cache",
            "dynamodb:DeleteItem dynamodb:table/reel-t-carts",
            "dynamodb:GetItem dynamodb:table/reel-t-cache",
            "dynamodb:GetItem dynamodb:table/reel-t-carts",
            "dynamodb:GetItem dynamodb:table/reel-t-prices",
            "dynamodb:PutItem dynamodb:table/reel-t-cache",
            "dynamodb:PutItem dynamodb:table/reel-t-carts",
            "dynamodb:Query dynamodb:table/reel-t-carts",
            "dynamodb:Query dynamodb:table/reel-t-prices",
            "dynamodb:UpdateItem dynamodb:table/reel-t-cache",
            "dynamodb:UpdateItem dynamodb:table/reel-t-carts",
            "kinesis:DescribeStream kinesis:stream/reel-t-orders",
            "kinesis:DescribeStreamSummary kinesis:stream/reel-t-orders",
            "kinesis:GetRecords kinesis:stream/reel-t-orders",
            "kinesis:GetShardIterator kinesis:stream/reel-t-orders",
            "kinesis:ListShards kinesis:stream/reel-t-orders",
            "kinesis:PutRecord kinesis:stream/reel-t-dead-orders",
            "logs:CreateLogStream logs:log-group:/aws/lambda/reel-t-shop:*",
            "logs:PutLogEvents logs:log-group:/aws/lambda/reel-t-shop:*",
            "s3:AbortMultipartUpload s3:::reel-t-${AWS::AccountId}-bills/*",
            "s3:DeleteObject s3:::reel-t-${AWS::AccountId}-bills/*",
            "s3:GetObject s3:::reel-t-${AWS::AccountId}-bills/*",
            "s3:GetObject s3:::reel-t-${AWS::AccountId}-pictures/*",
            "s3:ListBucket s3:::reel-t-${AWS::AccountId}-bills",
            "s3:ListBucket s3:::reel-t-${AWS::AccountId}-pictures",
            "s3:ListMultipartUploadParts s3:::reel-t-${AWS::AccountId}-bills/*",
            "s3:PutObject s3:::reel-t-${AWS::AccountId}-bills/*",
            "secretsmanager:GetSecretValue secretsmanager:secret:reel-t/key-??????",
            "sqs:SendMessage sqs:reel-t-dead-letters",
        ];
        assert_eq!(may("shop"), expected);
    }

    #[test]
    fn who_starts_a_workflow_may_follow_it_and_nothing_else_of_it() {
        let expected = [
            "lambda:InvokeFunction lambda:function:reel-t-shop:live",
            "logs:CreateLogStream logs:log-group:/aws/lambda/reel-t-other:*",
            "logs:PutLogEvents logs:log-group:/aws/lambda/reel-t-other:*",
            "states:DescribeExecution states:execution:reel-t-pack:*",
            "states:DescribeMapRun states:mapRun:reel-t-pack/*",
            "states:GetExecutionHistory states:execution:reel-t-pack:*",
            "states:StartExecution states:stateMachine:reel-t-pack",
        ];
        assert_eq!(may("other"), expected);
    }

    #[test]
    fn one_cache_of_the_table_of_all() {
        let statement = cached(&Stage::named("t").unwrap(), "limits");
        let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        assert_eq!(keys, &json!(["6:limits:*", "piece:*"]));
    }
}
