//! Real processes on the local Lambda Runtime API: a small Lambda in Python, `lambda.py`.

use reel_lambda_local::{Lambda, LambdaError, Lambdas, MAX_PAYLOAD};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const NAME: &str = "small";
/// Longer than anything here takes but what hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn small() -> Lambda {
    Lambda {
        name: NAME.into(),
        program: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lambda.py"),
        env: vec![("SAID".into(), "hello".into())],
        timeout: PATIENCE,
        concurrency: 2,
    }
}

fn begins(how: &str) -> Lambdas {
    Lambdas::new([Lambda { env: vec![("INIT".into(), how.into())], ..small() }])
}

async fn process(lambdas: &Lambdas) -> Value {
    lambdas.invoke(NAME, &json!({})).await.expect("an answer")["process"].clone()
}

fn failure(kind: &str, message: &str) -> Result<Value, LambdaError> {
    Err(LambdaError::Function { kind: kind.into(), message: message.into() })
}

#[tokio::test]
async fn an_invocation_is_answered_and_the_process_kept_for_the_next() {
    let lambdas = Lambdas::new([small()]);
    let payload = json!({ "title": "Bär", "parts": [1, 2] });
    let answer = lambdas.invoke(NAME, &payload).await.expect("an answer");
    assert_eq!((&answer["payload"], &answer["function"], &answer["said"]), (&payload, &json!(NAME), &json!("hello")));
    assert_eq!(answer["arn"], "arn:aws:lambda:local:000000000000:function:small");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    assert!(u128::from(answer["deadline"].as_u64().expect("a number")) > now, "it still has time");
    assert_eq!(process(&lambdas).await, answer["process"]);
}

#[tokio::test]
async fn the_environment_is_that_of_the_lambda_alone() {
    let ours = "CARGO_MANIFEST_DIR";
    assert!(std::env::var_os(ours).is_some(), "cargo sets it for tests");
    let answer = Lambdas::new([small()]).invoke(NAME, &json!({})).await.expect("an answer");
    let names = answer["environment"].as_array().expect("names");
    assert!(names.contains(&json!("SAID")) && !names.contains(&json!(ours)), "{names:?}");
}

#[tokio::test]
async fn an_error_is_told_as_the_function_names_it() {
    let lambdas = Lambdas::new([small()]);
    let first = process(&lambdas).await;
    let failed = lambdas.invoke(NAME, &json!({ "do": "fail" })).await;
    assert_eq!(failed, failure("Reel.Invalid", "it was asked to fail"));
    assert_eq!(process(&lambdas).await, first, "an error is no crash");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_an_error() {
    let said = Lambdas::new([small()]).invoke(NAME, &json!({ "do": "babble" })).await;
    assert!(matches!(said, Err(LambdaError::Function { kind, .. }) if kind == "Runtime.InvalidResponse"));
}

#[tokio::test]
async fn a_process_that_cannot_begin_says_why_each_time() {
    let lambdas = begins("fail");
    for _ in 0..3 {
        assert_eq!(lambdas.invoke(NAME, &json!({})).await, failure("Reel.Misconfigured", "it cannot begin"));
    }
}

#[tokio::test]
async fn a_process_that_ends_before_it_begins_has_crashed() {
    assert_eq!(begins("die").invoke(NAME, &json!({})).await, Err(LambdaError::Crashed(NAME.into())));
}

#[tokio::test]
async fn a_process_that_dies_takes_only_its_invocation_along() {
    let lambdas = Lambdas::new([small()]);
    let first = process(&lambdas).await;
    assert_eq!(lambdas.invoke(NAME, &json!({ "do": "die" })).await, Err(LambdaError::Crashed(NAME.into())));
    assert_ne!(process(&lambdas).await, first);
}

#[tokio::test]
async fn an_answer_counts_even_when_the_process_dies_after_it() {
    for _ in 0..5 {
        let said = Lambdas::new([small()]).invoke(NAME, &json!({ "do": "answer-and-die" })).await;
        let answer = said.expect("an answer");
        assert_eq!(answer["payload"]["do"], "answer-and-die");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let lambdas = Lambdas::new([Lambda { timeout: Duration::from_secs(4), ..small() }]);
    let first = process(&lambdas).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let hang = json!({ "do": "hang", "at": listener.local_addr().expect("an address").to_string() });
    let arrived = async {
        let mut connection = listener.accept().await.expect("it connects").0;
        connection.write_all(b"!").await.expect("it listens");
        connection
    };
    let (ended, mut connection) = tokio::join!(lambdas.invoke(NAME, &hang), arrived);
    assert_eq!(ended, Err(LambdaError::TimedOut { name: NAME.into(), seconds: 4 }));
    // Its end closes what it held.
    assert!(matches!(connection.read(&mut [0]).await, Ok(0) | Err(_)));
    assert_ne!(process(&lambdas).await, first);
}

#[tokio::test]
async fn payloads_have_a_limit_both_ways() {
    let lambdas = Lambdas::new([small()]);
    let first = process(&lambdas).await;
    let fits = json!("x".repeat(MAX_PAYLOAD - 2));
    let within = lambdas.invoke(NAME, &json!({ "do": "boast", "bytes": MAX_PAYLOAD - 2 })).await;
    assert!(within == Ok(fits), "the largest answer arrives whole");
    let large = lambdas.invoke(NAME, &json!({ "do": "boast", "bytes": MAX_PAYLOAD - 1 })).await;
    assert!(matches!(large, Err(LambdaError::Function { kind, .. }) if kind == "Function.ResponseSizeTooLarge"));
    let refused = lambdas.invoke(NAME, &json!("x".repeat(MAX_PAYLOAD - 1))).await;
    assert_eq!(refused, Err(LambdaError::TooLarge { name: NAME.into(), bytes: MAX_PAYLOAD + 1 }));
    assert_eq!(process(&lambdas).await, first, "neither ends the process");
}

#[tokio::test]
async fn no_more_run_at_once_than_may() {
    let lambdas = Lambdas::new([small()]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let payload = json!({ "do": "meet", "at": listener.local_addr().expect("an address").to_string() });
    let invocations = futures::future::join_all((0..6).map(|_| lambdas.invoke(NAME, &payload)));
    let (answers, ()) = tokio::join!(invocations, let_go(&listener, 6));
    let processes: BTreeSet<_> = answers.into_iter().map(|a| a.expect("an answer")["process"].to_string()).collect();
    assert_eq!(processes.len(), 2, "each process works on one invocation at a time: {processes:?}");
}

/// Lets so many invocations go, the first only once another runs beside it.
async fn let_go(listener: &TcpListener, count: usize) {
    let accept = || async { listener.accept().await.expect("it connects").0 };
    let both: [TcpStream; 2] = [accept().await, accept().await];
    for mut connection in both {
        connection.write_all(b"!").await.expect("it listens");
    }
    for _ in 2..count {
        accept().await.write_all(b"!").await.expect("it listens");
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_named() {
    let lambdas = Lambdas::new([Lambda { program: "/nowhere/bootstrap".into(), ..small() }]);
    let said = lambdas.invoke(NAME, &json!({})).await;
    assert!(matches!(said, Err(LambdaError::Start { program, .. }) if program == "/nowhere/bootstrap"));
    assert_eq!(lambdas.invoke("other", &json!({})).await, Err(LambdaError::Unknown("other".into())));
}
