//! What editors, operators and owners did, in a chain that shows when it was changed.

#[cfg(test)]
mod bad_input;
mod chain;
mod store;

use chain::Head;
use reel_api::audit::{AuditLog, Place, Verification};
use reel_sdk::{Problem, Request, Response, Role, clock};

/// How many entries a page has.
const PAGE: u64 = 50;
/// How many entries are verified at once.
const VERIFIED_AT_ONCE: u64 = 5_000;

reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["_reel", "acts"]) => append(&request).await,
        ("GET", ["v1", "audit"]) => show(&request).await,
        ("GET", ["v1", "audit", "verification"]) => verify(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn append(request: &Request) -> Result<Response, Problem> {
    let entry = store::append(request.json()?, clock::now_ms()).await?;
    Response::json(200, &Place { number: entry.number })
}

async fn show(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let last = match number(request, "before")? {
        Some(before) => before.saturating_sub(1),
        None => store::head().await?.number,
    };
    let first = last.saturating_sub(PAGE - 1).max(1);
    let mut entries = store::entries(first, last).await?;
    entries.reverse();
    Response::json(200, &AuditLog { entries, cursor: (first > 1).then_some(first) })
}

/// Whether the entries after a place follow from the hash of the entry there.
async fn verify(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let before = Head { number: number(request, "after")?.unwrap_or(0), hash: hash(request)? };
    let end = store::head().await?;
    let last = end.number.min(before.number.saturating_add(VERIFIED_AT_ONCE));
    let entries = store::entries(before.number + 1, last).await?;
    let (held, broken) = chain::follow(before, &entries, last);
    let broken = broken.or_else(|| {
        (held.number == end.number && held != end)
            .then(|| format!("the end of the log says that entry {} has another hash", end.number))
    });
    let cursor = (broken.is_none() && held.number < end.number).then_some(held.number);
    Response::json(200, &Verification { entries: held.number, head: held.hash, broken, cursor })
}

fn number(request: &Request, name: &str) -> Result<Option<u64>, Problem> {
    let parse = |text: String| text.parse().map_err(|_| Problem::invalid(format!("{name} is the number of an entry")));
    request.query(name).map(parse).transpose()
}

fn hash(request: &Request) -> Result<String, Problem> {
    match request.query("head") {
        None => Ok(chain::START.into()),
        Some(hash) if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(hash),
        Some(_) => Err(Problem::invalid("head is a hash of 64 hexadecimal digits")),
    }
}
