//! `reel seed`: announces the titles of a table, and simulates viewers.

mod viewers;

use crate::args::SeedArgs;
use crate::import;
use crate::platform::Platform;
use reel_api::content::ImportReport;
use serde::Serialize;

/// How many refusals are told.
const TOLD: usize = 5;

/// What a seed came to.
#[derive(Debug, Default, Serialize)]
struct Seeded {
    announced: u64,
    there_before: u64,
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
    let titles = args.file.as_deref().map(import::read).transpose()?;
    let platform = Platform::sign_in(&args.platform).await?;
    let mut done = Done { titles: None, viewers: None };
    if let Some(mut titles) = titles {
        titles.truncate(args.limit.unwrap_or(usize::MAX));
        import::announce(&mut titles);
        let seeded = Seeded::from(import::send(&platform, titles).await?);
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

impl From<ImportReport> for Seeded {
    fn from(report: ImportReport) -> Self {
        let refused = report.faults.iter().map(|fault| {
            let name = fault.name.clone().unwrap_or_else(|| format!("row {}", fault.row));
            format!("{name}: {} {}; {}", fault.column, fault.wrong, fault.right)
        });
        let refused = refused.collect();
        Self { announced: report.made, there_before: report.updated + report.unchanged, refused }
    }
}

impl Seeded {
    fn tell(&self) {
        println!("{} titles are announced, {} were there before", self.announced, self.there_before);
        if !self.refused.is_empty() {
            println!("{} were refused, such as:", self.refused.len());
            self.refused.iter().take(TOLD).for_each(|refusal| println!("  {refusal}"));
        }
    }
}
