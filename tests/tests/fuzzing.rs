//! Requests that nobody would think of: schemathesis makes them up from the document of the API.

use anyhow::{Context, Result, ensure};
use reel_tests::Service;
use reel_tests::platform::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What an answer is held to: it is no failure of ours, and what the document says.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Requests made up for each operation and phase; the same ones in every run.
const EXAMPLES: &str = "25";

#[tokio::test(flavor = "multi_thread")]
async fn no_request_makes_a_function_fail_and_every_answer_is_as_documented() -> Result<()> {
    let data = tempfile::tempdir()?;
    let limits = "[rate-limit]\nrequests = 10000000\nauth-requests = 10000000\n";
    std::fs::write(data.path().join("config.toml"), limits)?;
    let service = Service::start_in(data)?;
    let folder = tempfile::tempdir()?;
    let document = document(&service, folder.path())?;
    let token = service.operator_token().await?;
    let mut fuzzer = Command::new(schemathesis()?);
    fuzzer.current_dir(folder.path()).arg("run").arg(document);
    fuzzer.args(["--url", service.url(), "--header", &format!("Authorization: Bearer {token}")]);
    fuzzer.args(["--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES]);
    fuzzer.args(["--generation-deterministic", "--continue-on-failure"]);
    fuzzer.args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    let output = fuzzer.output()?;
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    ensure!(output.status.success(), "{}", said.concat());
    Ok(())
}

/// The document of the API, as a file.
fn document(service: &Service, folder: &Path) -> Result<PathBuf> {
    let output = service.command(&["openapi"]).output()?;
    ensure!(output.status.success(), "reel openapi failed");
    let path = folder.join("openapi.json");
    std::fs::write(&path, output.stdout)?;
    Ok(path)
}

fn schemathesis() -> Result<PathBuf> {
    let output = Command::new(root().join("script/schemathesis")).output()?;
    ensure!(output.status.success(), "script/schemathesis failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout).context("script/schemathesis")?.trim().into())
}
