//! `reel scorer`: a model of the operator's own, which ranks titles in place of the trained one.

use crate::args::{ScorerArgs, ScorerCommand, SetScorerArgs};
use crate::platform::Platform;
use anyhow::{Context, bail, ensure};
use reel_api::ranking::{MAX_SCORER, SCORER_PATIENCE_MS, Scorer, scorer_body};
use reel_api::{CallError, TitleId};
use std::path::Path;

pub(crate) async fn run(command: ScorerCommand) -> anyhow::Result<()> {
    match command {
        ScorerCommand::Set(args) => set(args).await,
        ScorerCommand::Show(args) => show(args).await,
        ScorerCommand::Remove(args) => remove(args).await,
    }
}

async fn set(args: SetScorerArgs) -> anyhow::Result<()> {
    let titles = titles(&read(&args.titles)?).with_context(|| args.titles.display().to_string())?;
    let body = scorer_body(&titles, &read(&args.model)?);
    ensure!(
        body.len() <= MAX_SCORER,
        "the titles and the model have {} bytes together, and at most {MAX_SCORER} are taken: a model of 8-bit weights \
         needs fewer",
        body.len()
    );
    let platform = Platform::sign_in(&args.platform).await?;
    let scorer = platform.client().set_scorer(body.into()).await.context("the scorer is not set")?;
    if scorer.milliseconds > SCORER_PATIENCE_MS as f64 / 4.0 {
        eprintln!(
            "a first page waits {SCORER_PATIENCE_MS} ms for some histories together, else the trained model ranks: this \
             one is slow"
        );
    }
    print(&scorer, args.json)
}

async fn show(args: ScorerArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    match platform.client().scorer().await {
        Ok(scorer) => print(&scorer, args.json)?,
        Err(CallError::Problem(problem)) if problem.status == 404 && args.json => println!("null"),
        Err(CallError::Problem(problem)) if problem.status == 404 => println!("{}", problem.detail),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn remove(args: ScorerArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    platform.client().remove_scorer().await.context("the scorer is not removed")?;
    println!("{}", if args.json { "{}" } else { "no scorer is set: titles are ranked as trained" });
    Ok(())
}

fn print(scorer: &Scorer, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(scorer)?);
        return Ok(());
    }
    let Scorer { version, titles, bytes, milliseconds } = scorer;
    println!("scorer {version}: {titles} titles, {bytes} bytes, {milliseconds:.1} ms for a history");
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The ids of a file, one a line; empty lines at its end are none.
fn titles(text: &[u8]) -> anyhow::Result<Vec<TitleId>> {
    let mut titles = Vec::new();
    for (line, at) in String::from_utf8_lossy(text).trim_end().lines().zip(1..) {
        match line.trim().parse() {
            Ok(id) => titles.push(id),
            Err(_) => bail!("line {at} is the id of a title, as `reel titles --json` prints it, not {line:?}"),
        }
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_ids_one_a_line() {
        let ids = [1, 2].map(|n| TitleId::new(n, &[n as u8; 10]));
        assert_eq!(titles(format!("{}\r\n{}\n\n", ids[0], ids[1]).as_bytes()).unwrap(), ids);
        let error = titles(format!("{}\nsintel\n", ids[0]).as_bytes()).unwrap_err().to_string();
        assert!(error.contains("line 2 is the id of a title") && error.contains("sintel"), "{error}");
        assert!(titles(b"").unwrap().is_empty());
    }
}
