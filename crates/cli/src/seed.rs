//! `reel seed`: announces the titles of a table, and simulates viewers.

mod table;
mod viewers;

use crate::args::SeedArgs;
use crate::platform::Platform;
use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use reel_api::content::{MAX_NEW_TITLES, NewTitle, NewTitles};
use serde::Serialize;
use std::fs::File;
use std::path::Path;

/// How many requests are under way at once.
const AT_ONCE: usize = 4;
/// How many refusals are told.
const TOLD: usize = 5;

/// What a seed came to.
#[derive(Debug, Default, Serialize)]
struct Seeded {
    announced: usize,
    there_before: usize,
    refused: Vec<String>,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    titles: Option<Seeded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewers: Option<viewers::Simulated>,
}

pub(crate) async fn run(args: SeedArgs) -> anyhow::Result<()> {
    let titles = args.file.as_deref().map(|file| read(file, args.limit)).transpose()?;
    let platform = Platform::sign_in(&args.platform).await?;
    let mut done = Done { titles: None, viewers: None };
    if let Some(titles) = titles {
        let seeded = announce(&platform, titles).await?;
        if !args.json {
            seeded.tell();
        }
        done.titles = Some(seeded);
    }
    if let Some(viewers) = args.audience.viewers {
        let simulated = viewers::run(&platform, viewers, &args.audience).await?;
        if !args.json {
            simulated.tell();
        }
        done.viewers = Some(simulated);
    }
    if args.json {
        println!("{}", serde_json::to_string(&done)?);
    }
    Ok(())
}

fn read(file: &Path, limit: Option<usize>) -> anyhow::Result<Vec<NewTitle>> {
    let table = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let titles = table::titles(table).with_context(|| format!("{} is no table of titles", file.display()))?;
    Ok(titles.into_iter().take(limit.unwrap_or(usize::MAX)).collect())
}

async fn announce(platform: &Platform, titles: Vec<NewTitle>) -> anyhow::Result<Seeded> {
    let bar =
        ProgressBar::new(titles.len() as u64).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} titles")?);
    let batches = stream::iter(titles.chunks(MAX_NEW_TITLES)).map(|titles| send(platform, titles));
    let seeded = batches.buffered(AT_ONCE).inspect_ok(|sent| bar.inc(sent.len() as u64));
    let seeded = seeded.try_fold(Seeded::default(), |all, sent| async { Ok(all.with(sent)) }).await;
    bar.finish_and_clear();
    seeded
}

async fn send(platform: &Platform, titles: &[NewTitle]) -> anyhow::Result<Seeded> {
    let batch = NewTitles { titles: titles.to_vec() };
    let entered = platform.client().enter_titles(&batch).await.context("the titles are not announced")?;
    let refused = titles.iter().zip(&entered.problems);
    let refused = refused.filter_map(|(title, problem)| Some(format!("{}: {}", title.name, problem.as_ref()?.detail)));
    let (announced, refused) = (entered.made as usize, refused.collect::<Vec<_>>());
    Ok(Seeded { announced, there_before: titles.len().saturating_sub(announced + refused.len()), refused })
}

impl Seeded {
    fn len(&self) -> usize {
        self.announced + self.there_before + self.refused.len()
    }

    fn tell(&self) {
        println!("{} titles are announced, {} were there before", self.announced, self.there_before);
        if !self.refused.is_empty() {
            println!("{} were refused, such as:", self.refused.len());
            self.refused.iter().take(TOLD).for_each(|refusal| println!("  {refusal}"));
        }
    }

    fn with(mut self, other: Self) -> Self {
        self.announced += other.announced;
        self.there_before += other.there_before;
        self.refused.extend(other.refused);
        self
    }
}
