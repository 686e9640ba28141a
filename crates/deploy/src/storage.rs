//! Tables, buckets, streams, secrets and settings of a deployment: all that `reel.toml` grants.

use crate::api;
use crate::front;
use crate::names::{Stage, id};
use crate::policy::{CACHE, NOTIFICATIONS, PUSH_KEY};
use reel_app::App;
use reel_backend_aws::events::CONSUMERS;
use reel_backend_aws::layout::Layout;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many characters a secret has: AWS makes it, and nobody sees it.
const SECRET: u32 = 32;
/// How many hours records are kept for consumers that are behind.
const RETENTION: u32 = 168;

pub(crate) fn resources(stage: &Stage, app: &App) -> Vec<(String, Value)> {
    let mut resources: Vec<_> = tables(app).into_iter().map(|(name, layout)| table(stage, name, layout)).collect();
    resources.extend(buckets(app).into_iter().map(|name| bucket(stage, name)));
    for name in streams(app) {
        resources.push(stream(stage, name));
        resources.push(stream(stage, &format!("dead-{name}")));
    }
    resources.extend(secrets(app).into_iter().map(|name| secret(stage, name)));
    let segments = front::url(&buckets(app), api::url(stage));
    resources.push(setting(stage, "notification", "base-url", api::url(stage)));
    resources.push(setting(stage, "playback", "base-url", api::url(stage)));
    resources.push(setting(stage, "steering", "base-url", api::url(stage)));
    resources.push(setting(stage, "steering", "origin-url", segments));
    // The gateway and a Lambda would carry every byte, and no segment of more than 4 MiB.
    resources.push(setting(stage, "origin", "redirect", json!("true")));
    resources
}

fn table(stage: &Stage, name: &str, layout: Layout) -> (String, Value) {
    let keys = [(Some(layout.partition), "HASH"), (layout.sort, "RANGE")];
    let keys: Vec<_> = keys.into_iter().filter_map(|(name, kind)| Some((name?, kind))).collect();
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let attributes: Vec<Value> = keys.iter().map(|(name, _)| attribute(name)).collect();
    let schema: Vec<Value> =
        keys.iter().map(|(name, kind)| json!({ "AttributeName": name, "KeyType": kind })).collect();
    let mut properties = json!({
        "TableName": format!("{}{name}", stage.prefix()), "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes, "KeySchema": schema, "SSESpecification": { "SSEEnabled": true },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": stage.keeps() },
        "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
    });
    if let Some(ttl) = layout.ttl {
        properties["TimeToLiveSpecification"] = json!({ "AttributeName": ttl, "Enabled": true });
    }
    (id("Table", name), kept(stage, "AWS::DynamoDB::Table", properties))
}

/// Private and encrypted. Browsers send the parts of an upload to it by presigned URLs.
fn bucket(stage: &Stage, name: &str) -> (String, Value) {
    let encryption = json!([{ "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } }]);
    let cors = json!([{ "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"],
        "ExposedHeaders": ["ETag"], "MaxAge": 3_600 }]);
    let unfinished = json!({ "Id": "unfinished-uploads", "Status": "Enabled",
        "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 7 } });
    let properties = json!({
        "BucketName": stage.bucket(name),
        "BucketEncryption": { "ServerSideEncryptionConfiguration": encryption },
        "PublicAccessBlockConfiguration": { "BlockPublicAcls": true, "BlockPublicPolicy": true,
            "IgnorePublicAcls": true, "RestrictPublicBuckets": true },
        "CorsConfiguration": { "CorsRules": cors },
        "LifecycleConfiguration": { "Rules": [unfinished] },
    });
    (id("Bucket", name), kept(stage, "AWS::S3::Bucket", properties))
}

/// One shard keeps the order.
fn stream(stage: &Stage, name: &str) -> (String, Value) {
    let properties = json!({ "Name": format!("{}{name}", stage.prefix()), "ShardCount": 1, "RetentionPeriodHours": RETENTION,
        "StreamEncryption": { "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis" } });
    (id("Stream", name), kept(stage, "AWS::Kinesis::Stream", properties))
}

fn secret(stage: &Stage, name: &str) -> (String, Value) {
    let properties = json!({ "Name": format!("{}/{name}", stage.deployment()),
        "GenerateSecretString": { "PasswordLength": SECRET } });
    (id("Secret", name), kept(stage, "AWS::SecretsManager::Secret", properties))
}

fn setting(stage: &Stage, function: &str, key: &str, value: Value) -> (String, Value) {
    let properties = json!({ "Name": format!("/{}/{function}/{key}", stage.deployment()), "Type": "String",
        "Value": value });
    (id(&id("Setting", function), key), json!({ "Type": "AWS::SSM::Parameter", "Properties": properties }))
}

/// A resource that outlives its stack where the stage is for good.
fn kept(stage: &Stage, kind: &str, properties: Value) -> Value {
    // A first start that fails leaves nothing behind that the next one would find in its way.
    let (deletion, replacement) = if stage.keeps() { ("RetainExceptOnCreate", "Retain") } else { ("Delete", "Delete") };
    json!({ "Type": kind, "DeletionPolicy": deletion, "UpdateReplacePolicy": replacement, "Properties": properties })
}

/// Every table that the functions are granted or that a capability keeps its own in.
fn tables(app: &App) -> Vec<(&str, Layout)> {
    let granted = app.functions.values().flat_map(|function| function.grants.tables.keys().map(String::as_str));
    let granted: BTreeSet<&str> = granted.collect();
    let rows = granted.into_iter().map(|name| (name, reel_backend_aws::table::LAYOUT));
    let own = [
        (CACHE, reel_backend_aws::cache::LAYOUT),
        // Lambda knows how far functions have come; this is for who reads streams beside them.
        (CONSUMERS, reel_backend_aws::table::LAYOUT),
        (NOTIFICATIONS, reel_backend_aws::notify::LAYOUT),
    ];
    rows.chain(own).collect()
}

/// The names of all buckets.
pub(crate) fn buckets(app: &App) -> BTreeSet<&str> {
    let grants = app.functions.values().map(|function| &function.grants);
    grants.flat_map(|grants| grants.buckets.keys().chain(&grants.served_buckets)).map(String::as_str).collect()
}

fn streams(app: &App) -> BTreeSet<&str> {
    let appended = app.functions.values().flat_map(|function| &function.grants.streams);
    let consumed = app.functions.values().flat_map(|function| function.consumes.iter().map(|c| &c.stream));
    appended.chain(consumed).map(String::as_str).collect()
}

fn secrets(app: &App) -> BTreeSet<&str> {
    let grants = || app.functions.values().map(|function| &function.grants);
    let pushes = grants().any(|grants| grants.notify.iter().any(|channel| channel == "push"));
    let granted = grants().flat_map(|grants| &grants.secrets).map(String::as_str);
    granted.chain(pushes.then_some(PUSH_KEY)).collect()
}
