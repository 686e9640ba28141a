//! `reel events dead`.

use crate::args::DeadArgs;
use crate::platform::Platform;
use reel_api::streams::DeadRecord;

pub(crate) async fn run(args: DeadArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    if args.send_again {
        let sent = platform.client().send_dead_again(&args.stream).await?;
        match args.json {
            true => println!("{}", serde_json::to_string(&sent)?),
            false => println!("{} records are in {} again", sent.sent, args.stream),
        }
        return Ok(());
    }
    let dead = platform.client().dead_records(&args.stream).await?;
    if args.json {
        println!("{}", serde_json::to_string(&dead)?);
        return Ok(());
    }
    if dead.records.is_empty() {
        println!("every record of {} was handled", args.stream);
    }
    dead.records.iter().for_each(|record| println!("{}", lines(record)));
    Ok(())
}

fn lines(record: &DeadRecord) -> String {
    let DeadRecord { put_aside_at, reason, position, data, .. } = record;
    let again = if record.sent_again { ", sent again since" } else { "" };
    format!("{position:>8} {put_aside_at} {reason}{again}\n         {data}")
}
