//! The main job as a client does it, over HTTP: the same against a platform of this machine and
//! against a deployed stack, by its base URL alone.

use anyhow::{Context, Result, ensure};
use reel_tests::{Film, Service, Web, eventually};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Events become history, and edges known, soon after; nothing here takes longer.
const SOON: Duration = Duration::from_secs(60);

async fn json_of(web: &Web, path: &str, token: &str) -> Result<Value> {
    let answer = web.get(path, token).await?;
    let (status, text) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "{path} answers {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("{path} answers {text}"))
}

async fn playback(web: &Web, slug: &str, token: &str) -> Result<Value> {
    json_of(web, &format!("/playback?contentId={slug}&device=browser"), token).await
}

/// The key of the pictures, as a player asks for it.
async fn licence(web: &Web, playback: &Value) -> Result<Value> {
    let url = |name: &str| playback[name].as_str().with_context(|| format!("no {name}: {playback}"));
    let manifest = web.get(url("dash_url")?, "").await?.error_for_status()?.text().await?;
    let kid = manifest.split("default_KID=\"").nth(1).and_then(|rest| rest.split('"').next());
    let kid: Uuid = kid.context("the manifest names no key")?.parse()?;
    let kid = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, kid.as_bytes());
    let request = json!({ "kids": [kid], "type": "temporary" });
    let answer = web.post(url("license_url")?, &request).await?.error_for_status()?;
    let licence: Value = answer.json().await?;
    ensure!(licence["keys"][0]["kid"] == kid, "{licence}");
    Ok(licence)
}

/// Tells that a viewer came half way.
async fn watch_half(web: &Web, title: &Value, duration_ms: u64, token: &str) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
    let play = Uuid::now_v7();
    let event = |kind: &str, more: Value| {
        let mut event = json!({ "id": Uuid::now_v7(), "type": kind, "v": 1, "at": now, "play": play,
            "title_id": title, "device": "browser" });
        if let Some((event, more)) = event.as_object_mut().zip(more.as_object()) {
            event.extend(more.clone());
        }
        event
    };
    let begun = event("play_start", json!({ "position_ms": 0 }));
    let half = json!({ "eighth": 4, "position_ms": duration_ms.div_ceil(2), "duration_ms": duration_ms });
    let batch = json!({ "events": [begun, event("view_segment", half), { "type": "nonsense" }] });
    let sent = web.request(reqwest::Method::POST, "/v1/events").bearer_auth(token).json(&batch).send().await?;
    let answer: Value = sent.error_for_status()?.json().await?;
    ensure!(answer["accepted"] == 2 && answer["rejected"][0]["index"] == 2, "{answer}");
    Ok(())
}

fn holds(rows: &Value, row: &str, title: &Value) -> bool {
    let rows = rows["rows"].as_array().into_iter().flatten().filter(|found| found["id"] == row);
    rows.flat_map(|row| row["items"].as_array().cloned().unwrap_or_default()).any(|card| card["title"]["id"] == *title)
}

#[tokio::test]
async fn a_film_is_published_and_a_viewer_signs_up_plays_and_comes_back() -> Result<()> {
    let (service, film) = (Service::find()?, Film::trailer()?);
    let name = format!("Journey {}", Uuid::now_v7().simple());
    let published = service.json(&["publish", film.arg(), "--title", &name, "--genre", "Animation"])?;
    assert_eq!(published["frames"], film.frames()?, "every frame of the source's grid is delivered");
    assert_eq!(published["renditions"], 5, "four pictures and one sound");
    let (title, slug) = (&published["title_id"], published["slug"].as_str().context("no slug")?);
    let verdict = service.json(&["verify", slug])?;
    assert!(verdict["ok"] == true && verdict["renditions"][0]["frames_sha256"].is_string(), "{verdict}");
    assert_eq!(verdict["problems"], json!([]));
    let report = service.json(&["play", slug, "--seconds", "12"])?;
    assert_eq!(
        (report["stalls"].as_u64(), report["segments"].as_array().map(Vec::len)),
        (Some(0), Some(3)),
        "{report}"
    );
    assert!(report["startup_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{report}");

    let web = service.web()?;
    let token = web.sign_up(&format!("{}@example.org", Uuid::now_v7().simple())).await?;
    let before = playback(&web, slug, &token).await?;
    assert_eq!(before["resume_ms"], 0);
    assert_eq!(licence(&web, &before).await?["keys"][0]["kty"], "oct");

    let duration = before["duration_ms"].as_u64().context("no duration")?;
    watch_half(&web, title, duration, &token).await?;
    let after = eventually("where the viewer stopped is known", SOON, async || {
        Ok(Some(playback(&web, slug, &token).await?).filter(|after| after["resume_ms"] != 0))
    });
    assert_eq!(after.await?["resume_ms"], duration.div_ceil(2));
    let history = json_of(&web, "/v1/history", &token).await?;
    let entry = &history["entries"][0];
    assert!(entry["content_id"] == *title && entry["progress_pct"] == 50, "{history}");

    let home = json_of(&web, "/v1/home", &token).await?;
    assert!(holds(&home, "continue-watching", title), "{home}");
    json_of(&web, &format!("/v1/titles/{slug}/similar"), &token).await?;
    Ok(())
}

#[tokio::test]
async fn segments_come_through_an_edge() -> Result<()> {
    let (service, film) = (Service::find()?, Film::generated(320, 180, 12)?);
    let name = format!("Edge {}", Uuid::now_v7().simple());
    let published = service.json(&["publish", film.arg(), "--title", &name])?;
    let slug = published["slug"].as_str().context("no slug")?;

    // A platform of this machine has an edge; a stack gets one.
    let _edge = service.is_deployed().then(|| service.edge("isp-test")).transpose()?;
    let web = service.web()?;
    let token = web.sign_up(&format!("{}@example.org", Uuid::now_v7().simple())).await?;
    eventually("an ISP edge is ranked first", SOON, async || {
        let playback = playback(&web, slug, &token).await?;
        Ok(Some(playback).filter(|found| found["pathways"][0]["id"].as_str().is_some_and(|id| id.starts_with("isp"))))
    })
    .await?;
    let play = || service.json(&["play", slug, "--seconds", "8"]);
    play()?;
    let report = play()?;
    let segments = report["segments"].as_array().context("no segments")?;
    assert_eq!((report["stalls"].as_u64(), segments.len()), (Some(0), 2), "{report}");
    for segment in segments {
        assert!(segment["edge"].as_str().is_some_and(|edge| edge.starts_with("isp")), "{report}");
        assert_eq!(segment["cache"], "hit", "what was played before is in the edge's cache: {report}");
    }
    Ok(())
}
