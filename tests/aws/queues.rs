//! A queue that a stage's function takes its records from: what fails is told message by message, and ends where
//! the queue puts it. `AWS_ENDPOINT_URL` is the emulator's; Lambda's and SQS' own protocols are spoken here.

use anyhow::{Context, Result, ensure};
use reel_tests::{Service, Web};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(90);
/// The emulator's account.
const ARN: &str = "us-east-1:000000000000";

/// The services of the emulator.
struct Emulator {
    web: Web,
}

impl Emulator {
    async fn ask(&self, service: &str, path: &str, target: Option<&str>, body: &Value) -> Result<(u16, Value)> {
        let scope = format!("Credential=test/20250101/us-east-1/{service}/aws4_request");
        let mut request = self.web.request(Method::POST, path);
        request = request.header("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"));
        request = match target {
            Some(target) => request.header("x-amz-target", target).header("content-type", "application/x-amz-json-1.0"),
            None => request.header("content-type", "application/json"),
        };
        let answer = request.body(body.to_string()).send().await?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_str(&answer.text().await?).unwrap_or(Value::Null)))
    }

    async fn sqs(&self, action: &str, body: Value) -> Result<Value> {
        let (status, answer) = self.ask("sqs", "/", Some(&format!("AmazonSQS.{action}")), &body).await?;
        ensure!(status == 200, "{action} answers {status}: {answer}");
        Ok(answer)
    }

    async fn queue(&self, name: &str, attributes: Value) -> Result<String> {
        let made = self.sqs("CreateQueue", json!({ "QueueName": name, "Attributes": attributes })).await?;
        Ok(made["QueueUrl"].as_str().context("no queue")?.to_owned())
    }
}

#[tokio::test]
async fn what_fails_of_a_queue_is_taken_back_alone_and_ends_where_the_queue_puts_it() -> Result<()> {
    let web = Service::find()?.web()?;
    let emulator = Emulator { web: Web::at(&std::env::var("AWS_ENDPOINT_URL").context("no AWS_ENDPOINT_URL")?)? };
    let refused = emulator.queue("reel-dev-refused", json!({})).await?;
    let redrive =
        json!({ "deadLetterTargetArn": format!("arn:aws:sqs:{ARN}:reel-dev-refused"), "maxReceiveCount": "2" });
    // `history` consumes the stream `playback`, whoever brings its records.
    let attributes = json!({ "RedrivePolicy": redrive.to_string(), "VisibilityTimeout": "5" });
    let queue = emulator.queue("reel-dev-playback", attributes).await?;
    let mapping = json!({ "FunctionName": format!("arn:aws:lambda:{ARN}:function:reel-dev-history:live"), "BatchSize": 10,
        "EventSourceArn": format!("arn:aws:sqs:{ARN}:reel-dev-playback"), "FunctionResponseTypes": ["ReportBatchItemFailures"] });
    let (status, made) = emulator.ask("lambda", "/2015-03-31/event-source-mappings", None, &mapping).await?;
    // 409: it is there already.
    ensure!([202, 409].contains(&status), "the mapping is not made: {status}: {made}");

    let email = format!("{}@example.org", Uuid::now_v7().simple());
    let account = json!({ "email": email, "password": "correct horse battery" });
    let viewer: Value = web.post("/v1/auth/sign-up", &account).await?.error_for_status()?.json().await?;
    let token = viewer["access_token"].as_str().context("no token")?;
    let (title, now) = (Uuid::now_v7(), SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64);
    let good = json!({ "account": viewer["account"], "profile": viewer["profile"], "received_at": now,
        "id": Uuid::now_v7(), "type": "view_segment", "v": 1, "at": now, "play": Uuid::now_v7(), "title_id": title,
        "device": "browser", "eighth": 4, "position_ms": 30_000, "duration_ms": 60_000 });
    let poison = format!("poison {}", Uuid::now_v7());
    let entry = |id: &str, body: String| json!({ "Id": id, "MessageBody": body });
    let entries = [entry("poison", poison.clone()), entry("good", good.to_string())];
    emulator.sqs("SendMessageBatch", json!({ "QueueUrl": queue, "Entries": entries })).await?;

    let begun = Instant::now();
    let (mut arrived, mut dead) = (false, false);
    while !(arrived && dead) {
        ensure!(begun.elapsed() < SOON, "after {SOON:?}: in the history {arrived}, put aside {dead}");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let position: Value = web.get(&format!("/v1/history/{title}"), token).await?.json().await?;
        arrived |= position["progress_pct"] == 50;
        let messages =
            emulator.sqs("ReceiveMessage", json!({ "QueueUrl": refused, "MaxNumberOfMessages": 10 })).await?;
        let bodies = messages["Messages"].as_array().into_iter().flatten().map(|message| &message["Body"]);
        dead |= bodies.into_iter().any(|body| *body == poison);
    }
    Ok(())
}
