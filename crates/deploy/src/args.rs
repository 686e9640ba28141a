//! The command line, as `--help` teaches it.

use crate::names::Stage;
use clap::{Args as ClapArgs, Parser, Subcommand, value_parser};
use reel_backend_aws::client::Aws;
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "reel-deploy", version, about = "Put Reel on AWS, or on LocalStack, and take it away again")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the stage what this tree is, or give one function its new code
    ///
    /// Builds, sends what changed, shows the changes, asks on a terminal, makes them, and prints
    /// the address. What was cut off is taken up by the same command.
    #[command(after_help = "\
One function alone, with its code and nothing else:
  reel deploy playback                 for all calls
  reel deploy playback --canary 10     for ten of a hundred
  reel deploy playback --promote       gives the canary all calls
  reel rollback playback               takes back the canary, or the last version")]
    Deploy(Deploy),
    /// Delete the stage and what it stores (a stage named prod… keeps what it stores)
    Destroy(Destroy),
    /// Give a function's calls back to the version before, at once; ends a canary
    Rollback(Rollback),
    /// Show the records of a stream that its consumers could not handle, a line of JSON each
    DeadRecords(DeadRecords),
    /// Print the CloudFormation template
    Template(Where),
    /// Write the operator's key and the edges' into a folder: `reel publish --data FOLDER` and edges use them
    Keys(Keys),
}

#[derive(ClapArgs)]
pub(crate) struct Deploy {
    /// Send this function alone [default: the whole stage]
    pub(crate) function: Option<String>,

    /// Give the new version so many of a hundred calls
    #[arg(long, value_name = "PERCENT", requires = "function", value_parser = value_parser!(u8).range(1..=99))]
    pub(crate) canary: Option<u8>,

    /// Give the function's canary all calls; nothing is built or sent
    #[arg(long, requires = "function", conflicts_with = "canary")]
    pub(crate) promote: bool,

    /// Put CloudFront in front of the segments, for a start without edges; without this it goes
    #[arg(long, conflicts_with = "function")]
    pub(crate) cloudfront: bool,

    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,

    /// Take what script/build aws has built before
    #[arg(long)]
    pub(crate) no_build: bool,

    #[command(flatten)]
    pub(crate) place: Where,
}

#[derive(ClapArgs)]
pub(crate) struct Destroy {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) place: Where,
}

#[derive(ClapArgs)]
pub(crate) struct Rollback {
    /// The function
    pub(crate) function: String,

    #[command(flatten)]
    pub(crate) place: Where,
}

#[derive(ClapArgs)]
pub(crate) struct DeadRecords {
    /// The stream, for example `playback`
    pub(crate) stream: String,

    /// Send those back into the stream that were not sent back yet, once their consumer is mended
    #[arg(long)]
    pub(crate) replay: bool,

    #[command(flatten)]
    pub(crate) place: Where,
}

#[derive(ClapArgs)]
pub(crate) struct Keys {
    /// The folder [default: .reel-STAGE]
    #[arg(long)]
    pub(crate) to: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) place: Where,
}

#[derive(ClapArgs)]
pub(crate) struct Where {
    /// Which deployment in the account
    #[arg(long, default_value = "dev", value_parser = Stage::named)]
    pub(crate) stage: Stage,

    /// Where AWS is, for an emulator such as LocalStack
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    pub(crate) endpoint: Option<String>,

    /// The tree of Reel
    #[arg(long, default_value = ".")]
    pub(crate) tree: PathBuf,
}

impl Where {
    pub(crate) async fn aws(&self) -> Aws {
        match &self.endpoint {
            Some(endpoint) => Aws::emulator(endpoint).await,
            None => Aws::from_env().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn a_canary_is_of_one_function_and_of_some_calls() {
        let parse = |args: &[&str]| {
            Args::try_parse_from(["reel-deploy", "deploy"].iter().chain(args).copied())
                .map(|_| ())
                .map_err(|e| e.kind())
        };
        assert_eq!(parse(&["playback", "--canary", "10"]), Ok(()));
        assert_eq!(parse(&["--canary", "10"]), Err(ErrorKind::MissingRequiredArgument));
        assert_eq!(parse(&["playback", "--canary", "100"]), Err(ErrorKind::ValueValidation));
        assert_eq!(parse(&["playback", "--canary", "10", "--promote"]), Err(ErrorKind::ArgumentConflict));
    }
}
