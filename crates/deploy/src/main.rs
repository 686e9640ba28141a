//! `reel-deploy`: puts Reel on AWS, and takes it away again.

mod api;
mod front;
mod keys;
mod lambda;
mod machine;
mod names;
mod package;
mod policy;
mod rollout;
mod storage;
mod template;
mod watch;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use names::Stage;
use package::{Built, Package};
use reel_app::App;
use reel_backend_aws::client::Aws;
use rollout::Rollout;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use template::Source;

#[derive(Parser)]
#[command(name = "reel-deploy", version, about = "Put Reel on AWS, or on LocalStack, and take it away again")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the stage what this tree is: send what changed, show the changes, make them
    Up(Where),
    /// Delete the stage and what it stores (a stage named prod… keeps what it stores)
    Down(Where),
    /// Print the CloudFormation template
    Template(Where),
    /// Write the operator's key and the edges' into a folder: `reel publish --data FOLDER` and edges use them
    Keys(Keys),
}

#[derive(Args)]
struct Keys {
    /// The folder [default: .reel-STAGE]
    #[arg(long)]
    to: Option<PathBuf>,

    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
struct Where {
    /// Which deployment in the account
    #[arg(long, default_value = "dev", value_parser = Stage::named)]
    stage: Stage,

    /// Where AWS is, for an emulator such as LocalStack
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    endpoint: Option<String>,

    /// The tree of Reel, built by script/build and script/build aws
    #[arg(long, default_value = ".")]
    tree: PathBuf,
}

impl Where {
    async fn aws(&self) -> Aws {
        match &self.endpoint {
            Some(endpoint) => Aws::emulator(endpoint).await,
            None => Aws::from_env().await,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reel-deploy: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Up(place) => up(&place).await,
        Command::Down(place) => down(&place).await,
        Command::Keys(args) => keys(&args).await,
        Command::Template(place) => {
            let (app, packages) = packed(&place.tree)?;
            println!("{:#}", of(&place, &app, &packages)?);
            Ok(())
        }
    }
}

async fn up(place: &Where) -> anyhow::Result<()> {
    let (app, packages) = packed(&place.tree)?;
    let template = of(place, &app, &packages)?;
    let rollout = Rollout::open(&place.aws().await, &place.stage, place.endpoint.clone()).await?;
    rollout.send(&packages).await?;
    println!("{}", rollout.apply(&template).await?);
    Ok(())
}

async fn keys(Keys { to, place }: &Keys) -> anyhow::Result<()> {
    let aws = place.aws().await;
    let url = Rollout::open(&aws, &place.stage, place.endpoint.clone()).await?.url().await?;
    let folder = to.clone().unwrap_or_else(|| format!(".reel-{}", place.stage.name()).into());
    keys::write(&aws, &place.stage, &url, &folder).await?;
    println!("{}", folder.display());
    Ok(())
}

async fn down(place: &Where) -> anyhow::Result<()> {
    let app = App::read(&place.tree.join("reel.toml"))?;
    let rollout = Rollout::open(&place.aws().await, &place.stage, place.endpoint.clone()).await?;
    rollout.destroy(&storage::buckets(&app)).await
}

fn packed(tree: &Path) -> anyhow::Result<(App, BTreeMap<String, Package>)> {
    let app = App::read(&tree.join("reel.toml"))?;
    let target = tree.join("target");
    let (programs, components) = (target.join("lambda"), target.join("wasm32-wasip2/component"));
    let packages = Built { programs, components, ffmpeg: tree.join(".cache/ffmpeg") }.pack(&app)?;
    Ok((app, packages))
}

fn of(place: &Where, app: &App, packages: &BTreeMap<String, Package>) -> anyhow::Result<serde_json::Value> {
    let definition = |(name, workflow): (&String, &reel_app::Workflow)| {
        let path = place.tree.join(&workflow.definition);
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let json = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        anyhow::Ok((name.clone(), json))
    };
    let definitions = app.workflows.iter().map(definition).collect::<Result<_, _>>()?;
    let packages = packages.iter().map(|(name, package)| (name.clone(), package.key.clone())).collect();
    let source = Source { stage: &place.stage, app, packages: &packages, definitions: &definitions };
    template::template(&source).map_err(anyhow::Error::msg)
}
