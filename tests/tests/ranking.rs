//! Models of what viewers watch: trained, swapped under load, and what is shown without them.

use anyhow::{Context, Result, ensure};
use futures::stream;
use reel_backend_embedded::blob::FileBlobs;
use reel_capabilities::blob::Blobs;
use reel_tests::platform::root;
use reel_tests::{Platform, Viewer, eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// What was told is known within this.
const SOON: Duration = Duration::from_secs(60);
/// The viewers that a model is learnt from: half of them watch one half of the titles.
const VIEWERS: usize = 24;
/// A comedy that all who watch dramas watch, and nobody else.
const ODD: &str = "laugh-0";

/// Titles, announced: dramas, and comedies that have little in common with them. The first twenty of each
/// are watched.
fn seed(platform: &Platform) -> Result<()> {
    let mut table = String::from("title,release_year,listed_in,description\n");
    for n in 0..60 {
        table += &format!("Tears {n},1950,Dramas,\n");
    }
    for n in 0..30 {
        table += &format!("Laugh {n},2020,Comedies,\n");
    }
    table += "Sintel,1930,Silent,\n";
    let seeded = announce(platform, &table)?;
    ensure!(seeded["announced"] == 91, "{seeded}");
    Ok(())
}

/// Announces the titles of a table.
fn announce(platform: &Platform, table: &str) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("titles.csv");
    std::fs::write(&file, table)?;
    platform.json(&["seed", file.to_str().context("a path that is no text")?])
}

/// A platform that lets a load of one machine in.
fn start() -> Result<Platform> {
    let data = tempfile::tempdir()?;
    std::fs::write(data.path().join("config.toml"), "[rate-limit]\nrequests = 1000000\nauth-requests = 1000000\n")?;
    // What functions say of themselves is logged at this level.
    Platform::start_in(data, [("REEL_LOG", "info".into())])
}

/// Viewers with tastes watch: the even ones most dramas and one comedy, the odd ones the other comedies.
async fn households(platform: &Platform, ids: &BTreeMap<String, String>) -> Result<()> {
    for n in 0..VIEWERS {
        let viewer = Viewer::at(platform).await?;
        let kind = if n.is_multiple_of(2) { "tears" } else { "laugh" };
        let own = (0..20).filter(|title| !(title + n / 2).is_multiple_of(5)).map(|title| format!("{kind}-{title}"));
        let mut own: Vec<String> = own.filter(|slug| slug != ODD).collect();
        own.extend(n.is_multiple_of(2).then(|| ODD.to_owned()));
        let own: Vec<&str> = own.iter().map(|slug| ids[slug].as_str()).collect();
        viewer.watched_all(&own).await?;
        if n + 1 == VIEWERS {
            eventually("the plays are known", SOON, async || Ok((!viewer.entries().await?.is_empty()).then_some(())))
                .await?;
        }
    }
    Ok(())
}

/// The slugs of a row; none when it is not there.
fn row(home: &Value, id: &str) -> Option<BTreeSet<String>> {
    let row = home["rows"].as_array()?.iter().find(|row| row["id"] == id)?;
    let slugs = row["items"].as_array()?.iter().filter_map(|card| card["title"]["slug"].as_str());
    Some(slugs.map(str::to_owned).collect())
}

/// The slugs of all rows that follow from what was watched.
fn personal(home: &Value) -> BTreeSet<String> {
    let rows = home["rows"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str());
    let rows = rows.filter(|id| *id == "picks" || id.starts_with("because:"));
    rows.filter_map(|id| row(home, id)).flatten().collect()
}

/// Waits until the first page comes about in a way.
async fn page(viewer: &Viewer, source: &str) -> Result<Value> {
    eventually(source, SOON, async || {
        let home = viewer.get("/v1/home").await?;
        Ok((home["source"] == source).then_some(home))
    })
    .await
}

/// Asks for the first page for ever, until one does not hold.
async fn load(viewer: &Viewer, versions: &std::sync::Mutex<BTreeSet<String>>) -> Result<()> {
    loop {
        let home = viewer.get("/v1/home").await?;
        let picks = personal(&home);
        ensure!(!picks.contains("tears-1") && picks.contains("tears-4"), "{picks:?}");
        if home["source"] == "personalised" {
            ensure!(picks.contains(ODD), "the model has no say: {picks:?}");
            let version = home["model"].as_str().context("which model?")?.to_owned();
            versions.lock().map_err(|_| anyhow::anyhow!("another load failed"))?.insert(version);
        } else {
            // The model was too slow on a busy machine, which is said.
            ensure!(home["source"] == "attributes" && home["model"].is_null(), "{home}");
        }
    }
}

/// A title that no model knows follows from what those watched who watched it.
async fn a_new_title_is_recommended_before_and_after_the_next_training(
    platform: &Platform,
    me: &Viewer,
    known: &BTreeMap<String, String>,
) -> Result<()> {
    const NEW: &str = "zebra";
    announce(platform, "title,release_year,listed_in,description\nZebra,1999,Wildlife,\n")?;
    let id = eventually("the new title is there", SOON, async || Ok(me.title_ids().await?.get(NEW).cloned())).await?;
    for _ in 0..3 {
        let other = Viewer::at(platform).await?;
        other.watched_all(&["tears-1", "tears-2", "tears-3"].map(|slug| known[slug].as_str())).await?;
        other.watched_all(&[&id]).await?;
    }
    let shows = async || {
        let home = me.get("/v1/home").await?;
        let shown = home["source"] == "personalised" && personal(&home).contains(NEW);
        Ok(shown.then(|| home["model"].clone()))
    };
    let before = eventually("the new title follows", SOON, shows).await?;
    let trained = platform.json(&["train"])?;
    ensure!(trained["titles"] == 41, "{trained}");
    let after = eventually("the next model agrees", SOON, async || {
        Ok(shows().await?.filter(|version| *version == trained["version"]))
    });
    ensure!(after.await? != before, "it is another model");
    Ok(())
}

/// Puts an object among the models that is none.
async fn damage(platform: &Platform, key: &str) -> Result<()> {
    let blobs = FileBlobs::open(&platform.data().join("blobs"))?;
    let body = Box::pin(stream::iter([Ok(bytes::Bytes::from_static(b"ReelTitl\x01\0\0\0 and then nothing"))]));
    blobs.write("models", key, "application/octet-stream", body, true).await?;
    Ok(())
}

#[tokio::test]
async fn a_model_is_trained_and_swapped_under_load_and_a_damaged_one_is_not_taken() -> Result<()> {
    let platform = start()?;
    seed(&platform)?;
    let me = Viewer::at(&platform).await?;
    let ids = me.title_ids().await?;
    let nothing = platform.json(&["train"])?;
    assert!(nothing["version"].is_null() && nothing["reason"].as_str().unwrap_or_default().contains("20"), "{nothing}");

    households(&platform, &ids).await?;
    let new = page(&me, "popular-in-region").await?;
    assert!(row(&new, "popular").is_some() || row(&new, "trending").is_some(), "{new}");
    me.watched_all(&["tears-1", "tears-2", "tears-3"].map(|slug| ids[slug].as_str())).await?;
    let alike = page(&me, "attributes").await?;
    let picks = personal(&alike);
    let by_likeness = picks.len() >= 20 && picks.iter().all(|slug| slug.starts_with("tears"));
    assert!(by_likeness, "by what titles are like: {picks:?}");

    let first = platform.json(&["train"])?;
    assert_eq!((&first["viewers"], &first["titles"]), (&json!(VIEWERS + 1), &json!(40)), "{first}");
    let home = page(&me, "personalised").await?;
    assert_eq!(home["model"], first["version"]);
    assert!(personal(&home).contains(ODD), "what the like-minded watch: {:?}", personal(&home));

    let versions = std::sync::Mutex::default();
    let loads = futures::future::try_join_all((0..8).map(|_| load(&me, &versions)));
    let swapped = async {
        damage(&platform, "ranking/9999999999999-0").await?;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let command = platform.command(&["train", "--json"]);
        let output = tokio::process::Command::from(command).output().await?;
        let second: Value = serde_json::from_slice(&output.stdout)?;
        let version = second["version"].as_str().context("no second model")?.to_owned();
        eventually("the second model is taken", SOON, async || {
            let seen = versions.lock().map_err(|_| anyhow::anyhow!("a load failed"))?.contains(&version);
            Ok(seen.then_some(()))
        })
        .await?;
        anyhow::Ok(version)
    };
    let second = tokio::select! {
        failed = loads => anyhow::bail!("a request failed while models were swapped: {failed:?}"),
        second = swapped => second?,
    };
    let first = first["version"].as_str().context("no first model")?.to_owned();
    assert_eq!(versions.into_inner()?, BTreeSet::from([first, second]), "no other model answered");
    let log = std::fs::read_to_string(platform.log())?;
    let refused = log.matches("ranking/9999999999999-0 is not used").count();
    assert!((1..=8).contains(&refused), "each instance reads it once and refuses it: {refused}");

    a_new_title_is_recommended_before_and_after_the_next_training(&platform, &me, &ids).await?;

    // What is watched changes the rows without any training.
    let other = Viewer::at(&platform).await?;
    other.watched_all(&["laugh-1", "laugh-2"].map(|slug| ids[slug].as_str())).await?;
    let home = page(&other, "personalised").await?;
    let picks = personal(&home);
    assert!(picks.iter().filter(|slug| slug.starts_with("laugh")).count() > 10, "{picks:?}");
    Ok(())
}

/// The tree under test, but for some lines of its manifest: what a function is not granted, it fails at.
fn tree_without(grants: &[(&str, &str)]) -> Result<TempDir> {
    let tree = tempfile::tempdir()?;
    for name in ["infra", "target", "web", "wit"] {
        std::os::unix::fs::symlink(root().join(name), tree.path().join(name))?;
    }
    let mut manifest = std::fs::read_to_string(root().join("reel.toml"))?;
    for (granted, instead) in grants {
        ensure!(manifest.contains(granted), "reel.toml does not say {granted}");
        manifest = manifest.replace(granted, instead);
    }
    std::fs::write(tree.path().join("reel.toml"), manifest)?;
    Ok(tree)
}

fn start_at(tree: &Path) -> Result<Platform> {
    Platform::start_with([("REEL_HOME", tree.display().to_string())])
}

const NO_HISTORY: (&str, &str) = ("tables = { history = \"rw\" }", "tables = { nothing = \"rw\" }");
const NO_TITLES: (&str, &str) = ("tables = { titles = \"rw\" }", "tables = { none = \"rw\" }");

#[tokio::test]
async fn while_history_fails_what_was_chosen_by_hand_is_shown() -> Result<()> {
    let tree = tree_without(&[NO_HISTORY])?;
    let platform = start_at(tree.path())?;
    seed(&platform)?;
    let me = Viewer::at(&platform).await?;
    let home = eventually("the titles are known", SOON, async || {
        let home = me.get("/v1/home").await?;
        Ok(row(&home, "genre:Comedies").is_some().then_some(home))
    })
    .await?;
    assert_eq!(
        (&home["source"], row(&home, "editorial")),
        (&json!("editorial"), Some(BTreeSet::from(["sintel".into()])))
    );
    Ok(())
}

#[tokio::test]
async fn while_nobody_answers_at_all_there_still_is_a_first_page() -> Result<()> {
    let tree = tree_without(&[NO_HISTORY, NO_TITLES])?;
    let platform = start_at(tree.path())?;
    let home = Viewer::at(&platform).await?.get("/v1/home").await?;
    assert_eq!(home["source"], "editorial");
    assert!(row(&home, "editorial").context("no picks")?.len() >= 5, "{home}");
    Ok(())
}
