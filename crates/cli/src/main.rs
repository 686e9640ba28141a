//! The `reel` command.

mod args;
mod audit;
mod billing;
mod bundle;
mod deploy;
mod edge;
mod events;
mod experiment;
mod grant;
mod import;
mod new;
mod openapi;
mod patient;
mod platform;
mod play;
mod publish;
mod release;
mod scorer;
mod seed;
mod titles;
mod train;
mod tree;
mod up;
mod verify;

use args::{Args, Command, ExperimentCommand};
use clap::Parser;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    log();
    if !matches!(args.command, Command::Up(_) | Command::Edge(_)) {
        end_with_the_reader();
    }
    match run(args.command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("reel: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Up(args) => up::run(args).await?,
        Command::Publish(args) => publish::run(args).await?,
        Command::Seed(args) => seed::run(args).await?,
        Command::Import(args) => import::run(args).await?,
        Command::Train(args) => train::run(args).await?,
        Command::Scorer(command) => scorer::run(command).await?,
        Command::Titles(args) => titles::run(args).await?,
        Command::Grant(args) => grant::run(args).await?,
        Command::Audit(args) => audit::run(args).await?,
        Command::Events(command) => events::run(command).await?,
        Command::Play(args) => play::run(args).await?,
        Command::Verify(args) => return verify::run(args).await,
        Command::Edge(args) => edge::run(args).await?,
        Command::Experiment(ExperimentCommand::Report(args)) => experiment::report(args).await?,
        Command::Openapi => openapi::run()?,
        Command::Billing(command) => billing::run(command).await?,
        Command::New(args) => new::run(&args)?,
        Command::Deploy(args) => deploy::run("deploy", &args)?,
        Command::Rollback(args) => deploy::run("rollback", &args)?,
        Command::Destroy(args) => deploy::run("destroy", &args)?,
        Command::DeadRecords(args) => deploy::run("dead-records", &args)?,
        Command::Release(args) => release::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `reel titles | head` ends quietly. What serves goes on when somebody stops reading.
fn end_with_the_reader() {
    // SAFETY: no handler is set, and none is needed for the default action.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// What nobody who called hears of goes to standard error: errors, or what `REEL_LOG` names.
fn log() {
    // An edge's cache complains of nothing but its own end.
    let wanted = EnvFilter::try_from_env("REEL_LOG").unwrap_or_else(|_| EnvFilter::new("error,foyer_storage=off"));
    let log = tracing_subscriber::fmt().with_env_filter(wanted).with_writer(std::io::stderr);
    // A log that cannot be written, for instance on a full disk, must not end who writes it.
    log.with_ansi(std::io::stderr().is_terminal()).log_internal_errors(false).init();
}
