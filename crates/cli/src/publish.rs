//! `reel publish`: uploads a film, follows its encoding, and returns when it plays.

mod progress;
mod upload;

use crate::args::PublishArgs;
use crate::platform::Platform;
use anyhow::Context;
use progress::Bars;
use reel_api::content::NewTitle;
use reel_api::ingest::Encoding;
use reel_api::{CallError, RevisionId, TitleId};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(500);
/// How long a platform may not answer while it encodes: it may be starting again.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a publish came to.
#[derive(Serialize)]
pub(crate) struct Published {
    pub(crate) title_id: TitleId,
    pub(crate) revision: RevisionId,
    pub(crate) slug: String,
    pub(crate) frames: u64,
    pub(crate) renditions: u32,
    pub(crate) seconds: f64,
}

pub(crate) async fn run(args: PublishArgs) -> anyhow::Result<()> {
    anyhow::ensure!(args.file.is_file(), "{} is not a file: name a film", args.file.display());
    let platform = Platform::sign_in(&args.platform).await?;
    let title = NewTitle {
        id: args.title_id,
        name: args.title,
        slug: args.slug,
        description: args.description,
        year: args.year,
        genres: args.genres,
        credit: args.credit,
        maturity: args.maturity,
        ..NewTitle::default()
    };
    let published = publish(&platform, &args.file, &title).await?;
    if args.json {
        println!("{}", serde_json::to_string(&published)?);
    } else {
        let Published { slug, frames, renditions, seconds, .. } = published;
        println!(
            "{} can be played: {frames} frames in {renditions} renditions, after {seconds:.1} s (reel play {slug})",
            title.name
        );
    }
    Ok(())
}

/// Publishes a film and shows a bar for each stage on standard error.
pub(crate) async fn publish(platform: &Platform, file: &Path, title: &NewTitle) -> anyhow::Result<Published> {
    let begun = Instant::now();
    let bars = Bars::new();
    let film = upload::Film::open(file)?;
    let made = platform.client().create_title(title).await.context("the title was not made")?;
    let encoding = upload::send(platform, &film, made.id, &bars).await?;
    let encoding = follow(platform, encoding, &bars).await?;
    Ok(Published {
        title_id: made.id,
        revision: encoding.revision,
        slug: made.slug,
        frames: encoding.frames.unwrap_or(0),
        renditions: encoding.renditions.unwrap_or(0),
        seconds: begun.elapsed().as_secs_f64(),
    })
}

async fn follow(platform: &Platform, mut encoding: Encoding, bars: &Bars) -> anyhow::Result<Encoding> {
    let mut heard = Instant::now();
    loop {
        bars.show(&encoding.stages);
        match encoding.status.as_str() {
            "running" => tokio::time::sleep(POLL).await,
            "succeeded" => return Ok(encoding),
            _ => anyhow::bail!("{}", encoding.failure.unwrap_or_else(|| "the encoding failed".into())),
        }
        match platform.client().encoding(encoding.title_id, encoding.revision).await {
            Ok(now) => (encoding, heard) = (now, Instant::now()),
            Err(CallError::Transport(_)) if heard.elapsed() < PATIENCE => {}
            Err(error) => return Err(error).context("the encoding goes on, but how far it is cannot be learned"),
        }
    }
}
