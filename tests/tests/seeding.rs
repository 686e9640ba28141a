//! Simulated viewers, on a platform of this machine: what they did is there, and doing it again changes nothing.

use anyhow::{Context, Result};
use reel_operator::Operator;
use reel_tests::{Platform, Web, eventually};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// What was told is known everywhere within this.
const SOON: Duration = Duration::from_secs(60);
const GENRES: [&str; 6] = ["Dramas", "Comedies", "Horror", "Kids' TV", "Documentaries", "Sci-Fi"];

/// Tokens for the first profiles of the simulated households.
async fn tokens(platform: &Platform, web: &Web, households: u64) -> Result<Vec<String>> {
    let key = Operator::read(platform.data()).context("no operator.json")?.key;
    let mut tokens = Vec::new();
    for household in 1..=households {
        let email = format!("household-{household}.seed-7@simulated.example");
        let grant = json!({ "key": key, "email": email, "role": "viewer" });
        // So many sign-ins at once are too many.
        let signed_in: Value = eventually("a household is signed in", SOON, async || {
            let answer = web.post("/v1/auth/token", &grant).await?;
            Ok(if answer.status().is_success() { Some(answer.json().await?) } else { None })
        })
        .await?;
        tokens.push(signed_in["access_token"].as_str().context("no token")?.to_owned());
    }
    Ok(tokens)
}

async fn get(web: &Web, token: &str, path: &str) -> Result<Value> {
    Ok(web.get(path, token).await?.error_for_status()?.json().await?)
}

/// How many plays these viewers made, by device.
async fn plays(web: &Web, tokens: &[String]) -> Result<BTreeMap<String, u64>> {
    let mut devices = BTreeMap::new();
    for token in tokens {
        let export = get(web, token, "/v1/history/export").await?;
        for entry in export["entries"].as_array().context("no entries")? {
            *devices.entry(entry["device"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    Ok(devices)
}

/// Seeds viewers once the operator may sign in: there were many sign-ins before.
async fn seed(platform: &Platform, viewers: &str) -> Result<Value> {
    let args = ["seed", "--viewers", viewers, "--seed", "7", "--days", "5"];
    let done = eventually("viewers are seeded", SOON, async || Ok(platform.json(&args).ok()));
    Ok(done.await?["viewers"].clone())
}

fn table() -> String {
    // Children see some of them.
    let mut table = "title,year,maturity,genres,description\n".to_owned();
    for number in 0..120 {
        let (first, second) = (GENRES[number % 6], GENRES[number / 6 % 6]);
        let (year, age) = (1990 + number % 30, [6, 18][number % 2]);
        let _ = writeln!(table, "Story of the number {number},{year},{age},\"{first}, {second}\",Words");
    }
    table
}

#[tokio::test]
async fn viewers_of_a_seed_live_once_and_are_marked() -> Result<()> {
    let platform = Platform::start()?;
    let file = platform.data().join("titles.csv");
    std::fs::write(&file, table())?;
    assert!(platform.refusal(&["seed", "--viewers", "3"])?.contains("no title"), "nothing to watch");

    let file = file.to_str().context("a path that is no text")?;
    let done = platform.json(&["seed", file, "--viewers", "20", "--seed", "7", "--days", "5"])?;
    let first = &done["viewers"];
    assert_eq!((&done["announced"], &first["viewers"], &first["simulated"]), (&json!(120), &json!(20), &json!(true)));
    let count = |name: &str| first[name].as_u64().unwrap_or_default();
    assert!(count("visits") >= 20 && count("searches") > 0 && count("found") > 0, "{first}");
    assert!(count("impressions") > 100 && count("plays") >= 20 && count("plays_from_rows") > 0, "{first}");
    assert!(count("plays_as_if") == count("plays") && count("there_before") == 0, "{first}");

    // What the page of any viewer shows as popular is what they played.
    let web = Web::at(platform.url())?;
    let tokens = tokens(&platform, &web, count("households")).await?;
    let token = tokens.first().context("no household")?;
    let profiles = get(&web, token, "/v1/profiles").await?;
    let names: Vec<_> = profiles["profiles"].as_array().context("no profiles")?.iter().map(|p| &p["name"]).collect();
    assert!(names.iter().all(|name| name.as_str().is_some_and(|name| name.ends_with("(simulated)"))), "{names:?}");
    eventually("the first page shows what was played", SOON, async || {
        let home = get(&web, token, "/v1/home").await?;
        let rows = home["rows"].as_array().context("no rows")?;
        Ok(rows.iter().any(|row| row["id"] == "popular" || row["id"] == "trending").then_some(()))
    })
    .await?;
    let devices = plays(&web, &tokens).await?;
    assert!(!devices.is_empty() && devices.keys().all(|device| device.starts_with("simulated-")), "{devices:?}");

    let again = seed(&platform, "20").await?;
    let nothing = ["visits", "searches", "plays", "events", "ratings"];
    assert!(again["there_before"] == 20 && nothing.iter().all(|name| again[*name] == 0), "{again}");
    assert_eq!(plays(&web, &tokens).await?, devices);

    let more = seed(&platform, "24").await?;
    assert!(more["there_before"] == 20 && more["plays"].as_u64() >= Some(4), "{more}");
    Ok(())
}
