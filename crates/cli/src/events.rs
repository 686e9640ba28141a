//! `reel events`: what players tell, on its way and counted.

mod dead;
mod export;
mod report;
mod tail;

use crate::args::{EventsCommand, ReplayArgs, StreamsArgs};
use crate::platform::Platform;
use reel_api::streams::{Replay, Stream};

pub(crate) async fn run(command: EventsCommand) -> anyhow::Result<()> {
    match command {
        EventsCommand::Report(args) => report::run(args).await,
        EventsCommand::Streams(args) => streams(args).await,
        EventsCommand::Tail(args) => tail::run(args).await,
        EventsCommand::Dead(args) => dead::run(args).await,
        EventsCommand::Replay(args) => replay(args).await,
        EventsCommand::Export(args) => export::run(args).await,
    }
}

async fn streams(args: StreamsArgs) -> anyhow::Result<()> {
    let streams = Platform::sign_in(&args.platform).await?.client().streams().await?;
    if args.json {
        println!("{}", serde_json::to_string(&streams)?);
        return Ok(());
    }
    for stream in streams.streams {
        print!("{}", lines(&stream));
    }
    Ok(())
}

/// A stream and, below it, each of its consumers.
fn lines(stream: &Stream) -> String {
    let Stream { name, last, dead, .. } = stream;
    let mut lines = format!("{name}: {last} records, {dead} dead\n");
    for consumer in &stream.consumers {
        let behind = last.saturating_sub(consumer.position);
        let state = if behind == 0 { "has read all".to_owned() } else { format!("is {behind} behind") };
        lines += &format!("  {:<16} {state}\n", consumer.name);
    }
    lines
}

async fn replay(args: ReplayArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let replay = Replay { after: args.after, since: args.since };
    let replayed = platform.client().replay(&args.stream, &args.consumer, &replay).await?;
    if args.json {
        println!("{}", serde_json::to_string(&replayed)?);
        return Ok(());
    }
    println!("{} stood at {} and reads {} again after {}", args.consumer, replayed.from, args.stream, replayed.after);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::streams::Consumer;

    #[test]
    fn a_consumer_says_how_far_behind_it_is() {
        let consumer = |name: &str, position| Consumer { name: name.into(), position };
        let consumers = vec![consumer("history", 9), consumer("archive", 4)];
        let stream = Stream { name: "playback".into(), last: 9, consumers, dead: 1 };
        assert_eq!(
            lines(&stream),
            "playback: 9 records, 1 dead\n  history          has read all\n  archive          is 5 behind\n"
        );
    }
}
