//! Edges with their worker, in front of each other and of an origin.

mod support;

use futures::future::join_all;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use reel_api::Problem;
use reel_api::steering::Heartbeat;
use reel_delivery::heartbeat::is_authorized;
use reel_delivery::{Claims, Keys};
use reel_edge::EdgeConfig;
use support::{Answer, EDGE_KEY, LENGTH, Origin, Viewer, config, edge, film};

fn assert_film(answer: &Answer, found: &str) {
    assert_eq!((answer.status, &*answer.found), (StatusCode::OK, found));
    assert!(answer.body.as_ref().unwrap() == &film(), "the bytes differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_comes_down_the_tiers_once() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let ixp = edge(config("ixp", folder.path(), &[&origin.url])).await;
    let isp = edge(config("isp", folder.path(), &[&format!("http://{}", ixp.address()), &origin.url])).await;
    let path = viewer.path(1);
    let answers = join_all((0..50).map(|_| viewer.get(&isp, &path))).await;
    for answer in &answers {
        assert_film(answer, &answer.found);
    }
    assert_eq!((origin.requests(), ixp.metrics().fills(), isp.metrics().fills()), (1, 1, 1));
    assert_film(&viewer.get(&isp, &path).await, "hit");
    assert_film(&viewer.get(&ixp, &path).await, "hit");
    assert_eq!(origin.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_heads_and_pages_are_served() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let isp = edge(config("isp", folder.path(), &[&origin.url])).await;
    for found in ["fill", "hit"] {
        let response = viewer.send(&isp, Request::get("/").header("range", "bytes=250-252"), &viewer.path(1)).await;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        let headers = response.headers();
        assert_eq!(headers["x-reel-cache"], found);
        assert_eq!(headers["content-length"], "3");
        assert_eq!(headers["content-range"], format!("bytes 250-252/{LENGTH}"));
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), &[250, 0, 1][..]);
        // Once the whole has come it is kept.
        let whole = viewer.get(&isp, &viewer.path(1)).await;
        assert_film(&whole, &whole.found);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_a_token_is_served() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let isp = edge(config("isp", folder.path(), &[&origin.url])).await;
    let keys = Keys::from_bytes(&support::KEY).unwrap();
    let expired = Claims { expires_at: 1_000, ..viewer.claims }.sign(&keys);
    let forged = viewer.claims.sign(&Keys::from_bytes(&[9; 32]).unwrap());
    for (token, code) in [(expired, "token-expired"), (forged, "token-forged"), ("x".into(), "token-malformed")] {
        let response = viewer.send(&isp, Request::get("/"), &viewer.path(1).replace(&viewer.token(), &token)).await;
        assert_eq!(
            (response.status(), &response.headers()["access-control-allow-origin"]),
            (StatusCode::FORBIDDEN, &"*".parse().unwrap())
        );
        let problem: Problem =
            serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!(problem.code, code);
    }
    assert_eq!(origin.requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_and_methods_are_refused() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let isp = edge(config("isp", folder.path(), &[&origin.url])).await;
    for path in ["/", "/t/x", "/etc/passwd", &viewer.path(1).replace("1.m4s", "index.json")] {
        assert_eq!(viewer.get(&isp, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(origin.requests(), 0);
    assert_eq!(viewer.get(&isp, &viewer.path(404)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(viewer.get(&isp, "/healthz").await.status, StatusCode::OK);
    let options = viewer.send(&isp, Request::options("/"), &viewer.path(1)).await;
    assert_eq!(
        (options.status(), &options.headers()["access-control-allow-headers"]),
        (StatusCode::NO_CONTENT, &"range".parse().unwrap())
    );
    assert_eq!(viewer.send(&isp, Request::post("/"), &viewer.path(1)).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_parent_is_passed_over() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let ixp = edge(config("ixp", folder.path(), &[&origin.url])).await;
    let isp = edge(config("isp", folder.path(), &[&format!("http://{}", ixp.address()), &origin.url])).await;
    assert_film(&viewer.get(&isp, &viewer.path(1)).await, "fill");
    ixp.shutdown().await.unwrap();
    assert_film(&viewer.get(&isp, &viewer.path(2)).await, "fill");
    drop(origin);
    assert_film(&viewer.get(&isp, &viewer.path(2)).await, "hit");
    let lost = viewer.get(&isp, &viewer.path(3)).await;
    assert!(matches!(lost.status, StatusCode::GATEWAY_TIMEOUT | StatusCode::BAD_GATEWAY), "{}", lost.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_fill_is_never_a_whole_answer() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let isp = edge(config("isp", folder.path(), &[&origin.url])).await;
    *origin.broken.lock().unwrap() = true;
    let path = viewer.path(1);
    for answer in join_all((0..10).map(|_| viewer.get(&isp, &path))).await {
        assert!(
            answer.status.is_server_error() || answer.body.is_err(),
            "{} with {:?} bytes",
            answer.status,
            answer.body.map(|body| body.len())
        );
    }
    *origin.broken.lock().unwrap() = false;
    assert_film(&viewer.get(&isp, &path).await, "fill");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_has_its_segments_after_a_restart_and_counts_them() {
    let (origin, folder, viewer) = (Origin::start().await, tempfile::tempdir().unwrap(), Viewer::new());
    let isp = edge(config("isp", folder.path(), &[&origin.url])).await;
    assert_film(&viewer.get(&isp, &viewer.path(1)).await, "fill");
    isp.shutdown().await.unwrap();
    let isp = edge(config("isp", folder.path(), &[])).await;
    assert_film(&viewer.get(&isp, &viewer.path(1)).await, "hit");
    assert_eq!(origin.requests(), 1);
    let metrics = viewer.get(&isp, "/metrics").await.body.unwrap();
    let metrics = String::from_utf8_lossy(&metrics);
    assert!(metrics.contains("\nreel_edge_hits_total 1\n"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_tells_the_platform_of_itself() {
    let (mut platform, folder) = (Origin::start().await, tempfile::tempdir().unwrap());
    let told = EdgeConfig { platform_url: Some(platform.url.clone()), ..config("isp", folder.path(), &[]) };
    let isp = edge(told).await;
    let heard = platform.heartbeats.wait_for(Option::is_some).await.unwrap().clone();
    let (signature, body) = heard.unwrap();
    assert!(is_authorized(&signature, &body, &EDGE_KEY));
    let beat: Heartbeat = serde_json::from_slice(&body).unwrap();
    assert_eq!((&*beat.id, &*beat.url), ("isp", isp.url()));
    isp.shutdown().await.unwrap();
}
