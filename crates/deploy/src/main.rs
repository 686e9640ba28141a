//! `reel-deploy`: puts Reel on AWS, and takes it away again. `reel deploy` and its like start it.

mod alone;
mod api;
mod args;
mod ask;
mod build;
mod changes;
mod dead;
mod front;
mod keys;
mod lambda;
mod live;
mod machine;
mod names;
mod package;
mod policy;
#[cfg(test)]
mod reach;
mod rollout;
mod stack;
mod storage;
mod store;
mod template;
mod told;
mod watch;

use anyhow::{Context, bail};
use args::{Args, Command, Deploy, Destroy, Keys, Rollback, Where};
use clap::Parser;
use dead::DeadRecords;
use package::{Built, Package};
use reel_app::App;
use rollout::Rollout;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::ExitCode;
use template::Source;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = EnvFilter::try_from_env("REEL_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(wanted).with_writer(std::io::stderr).init();
    match run(Args::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reel-deploy: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Deploy(args) => deploy(&args).await,
        Command::Destroy(args) => destroy(&args).await,
        Command::Rollback(args) => rollback(&args).await,
        Command::Keys(args) => keys(&args).await,
        Command::DeadRecords(args) => dead_records(&args).await,
        Command::Template(place) => {
            let app = app(&place)?;
            println!("{:#}", of(&place, &app, &built(&place).pack(&app)?)?);
            Ok(())
        }
    }
}

async fn deploy(args: &Deploy) -> anyhow::Result<()> {
    let Deploy { function, canary, promote, cloudfront, yes, no_build, place } = args;
    if !no_build && !promote {
        return build::and_start_again(&place.tree);
    }
    let app = app(place)?;
    let rollout = Rollout::open(&place.aws().await, &place.stage, place.endpoint.clone()).await?;
    match function {
        None => {
            let packages = built(place).pack(&app)?;
            let template = of(place, &app, &packages)?;
            println!("{}", rollout.whole(&app, &packages, &template, *cloudfront, *yes).await?);
        }
        Some(function) if *promote => println!("{function}: {}", rollout.promote(function).await?),
        Some(function) => {
            if !app.functions.contains_key(function) {
                let names: Vec<_> = app.functions.keys().map(String::as_str).collect();
                bail!("there is no function {function}: there are {}", names.join(", "));
            }
            let package = built(place).pack_one(&app, function)?;
            // The others are taken as they are: their packages are not looked at.
            let others = app.functions.keys().map(|name| (name.clone(), Package { key: "".into(), bytes: vec![] }));
            let template = of(place, &app, &others.collect())?;
            println!("{function}: {}", rollout.alone(function, &package, &template, *canary).await?);
        }
    }
    Ok(())
}

async fn destroy(Destroy { yes, place }: &Destroy) -> anyhow::Result<()> {
    let app = app(place)?;
    let what = if place.stage.keeps() { "what it stores stays" } else { "what it stores is deleted" };
    if !ask::agreed(&format!("delete the stage {}? {what}.", place.stage.name()), *yes)? {
        bail!("nothing was deleted");
    }
    let rollout = Rollout::open(&place.aws().await, &place.stage, place.endpoint.clone()).await?;
    rollout.destroy(&storage::buckets(&app)).await
}

async fn rollback(Rollback { function, place }: &Rollback) -> anyhow::Result<()> {
    let rollout = Rollout::open(&place.aws().await, &place.stage, place.endpoint.clone()).await?;
    println!("{function}: {}", rollout.rollback(function).await?);
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

async fn dead_records(args::DeadRecords { stream, replay, place }: &args::DeadRecords) -> anyhow::Result<()> {
    let records = DeadRecords::new(&place.aws().await, &place.stage, stream);
    match replay {
        true => println!("{} records are in {stream} again", records.replay().await?),
        false => records.list(|record| println!("{record}")).await?,
    }
    Ok(())
}

fn app(place: &Where) -> anyhow::Result<App> {
    Ok(App::read(&place.tree.join("reel.toml"))?)
}

fn built(place: &Where) -> Built {
    let target = place.tree.join("target");
    Built {
        programs: target.join("lambda"),
        components: target.join("wasm32-wasip2/component"),
        ffmpeg: place.tree.join(".cache/ffmpeg"),
    }
}

fn of(place: &Where, app: &App, packages: &BTreeMap<String, Package>) -> anyhow::Result<Value> {
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
