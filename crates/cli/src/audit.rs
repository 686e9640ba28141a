//! `reel audit`: what editors, operators and owners did, and whether the log of it is as it was written.

use crate::args::AuditArgs;
use crate::platform::Platform;
use anyhow::bail;
use reel_api::audit::{Act, Entry, Verification};
use reel_api::rfc3339;
use serde_json::json;
use std::collections::HashMap;

pub(crate) async fn run(args: AuditArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    if args.verify {
        return verify(&platform, args.json).await;
    }
    let entries = latest(&platform, args.last).await?;
    if args.json {
        println!("{}", json!({ "entries": entries }));
        return Ok(());
    }
    let ended = entries.iter().filter_map(|entry| match entry.act {
        Act::Ended { begun, status } => Some((begun, status)),
        Act::Begun { .. } => None,
    });
    let ended: HashMap<u64, u16> = ended.collect();
    entries.iter().rev().filter_map(|entry| line(entry, &ended)).for_each(|line| println!("{line}"));
    Ok(())
}

/// The last entries, latest first.
async fn latest(platform: &Platform, wanted: usize) -> anyhow::Result<Vec<Entry>> {
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let page = platform.client().audit_log(before).await?;
        entries.extend(page.entries);
        entries.truncate(wanted);
        match page.cursor {
            Some(cursor) if entries.len() < wanted => before = Some(cursor),
            _ => return Ok(entries),
        }
    }
}

fn line(entry: &Entry, ended: &HashMap<u64, u16>) -> Option<String> {
    let Act::Begun { account, role, method, path, trace } = &entry.act else { return None };
    let outcome = ended.get(&entry.number).map_or("not known".to_owned(), u16::to_string);
    let (number, at, role) = (entry.number, rfc3339(entry.at_ms), format!("{role:?}").to_lowercase());
    Some(format!("{number:>8}  {at}  {role} {account}  {method} {path}  {outcome}  trace {trace}"))
}

async fn verify(platform: &Platform, json: bool) -> anyhow::Result<()> {
    let mut verified = platform.client().verify_audit(None).await?;
    while let Some(cursor) = verified.cursor {
        verified = platform.client().verify_audit(Some((cursor, &verified.head))).await?;
    }
    let Verification { entries, head, broken, .. } = &verified;
    if json {
        println!("{}", json!({ "entries": entries, "head": head, "broken": broken }));
    } else {
        println!("{entries} entries hold; the last has the hash {head}");
    }
    match broken {
        Some(broken) => bail!("the audit log is not as it was written: {broken}"),
        None => Ok(()),
    }
}
