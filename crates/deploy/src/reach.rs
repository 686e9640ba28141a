//! What the functions of `reel.toml` can reach on AWS, held against their grants: from the
//! permissions back to the grants, the other way round than `policy` makes them.

use crate::names::Stage;
use crate::policy::{CACHE, NOTIFICATIONS, PUSH_KEY, statements};
use crate::template::tests::whole;
use reel_app::{Access, App, Consume, Grants};
use serde_json::Value;
use std::path::Path;

/// What is allowed on every resource, and why.
const EVERYWHERE: [(&str, &str); 1] =
    [("ses:SendRawEmail", "the address that mail comes from is a setting, not a grant")];

/// What a function and its filters were granted.
struct Granted<'a> {
    name: &'a str,
    grants: Vec<&'a Grants>,
    consumes: &'a [Consume],
}

impl Granted<'_> {
    fn any(&self, holds: impl Fn(&Grants) -> bool) -> bool {
        self.grants.iter().any(|grants| holds(grants))
    }

    /// Whether an action on a resource follows from a grant. The resource is without what all
    /// have in common, the stage too: `table/titles`.
    fn allows(&self, action: &str, resource: &str, statement: &Value) -> bool {
        let (service, verb) = action.split_once(':').expect("an action is SERVICE:VERB");
        let reads = ["Get", "Query", "List", "Describe"].iter().any(|prefix| verb.starts_with(prefix));
        let enough = |access: &Access| reads || *access == Access::Write;
        let of = |prefix: &str| resource.strip_prefix(prefix).unwrap_or("?").to_owned();
        match service {
            "logs" => resource == format!("log-group:/aws/lambda/{}:*", self.name),
            "dynamodb" if of("table/") == CACHE => self.any(|grants| self.one_cache(grants, statement)),
            "dynamodb" if of("table/") == NOTIFICATIONS => self.any(|grants| !grants.notify.is_empty()),
            "dynamodb" => self.any(|grants| grants.tables.get(&of("table/")).is_some_and(enough)),
            "s3" => {
                let bucket = resource.strip_suffix("/*").unwrap_or(resource);
                let served = |grants: &Grants| reads && grants.served_buckets.iter().any(|served| served == bucket);
                self.any(|grants| grants.buckets.get(bucket).is_some_and(enough) || served(grants))
            }
            "kinesis" if reads => self.consumes.iter().any(|consume| consume.stream == of("stream/")),
            "kinesis" => {
                let dead = self.consumes.iter().any(|consume| format!("dead-{}", consume.stream) == of("stream/"));
                dead || self.any(|grants| grants.streams.contains(&of("stream/")))
            }
            "sqs" => resource == "dead-letters" && !self.consumes.is_empty(),
            "secretsmanager" => {
                let secret = resource.strip_prefix("secret:/").and_then(|name| name.strip_suffix("-??????"));
                let pushes = |grants: &Grants| grants.notify.iter().any(|channel| channel == "push");
                let granted = |grants: &Grants| grants.secrets.iter().any(|granted| secret == Some(granted.as_str()));
                self.any(|grants| granted(grants) || (secret == Some(PUSH_KEY) && pushes(grants)))
            }
            "lambda" => {
                let function = resource.strip_prefix("function:").and_then(|name| name.strip_suffix(":live"));
                self.any(|grants| grants.functions.iter().any(|granted| function == Some(granted.as_str())))
            }
            "states" => {
                let name = resource.split(':').nth(1).unwrap_or("?").trim_end_matches("/*");
                self.any(|grants| grants.workflows.iter().any(|workflow| workflow == name))
            }
            "ssm" => ["parameter/", "parameter//"].contains(&resource) && self.any(|grants| grants.config),
            "ses" => self.any(|grants| grants.notify.iter().any(|channel| channel == "email")),
            _ => false,
        }
    }

    /// Whether a permission on the table of all caches is for one that was granted.
    fn one_cache(&self, grants: &Grants, statement: &Value) -> bool {
        let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        let Some(keys) = keys.as_array().filter(|keys| !keys.is_empty()) else { return false };
        keys.iter().all(|key| {
            let granted = grants.caches.iter().any(|cache| *key == format!("{}:{cache}:*", cache.len()));
            granted || key == "piece:*"
        })
    }
}

/// Each action of a statement with each of its resources.
fn permissions(statement: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().or(value["Fn::Sub"].as_str()).expect("a text").to_owned();
    let list = |value: &Value| match value.as_array() {
        Some(values) => values.iter().map(text).collect::<Vec<_>>(),
        None => vec![text(value)],
    };
    let (actions, resources) = (list(&statement["Action"]), list(&statement["Resource"]));
    actions.iter().flat_map(|action| resources.iter().map(|resource| (action.clone(), resource.clone()))).collect()
}

/// What is left of an ARN without partition, region, account and stage.
fn bare(arn: &str) -> String {
    let resource = match arn.split_once(":s3:::") {
        Some((_, bucket)) => bucket.replacen("reel-dev-${AWS::AccountId}-", "", 1),
        None => arn.split("${AWS::AccountId}:").nth(1).unwrap_or(arn).to_owned(),
    };
    resource.replacen("reel-dev-", "", 1).replacen("reel-dev", "", 1)
}

#[test]
fn no_function_reaches_what_it_was_not_granted() {
    let app = App::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reel.toml")).unwrap();
    let mut seen = 0;
    for (name, function) in &app.functions {
        let part = app.part(name).unwrap();
        let grants = part.functions.values().map(|member| &member.grants).collect();
        let granted = Granted { name, grants, consumes: &function.consumes };
        for statement in statements(&Stage::named("dev").unwrap(), &part, name) {
            for (action, arn) in permissions(&statement) {
                let resource = bare(&arn);
                assert!(granted.allows(&action, &resource, &statement), "{name} may {action} {resource}: {statement}");
                seen += 1;
            }
        }
    }
    assert!(seen > app.functions.len(), "there are permissions at all");
}

#[test]
fn the_roles_of_the_template_are_these_and_none_is_for_everything() {
    let template = whole();
    let resources = template["Resources"].as_object().unwrap();
    let roles: Vec<_> = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::IAM::Role").collect();
    assert!(resources.values().all(|resource| {
        let kind = resource["Type"].as_str().unwrap();
        !kind.starts_with("AWS::IAM::") || kind == "AWS::IAM::Role"
    }));
    for (id, role) in roles {
        let policies = role["Properties"]["Policies"].as_array().unwrap();
        assert!(role["Properties"]["ManagedPolicyArns"].is_null() && policies.len() == 1, "{id}");
        for statement in policies[0]["PolicyDocument"]["Statement"].as_array().unwrap() {
            assert_eq!(statement["Effect"], "Allow");
            for (action, resource) in permissions(statement) {
                assert!(!action.contains('*'), "{id} may {action}");
                let named = !bare(&resource).trim_matches(['*', '/', ':']).is_empty();
                assert!(named || EVERYWHERE.iter().any(|(one, _)| *one == action), "{id} may {action} {resource}");
            }
        }
    }
}

#[test]
fn what_was_not_granted_is_found() {
    let grants = Grants { functions: vec!["content".into()], config: true, ..Grants::default() };
    let granted = Granted { name: "playback", grants: vec![&grants], consumes: &[] };
    let none = Value::Null;
    assert!(granted.allows("lambda:InvokeFunction", "function:content:live", &none));
    for (action, resource) in [
        ("lambda:InvokeFunction", "function:content"),
        ("lambda:InvokeFunction", "function:auth:live"),
        ("logs:PutLogEvents", "log-group:/aws/lambda/auth:*"),
        ("dynamodb:GetItem", "table/accounts"),
        ("dynamodb:GetItem", "table/cache"),
        ("s3:GetObject", "sources/*"),
        ("ssm:GetParametersByPath", "parameter/other/"),
        ("iam:PassRole", "role/x"),
    ] {
        assert!(!granted.allows(action, resource, &none), "{action} {resource}");
    }
}
