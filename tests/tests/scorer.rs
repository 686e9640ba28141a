//! An ONNX model of the operator's own, which ranks titles in place of the trained one.

use anyhow::{Context, Result, ensure};
use futures::stream;
use reel_api::TitleId;
use reel_api::ranking::{SCORER_PATH, SCORER_PATIENCE_MS};
use reel_backend_embedded::blob::FileBlobs;
use reel_capabilities::blob::Blobs;
use reel_tests::onnx::Onnx;
use reel_tests::{Platform, Viewer, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// What was told is known within this.
const SOON: Duration = Duration::from_secs(60);
/// How many viewers a model is trained of.
const VIEWERS: usize = 24;

/// A model and its titles, as files.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new(onnx: &[u8], titles: &[&str]) -> Result<Self> {
        let files = Self { folder: tempfile::tempdir()? };
        std::fs::write(files.path("model.onnx"), onnx)?;
        std::fs::write(files.path("titles.txt"), titles.join("\n") + "\n")?;
        Ok(files)
    }

    /// A scorer that says the second of two titles after the first.
    fn after(first: &str, second: &str) -> Result<Self> {
        Self::new(&Onnx::product(2, vec![0.0, 1.0, 0.0, 0.0]).bytes(), &[first, second])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn args(&self) -> [String; 5] {
        let [model, titles] = ["model.onnx", "titles.txt"].map(|name| self.path(name).display().to_string());
        ["scorer".into(), "set".into(), model, "--titles".into(), titles]
    }

    fn set(&self, platform: &Platform) -> Result<Value> {
        platform.json(&self.args().each_ref().map(String::as_str))
    }

    fn refused(&self, platform: &Platform) -> Result<String> {
        platform.refusal(&self.args().each_ref().map(String::as_str))
    }
}

/// A platform that lets a load of one machine in, with sixty dramas.
fn start() -> Result<Platform> {
    let data = tempfile::tempdir()?;
    std::fs::write(data.path().join("config.toml"), "[rate-limit]\nrequests = 1000000\nauth-requests = 1000000\n")?;
    let platform = Platform::start_in(data, [("REEL_LOG", "info".into())])?;
    let rows: String = (0..60).map(|n| format!("Tears {n},1950,Dramas\n")).collect();
    let table = platform.data().join("titles.csv");
    std::fs::write(&table, format!("title,release_year,listed_in\n{rows}"))?;
    platform.json(&["seed", table.to_str().context("a path that is no text")?])?;
    Ok(platform)
}

/// The ids of a row's titles.
fn row(home: &Value, id: &str) -> Vec<String> {
    let row = home["rows"].as_array().into_iter().flatten().find(|row| row["id"] == id);
    let cards = row.and_then(|row| row["items"].as_array()).into_iter().flatten();
    cards.filter_map(|card| card["title"]["id"].as_str().map(str::to_owned)).collect()
}

/// The ids of what follows from the title that was watched, and of what is picked.
fn personal(home: &Value) -> Vec<String> {
    let because = home["rows"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str());
    let because = because.filter(|id| id.starts_with("because:")).flat_map(|id| row(home, id));
    because.chain(row(home, "picks")).collect()
}

/// Whether a title is the first that follows from the one that was watched, or the new one that is tried in the
/// third place of what is picked.
fn comes_first(home: &Value, title: &str) -> bool {
    personal(home)[0] == title || row(home, "picks").get(2).is_some_and(|tried| tried == title)
}

/// Waits until the first page names this as its model.
async fn page(viewer: &Viewer, model: &Value) -> Result<Value> {
    eventually(&format!("the model is {model}"), SOON, async || {
        let home = viewer.get("/v1/home").await?;
        Ok((home["model"] == *model && !personal(&home).is_empty()).then_some(home))
    })
    .await
}

async fn me(platform: &Platform) -> Result<(Viewer, BTreeMap<String, String>)> {
    let me = Viewer::at(platform).await?;
    let ids = me.title_ids().await?;
    ensure!(ids.len() >= 60, "{} titles", ids.len());
    me.watched_all(&[&ids["tears-0"]]).await?;
    Ok((me, ids))
}

#[tokio::test]
async fn a_scorer_ranks_until_it_is_removed_and_a_newer_one_takes_its_place_under_load() -> Result<()> {
    let platform = start()?;
    let (me, ids) = me(&platform).await?;
    let before = eventually("what was watched is known", SOON, async || {
        let home = me.get("/v1/home").await?;
        Ok((home["source"] == "attributes").then_some(home))
    })
    .await?;
    let shown = personal(&before);
    let mut others = ids.iter().filter(|(slug, id)| *slug != "tears-0" && !shown.contains(id)).map(|(_, id)| id);
    let (b, c) = (others.next().context("all are shown")?, others.next_back().context("all are shown")?);
    ensure!(before["model"].is_null() && platform.json(&["scorer", "show"])?.is_null());

    let first = Files::after(&ids["tears-0"], b)?.set(&platform)?;
    assert_eq!((&first["titles"], platform.json(&["scorer", "show"])?), (&json!(2), first.clone()));
    let home = page(&me, &first["version"]).await?;
    assert!(home["source"] == "personalised" && comes_first(&home, b), "{home}");

    let load = async || -> Result<()> {
        loop {
            let home = me.get("/v1/home").await?;
            let expected = match &home["model"] {
                // It was too slow on a busy machine, which is said.
                Value::Null => continue,
                version if *version == first["version"] => b,
                _ => c,
            };
            ensure!(comes_first(&home, expected), "{home}");
        }
    };
    let swapped = async {
        let files = Files::after(&ids["tears-0"], c)?;
        let mut command = tokio::process::Command::from(platform.command(&[]));
        let output = command.args(files.args()).arg("--json").output().await?;
        let second: Value = serde_json::from_slice(&output.stdout)?;
        page(&me, &second["version"]).await?;
        damage(&platform, "scorer/9999999999999-0").await?;
        eventually("the damaged one is refused", SOON, async || {
            let log = std::fs::read_to_string(platform.log())?;
            Ok(log.contains("scorer/9999999999999-0 is not used").then_some(()))
        })
        .await?;
        page(&me, &second["version"]).await
    };
    let home = tokio::select! {
        failed = futures::future::try_join_all([load(), load(), load(), load()]) =>
            anyhow::bail!("a request failed while scorers were swapped: {failed:?}"),
        swapped = swapped => swapped?,
    };
    assert!(comes_first(&home, c), "{home}");

    let removed = platform.reel(&["scorer", "remove"])?;
    ensure!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    let home = page(&me, &Value::Null).await?;
    assert!(home["source"] == "attributes" && !comes_first(&home, c), "{home}");
    assert!(platform.json(&["scorer", "show"])?.is_null());
    Ok(())
}

/// Puts an object among the scorers that is none.
async fn damage(platform: &Platform, key: &str) -> Result<()> {
    let blobs = FileBlobs::open(&platform.data().join("blobs"))?;
    let body = Box::pin(stream::iter([Ok(bytes::Bytes::from_static(b"ReelOnnx\x01\0\0\0 and then nothing"))]));
    blobs.write("models", key, "application/octet-stream", body, true).await?;
    Ok(())
}

#[tokio::test]
async fn the_trained_model_answers_before_a_scorer_and_after_it() -> Result<()> {
    let platform = start()?;
    let (me, ids) = me(&platform).await?;
    for n in 0..VIEWERS {
        let own: Vec<&str> = (0..5).map(|at| &*ids[&format!("tears-{}", (n + at) % 12)]).collect();
        Viewer::at(&platform).await?.watched_all(&own).await?;
    }
    let trained = eventually("a model is trained", SOON, async || {
        let trained = platform.json(&["train"])?;
        Ok(trained["version"].is_string().then_some(trained))
    })
    .await?;
    page(&me, &trained["version"]).await?;
    let scorer = Files::after(&ids["tears-0"], &ids["tears-59"])?.set(&platform)?;
    assert!(comes_first(&page(&me, &scorer["version"]).await?, &ids["tears-59"]));
    // Who watched nothing that it knows is served by the trained model, and so is who comes after it.
    let other = Viewer::at(&platform).await?;
    other.watched_all(&[&ids["tears-1"]]).await?;
    page(&other, &trained["version"]).await?;
    ensure!(platform.reel(&["scorer", "remove"])?.status.success());
    page(&me, &trained["version"]).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_scorer_is_refused_and_says_why() -> Result<()> {
    let platform = start()?;
    let (me, ids) = me(&platform).await?;
    let (a, b) = (ids["tears-0"].as_str(), ids["tears-1"].as_str());
    let two = Onnx::product(2, vec![0.0; 4]);
    let wrong = [
        (b"no model".to_vec(), vec![a, b], "it does not read as an ONNX model"),
        (vec![0xff; 64], vec![a, b], "it does not read as an ONNX model"),
        (two.bytes(), vec![a], "its input is [batch, 2], and there are 1 titles"),
        (two.bytes(), vec![a, a], "stands twice"),
        (two.bytes(), vec![a, "sintel"], "line 2 is the id of a title"),
        (Onnx::product(2, vec![f32::NAN; 4]).bytes(), vec![a, b], "not a finite number"),
        (Onnx { operator: "Imagine", ..two.clone() }.bytes(), vec![a, b], "Imagine"),
        (vec![0; 5 << 20], vec![a, b], "at most 4194304 are taken"),
    ];
    for (onnx, titles, expected) in wrong {
        let said = Files::new(&onnx, &titles)?.refused(&platform)?;
        assert!(said.contains(expected), "{expected}: {said}");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = me.web.request(method.clone(), SCORER_PATH).bearer_auth(&me.token).send().await?;
        assert_eq!(answer.status(), 403, "{method}");
    }
    assert!(platform.json(&["scorer", "show"])?.is_null(), "none of them was set");
    Ok(())
}

#[tokio::test]
async fn a_catalogue_of_thousands_is_scored_in_the_time_that_there_is() -> Result<()> {
    const TITLES: usize = 3_700;
    const FACTORS: usize = 64;
    let platform = start()?;
    let titles: Vec<String> = (0..TITLES).map(|n| TitleId::new(n as u64, &[7; 10]).to_string()).collect();
    let matrix = || (0..TITLES * FACTORS).map(|at| (at % 101) as f32 / 1_000.0).collect::<Vec<_>>();
    let (titles_wide, factors) = (TITLES as i64, FACTORS as i64);
    let onnx =
        Onnx::chain(titles_wide, vec![(titles_wide, factors, matrix()), (factors, titles_wide, matrix())]).bytes();
    let scorer = Files::new(&onnx, &titles.iter().map(String::as_str).collect::<Vec<_>>())?.set(&platform)?;
    let milliseconds = scorer["milliseconds"].as_f64().context("no time")?;
    ensure!(milliseconds < SCORER_PATIENCE_MS as f64, "{scorer}");
    Ok(())
}
