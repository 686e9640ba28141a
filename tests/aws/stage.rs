//! What only a deployed stage has: versions of one function, and Lambdas that are killed. `REEL_TEST_DATA` names
//! the stage's keys, `AWS_ENDPOINT_URL` the emulator it stands on.

use anyhow::{Context, Result, bail, ensure};
use reel_tests::{Film, Service, Web};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use uuid::Uuid;

/// The tree that the stage was built from.
fn tree() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Runs `reel-deploy` on a tree: what it prints, or why it refuses.
fn deploy(tree: &Path, args: &[&str]) -> Result<Result<String, String>> {
    let mut command = Command::new(reel_tests::platform::reel().with_file_name("reel-deploy"));
    let output = command.args(args).arg("--tree").arg(tree).stdin(Stdio::null()).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

/// A tree in which `auth` takes no more than 100 bytes, and all else is the same.
fn changed_tree() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let app = fs::read_to_string(tree().join("reel.toml"))?;
    let changed = app.replacen("[functions.auth]\n", "[functions.auth]\nmax_body = \"100B\"\n", 1);
    ensure!(changed != app, "reel.toml has no functions.auth");
    fs::write(folder.path().join("reel.toml"), changed)?;
    for shared in ["infra", "target", ".cache"] {
        std::os::unix::fs::symlink(fs::canonicalize(tree().join(shared))?, folder.path().join(shared))?;
    }
    Ok(folder)
}

/// How many of so many requests too long for the changed function were refused for their length.
async fn refused(web: &Web, requests: usize) -> Result<usize> {
    let long = json!({ "email": "nobody@example.org", "password": "x".repeat(100) });
    let mut refused = 0;
    for _ in 0..requests {
        let status = web.post("/v1/auth/sign-in", &long).await?.status().as_u16();
        ensure!([401, 413, 429].contains(&status), "sign-in answers {status}");
        refused += usize::from(status == 413);
    }
    Ok(refused)
}

#[tokio::test]
async fn one_function_alone_gets_some_calls_then_all_and_is_taken_back() -> Result<()> {
    let (service, changed) = (Service::find()?, changed_tree()?);
    let web = service.web()?;
    let ok = |result: Result<String, String>| result.map_err(anyhow::Error::msg);
    assert_eq!(refused(&web, 3).await?, 0);

    let said = ok(deploy(changed.path(), &["deploy", "auth", "--canary", "50", "--yes", "--no-build"])?)?;
    assert!(said.contains("50 % of the calls"), "{said}");
    // 40 calls that all go one way would be one in 2^39.
    let some = refused(&web, 40).await?;
    assert!(some > 0 && some < 40, "{some} of 40 calls went to the canary");
    let whole = deploy(tree(), &["deploy", "--yes", "--no-build"])?.unwrap_err();
    assert!(whole.contains("a canary of auth runs") && whole.contains("reel rollback auth"), "{whole}");

    let said = ok(deploy(tree(), &["deploy", "auth", "--promote"])?)?;
    assert!(said.ends_with("has all calls"), "{said}");
    assert_eq!(refused(&web, 5).await?, 5);
    ok(deploy(tree(), &["rollback", "auth"])?)?;
    assert_eq!(refused(&web, 5).await?, 0);
    let again = deploy(tree(), &["deploy", "auth", "--promote"])?.unwrap_err();
    assert!(again.contains("no canary runs"), "{again}");
    Ok(())
}

#[tokio::test]
async fn more_than_code_is_not_sent_alone() -> Result<()> {
    let folder = changed_tree()?;
    let path = folder.path().join("reel.toml");
    let app = fs::read_to_string(&path)?;
    fs::write(
        &path,
        app.replacen("[functions.auth]\n", "[functions.auth]\nmemory = \"96MiB\"\n", 1).replacen(
            "memory = \"64MiB\"\n",
            "",
            1,
        ),
    )?;
    let why = deploy(folder.path(), &["deploy", "auth", "--yes", "--no-build"])?.unwrap_err();
    assert!(why.contains("more than the code of auth changes"), "{why}");
    let why = deploy(tree(), &["deploy", "nonsense", "--yes", "--no-build"])?.unwrap_err();
    assert!(why.contains("there is no function nonsense") && why.contains("playback"), "{why}");
    Ok(())
}

/// What an encoding consists of.
const FUNCTIONS: [&str; 6] = ["probe", "plan", "encode", "protect", "package", "publish"];

/// The processes of the Lambdas of this stage, by their function.
fn lambdas() -> Result<Vec<(String, i32)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0).filter_map(|one| std::str::from_utf8(one).ok());
        let name = variables.find_map(|one| one.strip_prefix("AWS_LAMBDA_FUNCTION_NAME="));
        let program = fs::read_link(entry.path().join("exe")).unwrap_or_default();
        if let Some(name) = name.filter(|_| program.ends_with("bootstrap")) {
            found.push((name.to_owned(), pid));
        }
    }
    Ok(found)
}

/// Kills a process of a function, if there is one.
fn kill_one(name: &str) -> Result<bool> {
    let Some((_, pid)) = lambdas()?.into_iter().find(|(lambda, _)| lambda.ends_with(name)) else { return Ok(false) };
    // SAFETY: a process of the stage that this test works on.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    Ok(true)
}

/// What a title holds: the frames of each rendition, decrypted, by their hash.
fn contents(service: &Service, slug: &str) -> Result<Value> {
    let verdict = service.json(&["verify", slug])?;
    ensure!(verdict["ok"] == true, "{verdict}");
    Ok(verdict["renditions"].clone())
}

fn published(service: &Service, film: &Film) -> Result<(std::process::Child, String)> {
    let title = format!("Kills {}", Uuid::now_v7().simple());
    let mut command = service.command(&["publish", film.arg(), "--title", &title, "--json"]);
    Ok((command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?, title))
}

fn done(publishing: std::process::Child) -> Result<Value> {
    let output = publishing.wait_with_output()?;
    ensure!(output.status.success(), "publish failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn a_publish_whose_lambdas_are_killed_ends_as_one_that_was_left_alone() -> Result<()> {
    let (service, film) = (Service::find()?, Film::generated(640, 360, 20)?);
    let (publishing, title) = published(&service, &film)?;
    let alone = done(publishing)?;
    let wanted = contents(&service, &title)?;

    for round in 0..3 {
        // Those that wait for work from before are no test: what appears from now on works on this.
        while FUNCTIONS.iter().any(|function| kill_one(function).unwrap_or(false)) {}
        let (mut publishing, title) = published(&service, &film)?;
        let mut killed = Vec::new();
        while publishing.try_wait()?.is_none() {
            for function in FUNCTIONS {
                // Twice each at most: a task is tried four times.
                if killed.iter().filter(|name| **name == function).count() < 2 && kill_one(function)? {
                    killed.push(function);
                    break;
                }
            }
            std::thread::sleep(Duration::from_millis(40 + 70 * round));
        }
        let report = done(publishing).with_context(|| format!("after these were killed: {killed:?}"))?;
        ensure!(killed.contains(&"encode"), "no encode was killed: {killed:?}");
        assert_eq!((&report["frames"], &report["renditions"]), (&alone["frames"], &alone["renditions"]));
        if contents(&service, &title)? != wanted {
            bail!("after {killed:?} the title holds something else than when nothing was killed");
        }
    }
    Ok(())
}
