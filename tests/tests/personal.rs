//! What a viewer finds, rates and leaves behind, over HTTP against a platform of this machine.

use anyhow::{Context, Result};
use reel_tests::viewer::now;
use reel_tests::web::problem;
use reel_tests::{Service, Viewer, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// A table of titles as others write them.
const TABLE: &str = "\u{feff}show_id,title,director,cast,release_year,listed_in,description\n\
    s1,Stranger Things,,\"Winona Ryder, David Harbour\",2016,\"TV Horror, TV Mysteries\",A boy vanishes.\n\
    s2,Dark,Baran bo Odar,\"Louis Hofmann\",2017,\"TV Mysteries, TV Horror\",A child vanishes.\n\
    s3,Crème fraîche,,,2011,Comedies,\n";
/// A new title is known everywhere within this.
const SOON: Duration = Duration::from_secs(30);

fn seed(service: &Service) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("titles.csv");
    std::fs::write(&file, TABLE)?;
    service.json(&["seed", file.to_str().context("a path that is no text")?])
}

#[tokio::test]
async fn announced_titles_are_shown_and_said_to_be_not_there_yet() -> Result<()> {
    let service = Service::find()?;
    let viewer = Viewer::new(service.web()?).await?;
    assert_eq!(viewer.get("/v1/home").await?["rows"], json!([]));
    assert_eq!(seed(&service)?, json!({ "announced": 3, "there_before": 0, "refused": [] }));
    assert_eq!(seed(&service)?, json!({ "announced": 0, "there_before": 3, "refused": [] }));

    let dark = viewer.get("/v1/titles/dark").await?;
    assert_eq!((&dark["status"], &dark["cast"]), (&json!("announced"), &json!(["Louis Hofmann"])));
    assert_eq!(dark["directors"], json!(["Baran bo Odar"]));
    let refusal = viewer.web.get("/playback?contentId=dark&device=browser", &viewer.token).await?;
    let (status, code, why) = problem(refusal).await?;
    assert!(status == 409 && code == "not-published" && why.contains("announced"), "{status} {code} {why}");

    eventually("the first page shows them", SOON, async || {
        let home = viewer.get("/v1/home").await?;
        let rows = home["rows"].as_array().context("no rows")?;
        let shown = rows.iter().any(|row| row["id"] == "genre:TV Horror") && rows.iter().all(|row| row["id"] != "new");
        Ok(shown.then_some(()))
    })
    .await?;
    for (typed, first) in [("drak", "Dark"), ("harbor", "Stranger Things"), ("creme fr", "Crème fraîche")] {
        eventually(typed, SOON, async || {
            let found = viewer.get(&format!("/v1/search?q={}", typed.replace(' ', "+"))).await?;
            Ok((found["titles"][0]["name"] == first).then_some(()))
        })
        .await?;
    }
    let comedies = viewer.get("/v1/search?genre=comedies&to=2011").await?;
    assert_eq!((&comedies["total"], &comedies["titles"][0]["year"]), (&json!(1), &json!(2011)));
    let similar = viewer.get("/v1/titles/stranger-things/similar").await?;
    assert_eq!(similar["titles"][0]["slug"], "dark", "{similar}");
    Ok(())
}

#[tokio::test]
async fn ratings_and_history_are_the_viewers_to_take_along_and_delete() -> Result<()> {
    let service = Service::find()?;
    let (viewer, other) = (Viewer::new(service.web()?).await?, Viewer::new(service.web()?).await?);
    seed(&service)?;
    let dark = viewer.get("/v1/titles/dark").await?["id"].as_str().context("no id")?.to_owned();
    let rating = format!("/v1/ratings/{dark}");
    for rating_now in ["dislike", "like"] {
        let rated = viewer.send(Method::PUT, &rating, Some(json!({ "rating": rating_now }))).await?;
        assert_eq!((&rated["content_id"], &rated["rating"]), (&json!(dark), &json!(rating_now)));
    }
    let other_title = viewer.get("/v1/titles/stranger-things").await?["id"].clone();
    let (play, began) = (Uuid::now_v7(), now()?);
    viewer.watched(json!({ "play": play, "title_id": dark, "at": began, "eighth": 4, "position_ms": 50 })).await?;
    eventually("what was watched is known", SOON, async || Ok((viewer.entries().await?.len() == 1).then_some(())))
        .await?;

    let export = viewer.get("/v1/history/export").await?;
    assert_eq!((&export["entries"][0]["progress_pct"], &export["ratings"][0]["rating"]), (&json!(50), &json!("like")));
    assert_eq!(other.get("/v1/history/export").await?, json!({ "entries": [], "ratings": [] }));

    viewer.send(Method::DELETE, "/v1/history", None).await?;
    viewer.send(Method::DELETE, &rating, None).await?;
    // A moment of the deleted play that was late, then another play: events of a viewer keep their order.
    viewer.watched(json!({ "play": play, "title_id": dark, "at": began + 1, "eighth": 5, "position_ms": 60 })).await?;
    let next = json!({ "play": Uuid::now_v7(), "title_id": other_title, "at": now()?, "eighth": 2, "position_ms": 20 });
    viewer.watched(next).await?;
    let entries = eventually("the other play is known", SOON, async || {
        Ok(Some(viewer.entries().await?).filter(|entries| !entries.is_empty()))
    })
    .await?;
    assert!(entries.len() == 1 && entries[0]["content_id"] == other_title, "{entries:?}");
    assert_eq!(viewer.get("/v1/ratings").await?, json!({ "ratings": [] }));
    Ok(())
}
