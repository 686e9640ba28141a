//! What a function that misbehaves does to others: nothing.

mod support;

use futures::future::join_all;
use reel_app::App;
use reel_host::Host;
use support::{build, called, components, get, host, text};

const TWO: &str = r#"
    [functions.bad]
    policy = "warm"
    timeout = "300ms"
    memory = "32MiB"
    [functions.bad.grants]
    tables = { seen = "r" }
    functions = ["good"]
    [functions.good]
    policy = "warm"
    [functions.good.grants]
    tables = { seen = "rw" }
    functions = ["bad"]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_is_stopped_at_its_time_while_another_function_answers() {
    let (host, _) = host(TWO);
    let endless = tokio::spawn({
        let host = host.clone();
        async move { called(&host, "bad", "/spin").await }
    });
    for _ in 0..20 {
        assert_eq!(called(&host, "good", "/hello").await.1, "hello");
    }
    let (status, problem) = endless.await.unwrap();
    assert_eq!(status, 504, "{problem}");
    assert!(problem.contains("bad did not answer within 300 ms"), "{problem}");
    assert_eq!(called(&host, "bad", "/hello").await.1, "hello");
}

#[tokio::test]
async fn heavy_functions_at_work_keep_nobody_and_what_they_call_stays_where_it_was() {
    let (host, _) = host(&TWO.replace("[functions.bad]", "[functions.bad]\nheavy = true\nconcurrency = 1"));
    assert_eq!(called(&host, "good", "/count").await.1, "1");
    assert_eq!(called(&host, "bad", "/call/good.internal/count").await.1, "200 OK says 2");
    // This test has one thread: an endless loop on it would let nobody else have a turn of less than 10 ms.
    let endless = join_all((0..4).map(|_| called(&host, "bad", "/spin")));
    let others = async {
        for count in 3..100 {
            assert_eq!(called(&host, "good", "/count").await.1, count.to_string());
        }
    };
    let (endless, ()) = tokio::join!(endless, others);
    assert!(endless.iter().all(|(status, _)| *status == 504), "{endless:?}");
}

#[tokio::test]
async fn a_hog_is_stopped_at_its_memory() {
    let (host, _) = host(TWO);
    let (status, problem) = called(&host, "bad", "/hog").await;
    assert_eq!(status, 500, "{problem}");
    assert!(problem.contains("urn:reel:problem:crashed") && problem.contains("bad"), "{problem}");
    assert_eq!(called(&host, "bad", "/hello").await.1, "hello");
}

#[tokio::test]
async fn a_panic_ends_its_own_instance_only() {
    let (host, _) = host(TWO);
    assert_eq!(called(&host, "bad", "/count").await.1, "1");
    assert_eq!(called(&host, "good", "/count").await.1, "1");
    assert_eq!(called(&host, "bad", "/panic").await.0, 500);
    assert_eq!(called(&host, "bad", "/count").await.1, "1", "a new instance counts anew");
    assert_eq!(called(&host, "good", "/count").await.1, "2");
    assert!(host.metrics().contains("reel_function_instances_failed_total{function=\"bad\"} 1"));
}

#[tokio::test]
async fn a_warm_instance_keeps_its_memory_and_a_fresh_one_does_not() {
    let manifest = r#"
        [functions.warm]
        policy = "warm"
        grants = { tables = { seen = "r" }, functions = ["fresh"] }
        [functions.fresh]
        policy = "fresh"
        grants = { tables = { seen = "r" }, functions = ["warm"] }
    "#;
    let (host, _) = host(manifest);
    for count in ["1", "2", "3"] {
        assert_eq!(called(&host, "warm", "/count").await.1, count);
        assert_eq!(called(&host, "fresh", "/count").await.1, "1");
    }
}

#[tokio::test]
async fn a_table_that_is_not_granted_is_denied_and_named() {
    let manifest = r#"
        [functions.reader]
        [functions.reader.grants]
        tables = { mine = "rw", yours = "r" }
        outbound = ["example.com"]
    "#;
    let (host, _) = host(manifest);
    assert_eq!(called(&host, "reader", "/row/mine").await, (200, "kept".into()));
    for table in ["yours", "others"] {
        let (status, problem) = called(&host, "reader", &format!("/row/{table}")).await;
        assert_eq!(status, 500);
        assert!(problem.contains("misconfigured") && problem.contains(table), "{problem}");
    }
}

#[test]
fn a_component_that_imports_what_is_not_granted_is_not_loaded() {
    let refusal = |manifest: &str| {
        let app = App::parse("reel.toml", manifest).unwrap();
        let components = components(&app);
        let builder = Host::builder(app, support::backends::Backends::default().capabilities());
        build(builder.components(components)).err().unwrap().to_string()
    };
    let table = refusal("[functions.lonely.grants]\noutbound = [\"example.com\"]");
    assert!(table.contains("lonely imports reel:table/rows") && table.contains("add tables ="), "{table}");
    let client = refusal("[functions.lonely.grants]\ntables = { t = \"r\" }");
    assert!(client.contains("wasi:http/client") && client.contains("[functions.lonely.grants]"), "{client}");
    let filter = refusal("[functions.filter]");
    assert!(filter.contains("filter imports wasi:http/handler") && filter.contains("[filters]"), "{filter}");
}

#[tokio::test]
async fn who_comes_when_all_is_full_waits_briefly_and_is_then_sent_away() {
    let manifest = r#"
        [functions.small]
        instances = 1
        grants = { tables = { gate = "rw" }, outbound = ["example.com"] }
    "#;
    let (host, backends) = host(manifest);
    let first = tokio::spawn({
        let host = host.clone();
        async move { called(&host, "small", "/row/gate").await }
    });
    backends.tables.waiting.subscribe().wait_for(|waiting| *waiting == 1).await.unwrap();
    let refused = host.call("small", get("/hello")).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(text(refused).await.0, 503);
    backends.tables.gate.add_permits(1);
    assert_eq!(first.await.unwrap().0, 200);
    assert_eq!(called(&host, "small", "/hello").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_instances_are_all_answered() {
    let manifest = r#"
        [functions.few]
        instances = 2
        grants = { tables = { t = "rw" }, outbound = ["example.com"] }
        [functions.shared]
        policy = "warm"
        instances = 2
        concurrency = 32
        grants = { tables = { s = "rw" }, outbound = ["example.com"] }
    "#;
    let (host, _) = host(manifest);
    for (function, table) in [("few", "t"), ("shared", "s")] {
        let path = format!("/row/{table}");
        let answers = join_all((0..64).map(|_| called(&host, function, &path))).await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{function}: {answers:?}");
    }
    let metrics = host.metrics();
    let alive = metrics.lines().find(|line| line.starts_with("reel_function_instances{function=\"shared\"}")).unwrap();
    let alive: f64 = alive.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(alive <= 2.0, "{alive} instances live");
}
