//! What must hold across a manifest.

use crate::manifest::{Access, App, Function, setting_of};
use crate::place::Finding;
use crate::{RESERVED, Router};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most records that a consumer takes at a time: what Lambda takes of Kinesis.
const MAX_BATCH: usize = 10_000;
/// The longest that a batch may wait for more records, as Lambda has it.
const MAX_LINGER: Duration = Duration::from_secs(300);

/// Everything that is wrong with an app, in the order of the manifest's names.
pub(crate) fn check(app: &App) -> Vec<Finding> {
    let mut findings = Vec::new();
    filters(app, &mut findings);
    for (name, function) in &app.functions {
        names(name, &mut findings);
        limits(name, function, &mut findings);
        routes(app, name, function, &mut findings);
        grants(app, name, function, &mut findings);
    }
    owners(app, &mut findings);
    consumers(app, &mut findings);
    workflows(app, &mut findings);
    findings.extend(Router::new(app).err().into_iter().flatten());
    findings
}

fn names(name: &str, findings: &mut Vec<Finding>) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) {
        findings.push(Finding::at(
            &["functions", name],
            format!("a function's name is 1 to 40 of a-z, 0-9 and -, not {name:?}"),
        ));
    }
    if name == "blob" {
        findings.push(Finding::at(&["functions", name], "blob.internal is the host's: give the function another name"));
    }
}

fn filters(app: &App, findings: &mut Vec<Finding>) {
    for (chain, members) in &app.filters {
        for (index, member) in members.iter().enumerate() {
            let wrong = match app.functions.get(member) {
                None => format!("chain {chain} names the filter {member}, but there is no [functions.{member}]"),
                Some(f) if f.native.is_some() => format!("{member} is native; a filter is a component"),
                Some(f) if !f.routes.is_empty() => {
                    format!("{member} is a filter in chain {chain}: it cannot have routes of its own")
                }
                Some(_) => continue,
            };
            findings.push(Finding::at(&["filters", chain, &index.to_string()], wrong));
        }
    }
}

fn limits(name: &str, function: &Function, findings: &mut Vec<Finding>) {
    let limits = [
        ("concurrency", u64::from(function.concurrency)),
        ("instances", u64::from(function.instances)),
        ("memory", function.memory),
        ("timeout", function.timeout.as_millis() as u64),
    ];
    for (key, _) in limits.iter().filter(|(_, value)| *value == 0) {
        findings.push(Finding::at(&["functions", name, key], format!("{key} of {name} must be more than 0")));
    }
    if function.ffmpeg && function.native.is_none() {
        findings.push(Finding::at(&["functions", name, "ffmpeg"], format!("{name} is a component: it runs no ffmpeg")));
    }
    if function.heavy && function.native.is_some() {
        findings
            .push(Finding::at(&["functions", name, "heavy"], format!("{name} is native: it has a process of its own")));
    }
    if function.memory > 4 << 30 {
        findings.push(Finding::at(&["functions", name, "memory"], format!("memory of {name} is at most 4GiB")));
    }
}

fn routes(app: &App, name: &str, function: &Function, findings: &mut Vec<Finding>) {
    for (index, route) in function.routes.iter().enumerate() {
        let index = index.to_string();
        let mut add =
            |key: &str, wrong: String| findings.push(Finding::at(&["functions", name, "routes", &index, key], wrong));
        if !route.path.starts_with('/') {
            add("path", format!("path {:?} must begin with /", route.path));
        }
        if route.path.starts_with(RESERVED) {
            add("path", format!("path {} is reserved: choose one that does not begin with {RESERVED}", route.path));
        }
        if let Some(chain) = route.through.as_ref().filter(|chain| !app.filters.contains_key(*chain)) {
            add("through", format!("there is no chain {chain}: add it to [filters]"));
        }
        for method in route.methods.iter().filter(|m| m.is_empty() || !m.bytes().all(|b| b.is_ascii_uppercase())) {
            add("methods", format!("{method:?} is not a method in capitals, such as \"GET\""));
        }
    }
}

fn grants(app: &App, name: &str, function: &Function, findings: &mut Vec<Finding>) {
    let mut add = |key: &str, index: usize, wrong: String| {
        findings.push(Finding::at(&["functions", name, "grants", key, &index.to_string()], wrong));
    };
    for (index, other) in function.grants.functions.iter().enumerate() {
        match app.functions.get(other) {
            None => add("functions", index, format!("there is no function {other}: add [functions.{other}]")),
            Some(other_function) if other_function.native.is_some() => {
                add("functions", index, format!("{other} is native: only workflows call it"));
            }
            Some(_) => {}
        }
    }
    for (index, workflow) in function.grants.workflows.iter().enumerate() {
        if !app.workflows.contains_key(workflow) {
            add("workflows", index, format!("there is no workflow {workflow}: add [workflows.{workflow}]"));
        }
    }
    for (index, host) in function.grants.outbound.iter().enumerate() {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        match setting_of(host) {
            Some(setting) if setting.is_empty() || !setting.bytes().all(plain) => {
                add("outbound", index, format!("{host} names no setting, such as {{endpoint}}"));
            }
            Some(_) if !function.grants.config => {
                add("outbound", index, format!("{host} is a setting: add config = true"));
            }
            _ => {}
        }
    }
    for (index, channel) in function.grants.notify.iter().enumerate() {
        if !["email", "push"].contains(&channel.as_str()) {
            add("notify", index, format!("{channel} is not a channel: email or push"));
        }
    }
}

/// Tables that capabilities keep for themselves where they are in one database with all others.
const OWN_TABLES: [&str; 3] = ["cache", "consumers", "notifications"];

/// A table belongs to the one function that writes it.
fn owners(app: &App, findings: &mut Vec<Finding>) {
    for (name, function) in &app.functions {
        for table in function.grants.tables.keys().filter(|table| OWN_TABLES.contains(&table.as_str())) {
            let wrong = format!("table {table} is the host's own: call it otherwise");
            findings.push(Finding::at(&["functions", name, "grants", "tables", table], wrong));
        }
    }
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, function) in &app.functions {
        for (table, _) in function.grants.tables.iter().filter(|(_, access)| **access == Access::Write) {
            if let Some(owner) = owners.insert(table, name) {
                let wrong = format!("table {table} belongs to {owner}: {name} may have it as \"r\", or ask {owner}");
                findings.push(Finding::at(&["functions", name, "grants", "tables", table], wrong));
            }
        }
    }
}

fn consumers(app: &App, findings: &mut Vec<Finding>) {
    let mut taken: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (name, function) in &app.functions {
        for (index, consume) in function.consumes.iter().enumerate() {
            let path = ["functions", name, "consumes", &index.to_string()];
            if let Some(other) = taken.insert((&consume.stream, &consume.consumer), name) {
                let wrong = format!(
                    "{other} reads {} as {} already: choose another consumer name",
                    consume.stream, consume.consumer
                );
                findings.push(Finding::at(&path, wrong));
            }
            if !(1..=MAX_BATCH).contains(&consume.batch) {
                let wrong = format!("a batch has 1 to {MAX_BATCH} records, not {}", consume.batch);
                findings.push(Finding::at(&path, wrong));
            }
            if consume.linger > MAX_LINGER {
                findings.push(Finding::at(&path, "a batch lingers for at most 5m".to_owned()));
            }
        }
    }
}

fn workflows(app: &App, findings: &mut Vec<Finding>) {
    for (workflow, described) in &app.workflows {
        for (placeholder, function) in described.resources.iter().filter(|(_, f)| !app.functions.contains_key(*f)) {
            let wrong = format!("${{{placeholder}}} stands for {function}, but there is no [functions.{function}]");
            findings.push(Finding::at(&["workflows", workflow, "resources", placeholder], wrong));
        }
        // What EventBridge can do, so that it means the same everywhere.
        if described.schedule.is_some_and(|every| every.is_zero() || !every.as_millis().is_multiple_of(60_000)) {
            let wrong = "a schedule is in whole minutes, such as \"24h\"".to_owned();
            findings.push(Finding::at(&["workflows", workflow, "schedule"], wrong));
        }
    }
}
