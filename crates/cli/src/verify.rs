//! `reel verify`: checks that a title is complete and right.

use crate::args::VerifyArgs;
use crate::platform::Platform;
use std::process::ExitCode;

pub(crate) async fn run(args: VerifyArgs) -> anyhow::Result<ExitCode> {
    let platform = Platform::sign_in(&args.platform).await?;
    let title = platform.find(&args.title).await?;
    let verdict = reel_player::verify(platform.base(), &platform.token(), &title.id.to_string()).await?;
    if args.json {
        println!("{}", serde_json::to_string(&verdict)?);
    } else {
        for r in &verdict.renditions {
            println!(
                "{:<14} {:<14} {:>5} segments {:>7} frames {:>9.3} s {:>11} bytes",
                r.name, r.codec, r.segments, r.frames, r.duration_s, r.bytes
            );
        }
        verdict.unchecked.iter().for_each(|what| println!("not checked: {what}"));
        verdict.problems.iter().for_each(|problem| println!("problem: {problem}"));
        println!("{}", if verdict.ok { "complete and right" } else { "not right" });
    }
    Ok(if verdict.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
