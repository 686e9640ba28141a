//! `reel titles`.

use crate::args::TitlesArgs;
use crate::platform::Platform;
use reel_api::content::{Title, TitleKind, TitleStatus, Titles};

pub(crate) async fn run(args: TitlesArgs) -> anyhow::Result<()> {
    let titles = all(&Platform::sign_in(&args.platform).await?).await?;
    if args.json {
        println!("{}", serde_json::json!({ "titles": titles }));
        return Ok(());
    }
    if titles.is_empty() {
        println!("there is no title yet: `reel publish FILE --title NAME` makes one");
    }
    titles.iter().for_each(|title| println!("{}", line(title)));
    Ok(())
}

async fn all(platform: &Platform) -> anyhow::Result<Vec<Title>> {
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Titles = platform.client().get(&format!("/v1/titles?status=all{cursor}")).await?;
        titles.extend(page.titles);
        match page.cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(titles),
        }
    }
}

fn line(title: &Title) -> String {
    let seconds = title.duration_ms.unwrap_or(0) / 1_000;
    let status = match (title.status, &title.failure) {
        (TitleStatus::Published, _) if title.kind == TitleKind::Series => "series".into(),
        (TitleStatus::Published, _) => format!("{}:{:02}", seconds / 60, seconds % 60),
        (TitleStatus::Encoding, _) => "encoding".into(),
        (TitleStatus::Draft, _) => "draft".into(),
        (TitleStatus::Announced, _) => "announced".into(),
        (TitleStatus::Scheduled, _) => {
            format!("scheduled: {}", title.publish_at.map(reel_api::rfc3339).unwrap_or_default())
        }
        (TitleStatus::Withdrawn, _) => "withdrawn".into(),
        (TitleStatus::Failed, reason) => format!("failed: {}", reason.as_deref().unwrap_or("unknown")),
    };
    format!("{:<32} {:<24} {status}", title.name, title.slug)
}
