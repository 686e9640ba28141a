//! Objects from the edges: in the order of their priority, the next when one fails.

use crate::PlayerError;
use crate::manifest::Base;
use crate::platform::reason;
use bytes::{Bytes, BytesMut};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The header in which an edge says whether it had the object: `hit` or `miss`.
const CACHE_HEADER: &str = "x-reel-cache";
/// For how long an edge that failed is asked last.
const PENALTY: Duration = Duration::from_secs(30);
/// The pauses before all edges are asked again: they may be restarting.
const PAUSES_MS: [u64; 5] = [300, 600, 1_200, 2_000, 2_000];

/// What came, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) bytes: Bytes,
    pub(crate) pathway: String,
    pub(crate) cache: Option<String>,
    pub(crate) first_byte: Instant,
}

/// How a download ended.
pub(crate) enum Outcome {
    Complete(Fetched),
    /// The caller gave it up for this rung.
    GivenUp(usize),
}

/// How far a download is.
pub(crate) struct Download {
    pub(crate) received: usize,
    pub(crate) total: Option<u64>,
}

/// Why an edge did not deliver.
struct Failure {
    why: String,
    /// Whether it denies that there is such an object, or that it may be had.
    denied: bool,
}

impl Failure {
    fn lost(error: &reqwest::Error) -> Self {
        Self { why: reason(error), denied: false }
    }
}

/// One edge, and until when it is asked last.
struct Edge {
    base: Base,
    penalty_until: Option<Instant>,
}

/// The edges of a title.
pub(crate) struct Edges {
    http: reqwest::Client,
    edges: Mutex<Vec<Edge>>,
}

impl Edges {
    pub(crate) fn new(http: reqwest::Client, bases: Vec<Base>) -> Self {
        let edges = bases.into_iter().map(|base| Edge { base, penalty_until: None }).collect();
        Self { http, edges: Mutex::new(edges) }
    }

    /// Puts the edges in this order of pathways; those not named come last.
    pub(crate) fn prioritise(&self, pathways: &[String]) {
        let mut edges = self.edges.lock().unwrap_or_else(PoisonError::into_inner);
        edges.sort_by_key(|edge| pathways.iter().position(|id| *id == edge.base.pathway).unwrap_or(usize::MAX));
    }

    /// Fetches an object in full.
    pub(crate) async fn get(&self, path: &str) -> Result<Fetched, PlayerError> {
        match self.get_watched(path, |_| None).await? {
            Outcome::Complete(fetched) => Ok(fetched),
            Outcome::GivenUp(_) => {
                Err(PlayerError::Unreachable { path: path.to_owned(), why: "it was given up".into() })
            }
        }
    }

    /// Fetches an object; `watch` sees each piece come and may give it up for a rung.
    pub(crate) async fn get_watched(
        &self,
        path: &str,
        watch: impl Fn(&Download) -> Option<usize>,
    ) -> Result<Outcome, PlayerError> {
        let mut pauses = PAUSES_MS.into_iter();
        loop {
            let failures = match self.ask_all(path, &watch).await {
                Ok(outcome) => return Ok(outcome),
                Err(failures) => failures,
            };
            match pauses.next().filter(|_| !failures.iter().any(|failure| failure.denied)) {
                Some(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
                None => {
                    let why = failures.into_iter().map(|failure| failure.why).collect::<Vec<_>>().join("; ");
                    return Err(PlayerError::Unreachable { path: path.to_owned(), why });
                }
            }
        }
    }

    /// Asks one edge after another.
    async fn ask_all(&self, path: &str, watch: &impl Fn(&Download) -> Option<usize>) -> Result<Outcome, Vec<Failure>> {
        let mut failures = Vec::new();
        for base in self.order() {
            match self.try_one(&base, path, watch).await {
                Ok(outcome) => return Ok(outcome),
                Err(failure) => {
                    tracing::info!(edge = base.pathway, path, why = failure.why, "an edge failed; the next is asked");
                    self.punish(&base);
                    failures.push(Failure { why: format!("{}: {}", name(&base), failure.why), ..failure });
                }
            }
        }
        Err(failures)
    }

    /// The edges to ask, those that failed lately last.
    fn order(&self) -> Vec<Base> {
        let (now, edges) = (Instant::now(), self.edges.lock().unwrap_or_else(PoisonError::into_inner));
        let punished = |edge: &&Edge| edge.penalty_until.is_some_and(|until| until > now);
        let (last, first): (Vec<_>, Vec<_>) = edges.iter().partition(punished);
        first.into_iter().chain(last).map(|edge| edge.base.clone()).collect()
    }

    fn punish(&self, base: &Base) {
        let mut edges = self.edges.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edge) = edges.iter_mut().find(|edge| edge.base == *base) {
            edge.penalty_until = Some(Instant::now() + PENALTY);
        }
    }

    async fn try_one(
        &self,
        base: &Base,
        path: &str,
        watch: &impl Fn(&Download) -> Option<usize>,
    ) -> Result<Outcome, Failure> {
        let url = base.url.join(path).map_err(|e| Failure { why: e.to_string(), denied: true })?;
        let mut answer = self.http.get(url).send().await.map_err(|e| Failure::lost(&e))?;
        let first_byte = Instant::now();
        let status = answer.status();
        if !status.is_success() {
            return Err(Failure {
                why: format!("it answers {status}"),
                denied: matches!(status.as_u16(), 400..=407 | 409..=428),
            });
        }
        let cache = answer.headers().get(CACHE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (total, mut bytes) = (answer.content_length(), BytesMut::new());
        while let Some(piece) = answer.chunk().await.map_err(|e| Failure::lost(&e))? {
            bytes.extend_from_slice(&piece);
            if let Some(rung) = watch(&Download { received: bytes.len(), total }) {
                return Ok(Outcome::GivenUp(rung));
            }
        }
        Ok(Outcome::Complete(Fetched { bytes: bytes.freeze(), pathway: name(base), cache, first_byte }))
    }
}

fn name(base: &Base) -> String {
    if base.pathway.is_empty() { base.url.authority().to_owned() } else { base.pathway.clone() }
}
