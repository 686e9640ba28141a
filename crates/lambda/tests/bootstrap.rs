//! The bootstrap as Lambda starts it: a process that asks a Runtime API for events.

use reel_app::App;
use reel_lambda_local::{Lambda, LambdaError, Lambdas};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const APP: &str = r#"
    [filters]
    one = ["filter-a"]
    [functions.filter-a]
    [functions.guest]
    policy = "warm"
    max_body = "1KiB"
    routes = [{ path = "/{path...}", through = "one" }]
    consumes = [{ stream = "orders", consumer = "guest" }, { stream = "films", consumer = "guest" }]
    [functions.guest.grants]
    tables = { seen = "rw" }
    functions = ["elsewhere"]
    [functions.elsewhere]
"#;

/// A function's folder as its zip unpacks, and the Lambda that runs it.
struct Unpacked {
    lambdas: Lambdas,
    _folder: TempDir,
}

impl Unpacked {
    fn guest() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let part = App::parse("reel.toml", APP).unwrap().part("guest").unwrap();
        std::fs::write(folder.path().join("reel.toml"), part.to_text().unwrap()).unwrap();
        std::fs::create_dir(folder.path().join("components")).unwrap();
        for (name, guest) in [("guest", "guest_service"), ("filter-a", "guest_filter")] {
            let wasm = std::fs::read(guests().join(format!("{guest}.wasm"))).unwrap();
            let code = reel_host::compile(&wasm, Some("x86_64-unknown-linux-gnu")).unwrap();
            std::fs::write(folder.path().join(format!("components/{name}.cwasm")), code).unwrap();
        }
        let root = folder.path().display().to_string();
        // Nothing listens there: what is tested here needs nothing of AWS.
        let nowhere = "http://127.0.0.1:9";
        let env = [("LAMBDA_TASK_ROOT", root.as_str()), ("REEL_FUNCTION", "guest"), ("REEL_PREFIX", "test-")];
        let aws = [("AWS_ENDPOINT_URL", nowhere), ("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test")];
        let env = env.into_iter().chain(aws).chain([("AWS_SECRET_ACCESS_KEY", "test")]);
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let program = env!("CARGO_BIN_EXE_bootstrap").into();
        let timeout = Duration::from_secs(30);
        let lambda = Lambda { name: "test-guest".into(), program, env, timeout, concurrency: 1 };
        Self { lambdas: Lambdas::new([lambda]), _folder: folder }
    }

    async fn invoke(&self, event: Value) -> Result<Value, LambdaError> {
        self.lambdas.invoke("test-guest", &event).await
    }

    /// Status and text of what a request from outside is answered with.
    async fn routed(&self, path: &str, body: &str) -> (i64, String) {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let event = json!({
            "resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": { "Host": "reel.example" },
            "multiValueHeaders": { "Host": ["reel.example"], "X-Reel-Principal": ["forged"], "X-Mine": ["1"] },
            "requestContext": { "stage": "dev", "httpMethod": method, "identity": { "sourceIp": "203.0.113.9" } },
            "body": body, "isBase64Encoded": false
        });
        let answer = self.invoke(event).await.unwrap();
        assert_eq!(answer["isBase64Encoded"], false);
        (answer["statusCode"].as_i64().unwrap(), answer["body"].as_str().unwrap().to_owned())
    }
}

/// The folder of the guests.
fn guests() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--profile", "component", "--target", "wasm32-wasip2"]);
    cargo.args(["--package", "guest-service", "--package", "guest-filter", "--target-dir"]).arg(target);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    assert!(cargo.status().unwrap().success(), "the guests do not build: rustup target add wasm32-wasip2");
    target.join("wasm32-wasip2/component")
}

#[tokio::test]
async fn a_function_answers_whatever_lambda_hands_over() {
    let guest = Unpacked::guest();
    assert_eq!(guest.routed("/hello", "").await, (200, "hello".into()));
    assert_eq!(guest.routed("/length", "four").await, (200, "4".into()));
    let (_, headers) = guest.routed("/headers", "").await;
    assert!(headers.contains(r#"["x-reel-client","203.0.113.9"]"#) && headers.contains("x-mine"), "{headers}");
    assert!(headers.contains(r#"["x-trail",">"]"#) && !headers.contains("forged"), "{headers}");
    assert_eq!(guest.routed("/length", &"x".repeat(1_025)).await.0, 413);
    assert_eq!(guest.routed("/_reel/task", "{}").await.0, 404);

    let doubled = guest.invoke(json!({ "number": 21 })).await.unwrap();
    assert_eq!(doubled, json!({ "doubled": 42 }));
    let refused = guest.invoke(json!({ "fail": "not-found" })).await.unwrap_err();
    assert_eq!(refused, LambdaError::Function { kind: "Reel.NotFound".into(), message: "as asked".into() });

    let asked = json!({ "method": "GET", "path": "/headers", "body": "",
        "headers": [["x-reel-principal", "trusted"], ["x-reel-hops", "3"]] });
    let answer = guest.invoke(json!({ "reel-request": asked })).await.unwrap();
    assert_eq!(answer["status"], 200);
    let looping = json!({ "method": "GET", "path": "/hello", "body": "", "headers": [["x-reel-hops", "16"]] });
    let answer = guest.invoke(json!({ "reel-request": looping })).await.unwrap();
    assert_eq!(answer["status"], 508);

    // A crash ends the instance, not the Lambda.
    assert_eq!(guest.routed("/panic", "").await.0, 500);
    assert_eq!(guest.routed("/hello", "").await.0, 200);
    let (status, problem) = guest.routed("/call/elsewhere.internal/hello", "").await;
    assert!(status == 200 && problem.contains("503"), "{status}: {problem}");
    let (status, _) = guest.routed("/call/stranger.internal/hello", "").await;
    assert_eq!(status, 500);
}

#[tokio::test]
async fn sources_that_deliver_again_are_told_what_failed() {
    let guest = Unpacked::guest();
    let message = |id: &str, body: &str| {
        json!({ "messageId": id, "body": body, "attributes": { "MessageGroupId": id }, "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:1:test-orders" })
    };
    let batch = json!({ "Records": [message("a", "pass"), message("b", "poison"), message("c", "pass")] });
    let answer = guest.invoke(batch).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] }));
    let answer = guest.invoke(json!({ "Records": [message("a", "pass")] })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));

    // S3 takes back all or nothing; what the guest makes of this needs a table, which is not there.
    let object = json!({ "eventSource": "aws:s3", "eventTime": "2026-01-01T00:00:00Z",
        "s3": { "bucket": { "name": "test-films" }, "object": { "key": "a.mp4" } } });
    let error = guest.invoke(json!({ "Records": [object] })).await.unwrap_err();
    assert!(matches!(&error, LambdaError::Function { kind, .. } if kind == "Reel.Refused"), "{error}");
    let stranger = json!({ "id": "e", "source": "strangers", "detail-type": "x", "detail": {} });
    let error = guest.invoke(stranger).await.unwrap_err().to_string();
    assert!(error.contains("nobody here consumes the stream strangers"), "{error}");
}
