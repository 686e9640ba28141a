//! `reel-costs [PRICES LOAD]`: prints what Reel costs on AWS.

use anyhow::{Context, bail};
use reel_costs::{Loads, Prices, report};
use std::process::ExitCode;

const USAGE: &str = "\
reel-costs [PRICES LOAD]

Prints what a month of Reel costs on AWS, in Markdown: for each load, for the front doors, for delivery, and for
encoding one film. PRICES and LOAD are the files of prices and of assumptions [default: infra/prices.toml
infra/load.toml].";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("reel-costs: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (prices, load) = match arguments[..] {
        ["-h" | "--help"] => return Ok(USAGE.into()),
        [] => ("infra/prices.toml", "infra/load.toml"),
        [prices, load] => (prices, load),
        _ => bail!("it takes no files, or two: reel-costs PRICES LOAD"),
    };
    let read = |file: &str| std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"));
    let prices = Prices::parse(&read(prices)?).with_context(|| format!("{prices} is wrong"))?;
    let loads = Loads::parse(&read(load)?).with_context(|| format!("{load} is wrong"))?;
    Ok(report(&loads, &prices).trim_end().into())
}
