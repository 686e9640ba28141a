//! The document of the API against the routes of `reel.toml`.

use http::Method;
use reel_app::{App, Router};
use reel_openapi::Api;
use std::collections::BTreeSet;
use std::path::Path;

fn app() -> App {
    App::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reel.toml")).unwrap()
}

#[test]
fn every_operation_has_a_route() {
    let router = Router::new(&app()).unwrap();
    for (method, path) in Api::new().routes() {
        let found = router.find(&method.parse().unwrap(), path);
        assert!(found.is_ok(), "{method} {path}: {found:?}");
    }
}

#[test]
fn every_route_has_an_operation_with_the_same_leave_to_use_it() {
    let app = app();
    let router = Router::new(&app).unwrap();
    let document = reel_openapi::document();
    let mut described = BTreeSet::new();
    for (method, path) in Api::new().routes() {
        let method: Method = method.parse().unwrap();
        let found = router.find(&method, path).unwrap();
        let open = document["paths"][path][method.as_str().to_ascii_lowercase()]["security"]
            .as_array()
            .is_some_and(Vec::is_empty);
        assert_eq!(open, !found.chain.iter().any(|filter| filter == "authenticate"), "{method} {path}");
        described.insert((method.to_string(), found.template.to_owned()));
    }
    for route in app.functions.values().flat_map(|function| &function.routes) {
        for method in &route.methods {
            let route = (method.to_string(), route.path.clone());
            assert!(described.contains(&route), "{route:?} is not in libs/openapi");
        }
    }
}

#[test]
fn what_viewers_may_not_change_is_noted_in_the_audit_log() {
    let app = app();
    let router = Router::new(&app).unwrap();
    let document = reel_openapi::document();
    let mut administered = 0;
    for (method, path) in Api::new().routes() {
        let method: Method = method.parse().unwrap();
        let role = &document["paths"][path][method.as_str().to_ascii_lowercase()]["x-reel-role"];
        if method.is_safe() || role.as_str().is_none_or(|role| role == "viewer") {
            continue;
        }
        let chain = router.find(&method, path).unwrap().chain;
        assert!(
            chain.iter().any(|filter| filter == "audit"),
            "{method} {path} is for {role}: go through `administered`"
        );
        administered += 1;
    }
    assert!(administered > 10, "{administered}");
}
