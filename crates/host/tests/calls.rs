//! How requests reach functions: from outside, through filters, and from each other.

mod support;

use futures::future::join_all;
use http::Request;
use reel_host::{Body, ClientAddress, Natives, TaskFailure, empty};
use serde_json::json;
use support::{called, get, host, host_with, post, routed, text};

const APP: &str = r#"
    [filters]
    one = ["filter-a"]
    two = ["filter-a", "filter-b"]
    [functions.filter-a]
    [functions.filter-b]
    policy = "warm"
    [functions.outer]
    policy = "warm"
    max_body = "1KiB"
    routes = [
        { methods = ["GET"], path = "/headers", through = "two" },
        { methods = ["GET"], path = "/hello", through = "two" },
        { methods = ["GET"], path = "/call/{host}/{path}" },
        { methods = ["POST"], path = "/length", through = "one" },
    ]
    [functions.outer.grants]
    tables = { a = "r" }
    functions = ["inner"]
    served_buckets = ["media"]
    [functions.inner]
    [functions.inner.grants]
    tables = { a = "r" }
    functions = ["outer"]
    [functions.again]
    instances = 32
    [functions.again.grants]
    tables = { a = "r" }
    functions = ["again"]
"#;

fn header(response: &http::Response<Body>, name: &str) -> String {
    response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_route_passes_its_filters_in_order_and_says_how_long_each_took() {
    let (host, _) = host(APP);
    let response = host.route(get("/hello")).await;
    assert_eq!(header(&response, "x-filtered"), "yes");
    let timing = header(&response, "server-timing");
    let names: Vec<&str> = timing.split(", ").filter_map(|entry| entry.split(";dur=").next()).collect();
    assert_eq!(names, ["outer", "filter-b", "filter-a"], "{timing}");
    assert_eq!(text(response).await, (200, "hello".into()));
}

#[tokio::test]
async fn a_filter_changes_headers_for_those_behind_it_and_can_refuse() {
    let (host, _) = host(APP);
    let request = Request::get("/headers").header("x-secret", "s").body(empty()).unwrap();
    let (_, seen) = text(host.route(request).await).await;
    assert!(seen.contains(r#"["x-trail",">>"]"#) && !seen.contains("x-secret"), "{seen}");
    let request = Request::get("/hello").header("x-refuse", "1").body(empty()).unwrap();
    let (status, problem) = text(host.route(request).await).await;
    assert_eq!(status, 403);
    assert!(problem.contains("urn:reel:problem:refused"), "{problem}");
}

#[tokio::test]
async fn what_is_for_functions_among_each_other_does_not_come_in() {
    let (host, _) = host(APP);
    let mut request =
        Request::get("/headers").header("x-reel-principal", "{}").header("x-mine", "1").body(empty()).unwrap();
    request.extensions_mut().insert(ClientAddress([10, 0, 0, 7].into()));
    let (_, seen) = text(host.route(request).await).await;
    assert!(!seen.contains("x-reel-principal") && seen.contains("x-mine"), "{seen}");
    assert!(seen.contains(r#"["x-reel-client","10.0.0.7"]"#), "{seen}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let (host, _) = host(APP);
    assert_eq!(text(host.route(post("/length", vec![0; 1_024])).await).await, (200, "1024".into()));
    let mut announced = post("/length", vec![0; 1_025]);
    announced.headers_mut().insert("content-length", 1_025.into());
    for request in [announced, post("/length", vec![0; 1_025])] {
        let (status, problem) = text(host.route(request).await).await;
        assert_eq!(status, 413);
        assert!(problem.contains("1024 bytes"), "{problem}");
    }
}

#[tokio::test]
async fn what_is_nowhere_or_takes_another_method_is_a_problem() {
    let (host, _) = host(APP);
    assert_eq!(routed(&host, "/nowhere").await.0, 404);
    assert_eq!(routed(&host, "/_reel/task").await.0, 404);
    let response = host.route(post("/hello", "")).await;
    assert_eq!(header(&response, "allow"), "GET");
    assert_eq!(text(response).await.0, 405);
    let head = Request::head("/hello").body(empty()).unwrap();
    let response = host.route(head).await;
    assert_eq!(header(&response, "content-length"), "5");
    assert_eq!(text(response).await, (200, String::new()));
}

#[tokio::test]
async fn functions_call_each_other_when_that_is_granted() {
    let (host, _) = host(APP);
    assert_eq!(routed(&host, "/call/inner.internal/hello").await.1, "200 OK says hello");
    let (status, problem) = routed(&host, "/call/again.internal/hello").await;
    assert_eq!(status, 500);
    assert!(problem.contains("again.internal"), "{problem}");
    assert_eq!(routed(&host, "/call/example.com/hello").await.0, 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_one_instance_keep_their_own_traces() {
    let (host, _) = host(APP);
    let answers = (1..=16_u128).map(|n| {
        let host = host.clone();
        async move {
            let id = format!("{:032x}", n);
            let parent = format!("00-{id}-00f067aa0ba902b7-01");
            let request =
                Request::get("/call/inner.internal/headers").header("traceparent", parent).body(empty()).unwrap();
            let response = host.route(request).await;
            let timing = header(&response, "server-timing");
            assert!(timing.starts_with("inner;dur=") && timing.contains("outer;dur="), "{timing}");
            (id, text(response).await.1)
        }
    });
    for (id, seen) in join_all(answers).await {
        assert!(seen.contains(&format!("00-{id}-")), "{id} is not in {seen}");
    }
}

#[tokio::test]
async fn a_circle_of_calls_ends() {
    let (host, _) = host(APP);
    let (status, problem) = called(&host, "again", "/again").await;
    assert_eq!(status, 508, "{problem}");
    assert!(problem.contains("urn:reel:problem:loop"), "{problem}");
}

#[tokio::test]
async fn an_object_is_answered_without_being_read() {
    let (host, backends) = host(APP);
    backends.blobs.insert("media", "a/1.m4s", "0123456789");
    let request =
        Request::get("/fetch/blob.internal/media/a/1.m4s").header("range", "bytes=2-4").body(empty()).unwrap();
    let response = host.call("outer", request).await;
    assert_eq!(header(&response, "content-range"), "bytes 2-4/10");
    assert_eq!(header(&response, "content-type"), "video/iso.segment");
    assert_eq!(header(&response, "x-forwarded-by"), "guest");
    assert_eq!(text(response).await, (206, "234".into()));
    assert_eq!(called(&host, "outer", "/fetch/blob.internal/media/gone").await.0, 404);
    assert_eq!(called(&host, "outer", "/fetch/blob.internal/secret/a").await.0, 500);
}

#[tokio::test]
async fn a_task_has_an_output_or_an_error_with_a_name() {
    let (host, _) = host(APP);
    assert_eq!(host.task("outer", json!({ "number": 21 })).await, Ok(json!({ "doubled": 42 })));
    let failure = host.task("outer", json!({ "fail": "no-luck" })).await.unwrap_err();
    assert_eq!(failure, TaskFailure { error: "Reel.NoLuck".into(), cause: "as asked".into() });
    assert_eq!(host.task("nobody", json!({})).await.unwrap_err().error, "Reel.NotFound");
}

const ELSEWHERE: &str = r#"
    [filters]
    signed-in = ["filter-a"]
    [functions.filter-a]
    [functions.hello]
    routes = [
        { methods = ["GET"], path = "/hello", cors = true },
        { methods = ["POST"], path = "/length", through = "signed-in", cors = true },
        { methods = ["GET", "POST"], path = "/headers" },
    ]
    grants = { tables = { t = "r" }, outbound = ["example.com"] }
"#;

fn preflight(path: &str, method: &str) -> Request<Body> {
    let request = Request::options(path).header("origin", "https://player.example");
    request.header("access-control-request-method", method).body(empty()).unwrap()
}

#[tokio::test]
async fn pages_of_other_origins_use_the_routes_that_say_so() {
    let (host, _) = host(ELSEWHERE);
    let allowed = host.route(preflight("/length", "POST")).await;
    assert_eq!(allowed.status(), 204);
    assert_eq!(header(&allowed, "access-control-allow-origin"), "*");
    assert_eq!(header(&allowed, "access-control-allow-methods"), "POST");
    assert_eq!(header(&allowed, "access-control-max-age"), "86400");
    assert!(header(&allowed, "access-control-allow-headers").starts_with("authorization, content-type"));
    assert_eq!(header(&allowed, "access-control-allow-credentials"), "");
    let without_filters = host.route(preflight("/hello", "GET")).await;
    assert!(!header(&without_filters, "access-control-allow-headers").contains("authorization"));

    let answer = host.route(get("/hello")).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    let refuses = Request::post("/length").header("x-refuse", "1").body(empty()).unwrap();
    let refusal = host.route(refuses).await;
    assert_eq!((refusal.status().as_u16(), header(&refusal, "access-control-allow-origin")), (403, "*".into()));
}

#[tokio::test]
async fn pages_of_other_origins_use_nothing_else() {
    let (host, _) = host(ELSEWHERE);
    for (path, method) in [("/headers", "POST"), ("/length", "DELETE"), ("/nothing", "GET")] {
        let refused = host.route(preflight(path, method)).await;
        assert!(refused.status().is_client_error(), "{method} {path}: {}", refused.status());
        assert_eq!(header(&refused, "access-control-allow-origin"), "", "{method} {path}");
    }
    assert_eq!(header(&host.route(get("/headers")).await, "access-control-allow-origin"), "");
    let no_preflight = Request::options("/hello").body(empty()).unwrap();
    assert_eq!(host.route(no_preflight).await.status(), 405);
}

struct Doubling;

#[async_trait::async_trait]
impl Natives for Doubling {
    async fn invoke(&self, _: &str, input: serde_json::Value) -> Result<serde_json::Value, TaskFailure> {
        let failure = |error: &str| TaskFailure { error: error.into(), cause: "told to".into() };
        match &input["fail"] {
            serde_json::Value::String(error) => Err(failure(error)),
            _ => Ok(json!(input["number"].as_u64().unwrap_or(0) * 2)),
        }
    }
}

#[tokio::test]
async fn native_functions_are_counted_like_the_others() {
    let with = |builder: reel_host::Builder| builder.natives(std::sync::Arc::new(Doubling));
    let (host, _) = host_with("[functions.encode]\nnative = \"encode\"\n", with);
    assert_eq!(host.task("encode", json!({ "number": 21 })).await, Ok(json!(42)));
    for error in ["Reel.Invalid", "Reel.Unavailable"] {
        assert_eq!(host.task("encode", json!({ "fail": error })).await.unwrap_err().error, error);
    }
    let metrics = host.metrics();
    assert!(metrics.contains("reel_function_requests_total{function=\"encode\"} 3\n"), "{metrics}");
    // What cannot be used is the caller's error, as with components.
    assert!(metrics.contains("reel_function_errors_total{function=\"encode\"} 1\n"), "{metrics}");
    assert!(metrics.contains("reel_function_duration_seconds_sum{function=\"encode\"} "), "{metrics}");
}
