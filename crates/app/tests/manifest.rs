//! What a manifest must say, and the one that Reel is run by.

use reel_app::{Access, App, Policy, Router, check_worlds};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn wrong(text: &str) -> String {
    App::parse("reel.toml", text).unwrap_err().to_string()
}

#[test]
fn a_function_says_its_limits_and_its_grants() {
    let app = App::parse(
        "reel.toml",
        r#"
        [functions.a]
        policy = "warm"
        memory = "32MiB"
        timeout = "1500ms"
        concurrency = 4
        instances = 2
        [functions.a.grants]
        tables = { x = "rw", y = "r" }
        [functions.b]
        "#,
    )
    .unwrap();
    let a = &app.functions["a"];
    assert_eq!(
        (a.policy, a.memory, a.timeout, a.capacity()),
        (Policy::Warm, 32 << 20, Duration::from_millis(1_500), 8)
    );
    assert_eq!(a.grants.tables["y"], Access::Read);
    assert_eq!((app.functions["b"].policy, app.functions["b"].capacity()), (Policy::Fresh, 8));
}

#[test]
fn what_is_not_known_is_refused_at_its_place() {
    let text = "[functions.a]\nmemroy = \"1MiB\"\n";
    let error = wrong(text);
    assert!(error.starts_with("reel.toml:2:1:") && error.contains("memory"), "{error}");
    assert!(wrong("[functions.a]\nmemory = \"much\"\n").contains("64MiB"));
    assert!(
        wrong("[functions.a]\ngrants = { tables = { cache = \"r\" } }\n").contains("table cache is the host's own")
    );
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let error = wrong(
        r#"[filters]
open = ["nobody"]
[functions.a]
routes = [{ path = "/_reel/x" }, { path = "/v1", through = "closed" }]
grants.tables = { t = "rw" }
grants.functions = ["gone"]
[functions.b]
routes = [{ methods = ["GET"], path = "/v1" }]
grants.tables = { t = "rw" }
"#,
    );
    for part in [
        "reel.toml:2:9: chain open names the filter nobody",
        "reel.toml:4:20: path /_reel/x is reserved",
        "there is no chain closed",
        "reel.toml:6:21: there is no function gone",
        "reel.toml:9:23: table t belongs to a",
        "reel.toml:8:39: path /v1 with these methods is a's already",
    ] {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
}

#[test]
fn a_host_outside_may_be_a_setting_of_a_function_that_has_some() {
    let grants = |grants| App::parse("reel.toml", &format!("[functions.a.grants]\n{grants}\n")).map(|_| ());
    assert!(grants("config = true\noutbound = [\"example.com\", \"{endpoint}\"]").is_ok());
    let without = grants("outbound = [\"{endpoint}\"]").unwrap_err().to_string();
    assert!(without.contains("add config = true"), "{without}");
    let nameless = grants("config = true\noutbound = [\"{}\"]").unwrap_err().to_string();
    assert!(nameless.contains("names no setting"), "{nameless}");
}

#[test]
fn a_schedule_is_in_whole_minutes() {
    let every = |schedule| {
        format!(
            "[functions.a]\n[workflows.w]\ndefinition = \"w.json\"\nschedule = \"{schedule}\"\n[workflows.w.resources]\nA = \"a\"\n"
        )
    };
    let app = App::parse("reel.toml", &every("24h")).unwrap();
    assert_eq!(app.workflows["w"].schedule, Some(Duration::from_secs(86_400)));
    assert_eq!(App::parse_part("reel.toml", &app.to_text().unwrap()).unwrap(), app);
    for schedule in ["0s", "90s"] {
        let error = wrong(&every(schedule));
        assert!(error.contains("reel.toml:4:") && error.contains("whole minutes"), "{error}");
    }
    assert!(wrong(&every("nightly")).contains("is not a time"));
}

#[test]
fn ffmpeg_goes_with_native_programs_alone() {
    let app = App::parse("reel.toml", "[functions.f]\nnative = \"f\"\nffmpeg = true\n").unwrap();
    assert!(app.functions["f"].ffmpeg && app.to_text().unwrap().contains("ffmpeg = true"));
    assert!(wrong("[functions.f]\nffmpeg = true\n").contains("runs no ffmpeg"));
}

#[test]
fn heavy_is_for_components_alone() {
    let app = App::parse("reel.toml", "[functions.f]\nheavy = true\n").unwrap();
    assert!(app.functions["f"].heavy && app.to_text().unwrap().contains("heavy = true"));
    assert!(wrong("[functions.f]\nnative = \"f\"\nheavy = true\n").contains("a process of its own"));
}

#[test]
fn a_filter_has_no_routes() {
    let error = wrong("[filters]\nx = [\"f\"]\n[functions.f]\nroutes = [{ path = \"/f\" }]\n");
    assert!(error.contains("cannot have routes"), "{error}");
}

#[test]
fn grants_and_imports_are_held_against_each_other() {
    let wit = tempfile::tempdir().unwrap();
    let from = root().join("wit");
    for package in ["table", "blob", "events", "cache", "config", "secrets", "notify", "workflow", "deps"] {
        std::os::unix::fs::symlink(from.join(package), wit.path().join(package)).unwrap();
    }
    let functions = wit.path().join("functions");
    std::fs::create_dir(&functions).unwrap();
    let world =
        "package reel:functions@0.1.0;\nworld a { import reel:table/rows@0.1.0; export wasi:http/handler@0.3.0; }\n";
    std::fs::write(functions.join("a.wit"), world).unwrap();

    let check = |grants: &str| {
        check_worlds(&App::parse("reel.toml", &format!("[functions.a.grants]\n{grants}")).unwrap(), wit.path())
    };
    assert_eq!(check("tables = { t = \"rw\" }"), Ok(()));
    let missing = check("").unwrap_err()[0].to_string();
    assert!(missing.contains("add tables = { … } to [functions.a.grants]"), "{missing}");
    let excess = check("tables = { t = \"rw\" }\nsecrets = [\"s\"]").unwrap_err()[0].to_string();
    assert!(excess.contains("reel:secrets/store@0.1.0") && excess.contains("remove the grant"), "{excess}");
}

#[test]
fn the_manifest_of_reel_is_right() {
    let app = App::read(&root().join("reel.toml")).unwrap_or_else(|e| panic!("{e}"));
    Router::new(&app).unwrap();
    let disagreements = check_worlds(&app, &root().join("wit")).err().unwrap_or_default();
    let lines: Vec<String> = disagreements.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn a_part_has_one_function_and_its_filters_and_comes_back_from_text() {
    let app = App::read(&root().join("reel.toml")).unwrap();
    let part = app.part("history").unwrap();
    let names: Vec<&str> = part.functions.keys().map(String::as_str).collect();
    assert_eq!(names, ["authenticate", "history", "rate-limit"]);
    assert_eq!(part.filters.keys().collect::<Vec<_>>(), ["signed-in"]);
    assert_eq!(part.functions["history"], app.functions["history"]);
    assert_eq!(App::parse_part("part", &part.to_text().unwrap()).unwrap(), part);
    assert_eq!(app.part("plan").unwrap().functions.len(), 1);
    assert_eq!(app.part("nobody"), None);
}
