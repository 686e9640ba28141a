//! The REST API in front of the functions, from their routes.

use crate::names::{Stage, id, sub};
use reel_app::{App, Route};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The longest that API Gateway waits for a function, in ms.
const PATIENCE: u64 = 29_000;

pub(crate) fn resources(stage: &Stage, app: &App) -> Vec<(String, Value)> {
    let body = definition(stage, app);
    // A deployment never changes: another definition needs another one.
    let digest = hex::encode(Sha256::digest(body.to_string()));
    let deployment = format!("Deployment{}", &digest[..12]);
    vec![
        (
            "Api".into(),
            json!({ "Type": "AWS::ApiGateway::RestApi", "Properties": {
            "Name": stage.deployment(), "Body": body,
            // Bodies pass as they are.
            "BinaryMediaTypes": ["*/*"], "EndpointConfiguration": { "Types": ["REGIONAL"] },
            // LocalStack takes this for the API's id; to AWS it is a tag.
            "Tags": [{ "Key": "_custom_id_", "Value": stage.deployment() }] } }),
        ),
        (
            deployment.clone(),
            json!({ "Type": "AWS::ApiGateway::Deployment", "Properties": {
            "RestApiId": { "Ref": "Api" } } }),
        ),
        (
            "ApiStage".into(),
            json!({ "Type": "AWS::ApiGateway::Stage", "Properties": {
            "RestApiId": { "Ref": "Api" }, "DeploymentId": { "Ref": deployment }, "StageName": stage.name() } }),
        ),
    ]
}

/// Where clients find it.
pub(crate) fn url(stage: &Stage) -> Value {
    let own = sub(&format!("https://${{Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{}", stage.name()));
    json!({ "Fn::If": ["OwnUrl", { "Ref": "BaseUrl" }, own] })
}

/// The API in OpenAPI, with API Gateway's extensions.
fn definition(stage: &Stage, app: &App) -> Value {
    let mut paths = Map::new();
    for (name, function) in &app.functions {
        for route in &function.routes {
            let path = paths.entry(gateway_path(&route.path)).or_insert_with(|| json!({}));
            let parameters: Vec<Value> = parameters(&route.path)
                .map(|name| json!({ "name": name, "in": "path", "required": true, "type": "string" }))
                .collect();
            for method in methods(route) {
                path[method] = json!({ "parameters": parameters, "responses": {},
                    "x-amazon-apigateway-integration": integration(name) });
            }
        }
    }
    json!({
        "swagger": "2.0",
        "info": { "title": stage.deployment(), "version": "1" },
        "paths": paths,
    })
}

fn integration(function: &str) -> Value {
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions";
    json!({ "type": "aws_proxy", "httpMethod": "POST", "timeoutInMillis": PATIENCE, "passthroughBehavior": "when_no_match",
        "uri": sub(&format!("{uri}/${{{}}}/invocations", id("Alias", function))) })
}

/// `{rest...}` is `{rest+}` there.
fn gateway_path(path: &str) -> String {
    path.replace("...}", "+}")
}

fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_end_matches("..."))
}

fn methods(route: &Route) -> Vec<String> {
    let some = &route.methods;
    if some.is_empty() {
        return vec!["x-amazon-apigateway-any-method".into()];
    }
    // What answers GET answers HEAD, and pages of other origins ask before they send.
    let head = some.iter().any(|method| method == "GET").then_some("head");
    let options = route.cors.then_some("options");
    let more = head.into_iter().chain(options).map(str::to_owned);
    some.iter().map(|method| method.to_lowercase()).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_paths_of_the_gateway() {
        let app = r#"functions.a = { routes = [{ methods = ["GET"], path = "/t/{token}/{key...}", cors = true }, { path = "/any" }] }"#;
        let definition = definition(&Stage::named("t").unwrap(), &App::parse("reel.toml", app).unwrap());
        let path = &definition["paths"]["/t/{token}/{key+}"];
        let names: Vec<&str> =
            path["get"]["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["token", "key"]);
        assert!(path["head"].is_object() && path["options"].is_object() && path["post"].is_null());
        assert!(definition["paths"]["/any"]["x-amazon-apigateway-any-method"].is_object());
    }
}
