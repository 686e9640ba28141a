//! CloudFront in front of the buckets of segments and pictures, for a start without edges. Only
//! where it is asked for: LocalStack has none.

use crate::names::{Stage, id, sub};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Whether there is one.
pub(crate) const CONDITION: &str = "Fronted";
/// The buckets, and the paths by which they are reached.
const BUCKETS: [(&str, &str); 2] = [("delivery", "/t/*"), ("artwork", "/artwork/*")];
/// From a viewer's path to the key of an object.
const FUNCTION: &str = include_str!("../../../infra/cloudfront/viewer-request.js");
/// Policies that AWS manages: cache as long as the object says, answer pages of any origin.
const CACHING: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CORS: &str = "5cc3b908-e619-4b99-88e5-2cf7f45965bd";

/// Nothing where the app has not both buckets.
pub(crate) fn resources(stage: &Stage, buckets: &BTreeSet<&str>) -> Vec<(String, Value)> {
    if !stands(buckets) {
        return Vec::new();
    }
    let mut resources = vec![
        made(
            "OriginAccess",
            "AWS::CloudFront::OriginAccessControl",
            json!({ "OriginAccessControlConfig": {
            "Name": stage.deployment(), "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always", "SigningProtocol": "sigv4" } }),
        ),
        made(
            "ViewerRequest",
            "AWS::CloudFront::Function",
            json!({
            "Name": format!("{}viewer-request", stage.prefix()), "AutoPublish": true, "FunctionCode": FUNCTION,
            "FunctionConfig": { "Comment": "From a viewer's path to an object", "Runtime": "cloudfront-js-2.0" } }),
        ),
        made("Distribution", "AWS::CloudFront::Distribution", json!({ "DistributionConfig": distribution(stage) })),
    ];
    resources.extend(BUCKETS.map(|(bucket, _)| readable(stage, bucket)));
    resources
}

/// Where segments are fetched from: there, or elsewhere.
pub(crate) fn url(buckets: &BTreeSet<&str>, elsewhere: Value) -> Value {
    match stands(buckets) {
        true => json!({ "Fn::If": [CONDITION, sub("https://${Distribution.DomainName}"), elsewhere] }),
        false => elsewhere,
    }
}

/// `CloudFront`, which says whether there is one.
pub(crate) fn parameter() -> (String, Value) {
    (
        "CloudFront".into(),
        json!({ "Type": "String", "Default": "no", "AllowedValues": ["yes", "no"],
        "Description": "Whether CloudFront stands in front of the segments, for a start without edges" }),
    )
}

fn stands(buckets: &BTreeSet<&str>) -> bool {
    BUCKETS.iter().all(|(bucket, _)| buckets.contains(bucket))
}

fn made(id: &str, kind: &str, properties: Value) -> (String, Value) {
    (id.into(), json!({ "Type": kind, "Condition": CONDITION, "Properties": properties }))
}

fn distribution(stage: &Stage) -> Value {
    let origins = BUCKETS.map(|(bucket, _)| {
        json!({ "Id": bucket, "DomainName": { "Fn::GetAtt": [id("Bucket", bucket), "RegionalDomainName"] },
            "S3OriginConfig": { "OriginAccessIdentity": "" },
            "OriginAccessControlId": { "Fn::GetAtt": ["OriginAccess", "Id"] } })
    });
    let paths = BUCKETS.map(|(bucket, path)| {
        let mut behaviour = behaviour(bucket);
        behaviour.insert("PathPattern".into(), json!(path));
        behaviour
    });
    json!({ "Enabled": true, "Comment": stage.deployment(), "HttpVersion": "http2and3", "IPV6Enabled": true,
        "Origins": origins, "CacheBehaviors": paths, "DefaultCacheBehavior": behaviour(BUCKETS[0].0),
        "ViewerCertificate": { "CloudFrontDefaultCertificate": true } })
}

fn behaviour(bucket: &str) -> Map<String, Value> {
    let called =
        json!([{ "EventType": "viewer-request", "FunctionARN": { "Fn::GetAtt": ["ViewerRequest", "FunctionARN"] } }]);
    let behaviour = json!({ "TargetOriginId": bucket, "ViewerProtocolPolicy": "https-only", "Compress": false,
        "AllowedMethods": ["GET", "HEAD", "OPTIONS"], "CachePolicyId": CACHING, "ResponseHeadersPolicyId": CORS,
        "FunctionAssociations": called });
    behaviour.as_object().cloned().unwrap_or_default()
}

/// CloudFront may read the objects of a bucket, and this distribution alone.
fn readable(stage: &Stage, bucket: &str) -> (String, Value) {
    let from = sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}");
    let statement = json!({ "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" },
        "Action": "s3:GetObject", "Resource": stage.objects_arn(bucket),
        "Condition": { "StringEquals": { "AWS:SourceArn": from } } });
    let policy = json!({ "Bucket": { "Ref": id("Bucket", bucket) },
        "PolicyDocument": { "Version": "2012-10-17", "Statement": [statement] } });
    made(&id("Readable", bucket), "AWS::S3::BucketPolicy", policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::license::Definition;
    use reel_api::{RevisionId, TitleId};
    use reel_delivery::{Audience, Claims, Keys};
    use std::process::Command;
    use std::time::{SystemTime, UNIX_EPOCH};

    const TITLE: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    const REVISION: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70";

    /// What becomes of a path: the key of an object, or a status.
    fn asked(path: &str) -> String {
        let call = "const answer = handler({ request: { uri: process.argv[1] } }); \
                    console.log(answer.uri || answer.statusCode);";
        let ran = Command::new("node").args(["-e", &format!("{FUNCTION}\n{call}"), path]).output().expect("node runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }

    fn token(title: TitleId, revision: RevisionId, expires_at: u64) -> String {
        Claims { title, revision, expires_at, definition: Definition::FullHd, audience: Audience::Profile(Some(6)) }
            .sign(&Keys::from_bytes(&[7; 32]).unwrap())
    }

    #[test]
    fn viewers_get_the_segments_that_their_token_names_until_it_expires() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let (title, revision) = (TITLE.parse().unwrap(), REVISION.parse().unwrap());
        let key = format!("{TITLE}/{REVISION}/h264-720p/12.m4s");
        let good = token(title, revision, now + 3_600_000);
        assert_eq!(asked(&format!("/t/{good}/{key}")), format!("/{key}"));
        assert_eq!(asked(&format!("/t/{}/{key}", token(title, revision, now - 1_000))), "403");
        let other = format!("{REVISION}/{REVISION}/h264-720p/12.m4s");
        assert_eq!(asked(&format!("/t/{good}/{other}")), "403");
        for odd in [format!("/{key}"), format!("/t/{good}/{TITLE}/{REVISION}/index.json"), "/".into()] {
            assert_eq!(asked(&odd), "404", "{odd}");
        }
        assert_eq!(asked("/artwork/t/1/poster.jpg"), "/t/1/poster.jpg");
    }

    #[test]
    fn it_stands_only_where_it_is_asked_for() {
        let stage = Stage::named("t").unwrap();
        let resources = resources(&stage, &BTreeSet::from(["artwork", "delivery"]));
        assert!(resources.iter().all(|(_, resource)| resource["Condition"] == CONDITION));
        let policies = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::S3::BucketPolicy");
        for (_, policy) in policies {
            let statement = &policy["Properties"]["PolicyDocument"]["Statement"][0];
            let from = &statement["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"];
            assert!(from.as_str().unwrap().ends_with("distribution/${Distribution}"), "{from}");
        }
        assert_eq!(parameter().1["Default"], "no");
        assert!(super::resources(&stage, &BTreeSet::from(["delivery"])).is_empty());
    }
}
