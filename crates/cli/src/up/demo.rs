//! The demo: an account to sign in with, and a film, on a platform that is new.

use crate::platform::Platform;
use crate::publish::publish;
use anyhow::{Context, ensure};
use reel_api::Role;
use reel_api::auth::KeyGrant;
use reel_api::content::{NewTitle, Titles};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

const EMAIL: &str = "demo@reel.localhost";

/// What a person signs in with.
#[derive(Serialize, Clone)]
pub(crate) struct Demo {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Makes the demo account, or finds it as it was made.
pub(crate) async fn account(platform: &Platform, key: &str, password: String) -> anyhow::Result<Demo> {
    let grant = KeyGrant { key: key.into(), email: EMAIL.into(), role: Role::Editor, password: Some(password.clone()) };
    platform.client().token_for_key(&grant).await.context("the demo account was not made")?;
    Ok(Demo { email: EMAIL.into(), password })
}

/// Publishes the demo film on a platform without titles.
pub(crate) async fn film(platform: &Platform, given: Option<PathBuf>) -> anyhow::Result<()> {
    let titles: Titles = platform.client().get("/v1/titles?status=all").await?;
    let Some(id) = unfinished_or_new(&titles) else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let film = match given {
        Some(film) => film,
        None => generate(folder.path()).await?,
    };
    let title = NewTitle { id, ..described(&film)? };
    eprintln!("publishing the demo film, {} (once)", title.name);
    publish(platform, &film, &title).await.context("the demo film was not published")?;
    Ok(())
}

/// `Some(None)` for a new title, `Some(id)` for the demo that a kill left unfinished.
fn unfinished_or_new(titles: &Titles) -> Option<Option<reel_api::TitleId>> {
    use reel_api::content::TitleStatus::{Draft, Encoding};
    match &titles.titles[..] {
        [] => Some(None),
        [only] if matches!(only.status, Draft | Encoding) => Some(Some(only.id)),
        _ => None,
    }
}

/// The title that the file beside the film describes.
fn described(film: &Path) -> anyhow::Result<NewTitle> {
    let path = film.with_extension("json");
    if !path.is_file() {
        let name = film.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(serde_json::from_value(serde_json::json!({ "name": name }))?);
    }
    let text = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} does not describe a title", path.display()))
}

/// Half a minute of bars, numbers and a tone.
async fn generate(folder: &Path) -> anyhow::Result<PathBuf> {
    let film = folder.join("test-pattern.mp4");
    let mut ffmpeg = Command::new(reel_ffmpeg::Program::Ffmpeg.path());
    let inputs = "-f lavfi -i testsrc2=size=1280x720:rate=24 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 32";
    let output = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac";
    ffmpeg.args(["-v", "error", "-nostdin"]).args(inputs.split(' ')).args(output.split(' ')).arg(&film);
    let made = ffmpeg.stdin(Stdio::null()).kill_on_drop(true).output().await.context("ffmpeg cannot be started")?;
    ensure!(made.status.success(), "ffmpeg made no demo film: {}", String::from_utf8_lossy(&made.stderr));
    Ok(film)
}
