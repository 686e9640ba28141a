//! What is known of one request on its way through filters and functions.

use crate::function::Function;
use crate::problem;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use reel_api::Problem;
use reel_api::internal::{HOPS, TIME_LEFT};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use uuid::Uuid;

/// How many functions and filters one request may pass, one inside of the other.
const MAX_HOPS: u32 = 16;
/// How many of the functions passed are named in `server-timing`.
const MAX_SPANS: usize = 32;
/// W3C Trace Context, section 3.2.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// W3C Server Timing.
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The trace that a request belongs to, shared by all calls that it leads to.
#[derive(Debug)]
pub(crate) struct Trace {
    /// 32 lowercase hexadecimal digits.
    id: String,
    spans: Mutex<Vec<(Arc<str>, Duration)>>,
}

impl Trace {
    /// Goes on with the trace that the headers name, or begins one.
    pub(crate) fn of(headers: &HeaderMap) -> Arc<Self> {
        let given = headers.get(TRACEPARENT).and_then(|value| trace_id(value.to_str().ok()?));
        let id = given.unwrap_or_else(|| Uuid::now_v7().simple().to_string());
        Arc::new(Self { id, spans: Mutex::default() })
    }

    /// The trace's id: 32 hexadecimal digits.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Notes that a function was passed and how long its answer took.
    pub(crate) fn note(&self, function: &Arc<str>, took: Duration) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < MAX_SPANS {
            spans.push((function.clone(), took));
        }
    }

    /// Names the trace to whom a request goes, as a new parent.
    pub(crate) fn inject(&self, headers: &mut HeaderMap) {
        let (_, span) = Uuid::now_v7().as_u64_pair();
        if let Ok(value) = HeaderValue::try_from(format!("00-{}-{span:016x}-01", self.id)) {
            headers.insert(TRACEPARENT, value);
        }
    }

    /// Tells the caller which functions were passed, in the order in which they were
    /// done, and how many milliseconds each took.
    pub(crate) fn report(&self, headers: &mut HeaderMap) {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |(name, took): &(Arc<str>, Duration)| format!("{name};dur={:.3}", took.as_secs_f64() * 1_000.0);
        let entries: Vec<String> = spans.iter().map(entry).collect();
        if let Ok(value) = HeaderValue::try_from(entries.join(", ")) {
            headers.insert(SERVER_TIMING, value);
        }
    }
}

/// The id in a `traceparent`; none when it is malformed (W3C Trace Context, section 3.2.2).
fn trace_id(value: &str) -> Option<String> {
    let mut fields = value.split('-');
    let (version, id, parent) = (fields.next()?, fields.next()?, fields.next()?);
    let hex = |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let valid = hex(version, 2) && version != "ff" && hex(id, 32) && hex(parent, 16) && id.bytes().any(|b| b != b'0');
    valid.then(|| id.to_owned())
}

/// One request as a function or a filter handles it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) trace: Arc<Trace>,
    /// How many functions and filters are around it, itself included.
    hops: u32,
    /// When its caller gives up.
    deadline: Option<Instant>,
    /// For a filter: those that come after it.
    rest: Chain,
    /// The threads for all that is not heavy.
    home: Option<Handle>,
}

impl Call {
    /// A request from outside.
    pub(crate) fn from_outside(trace: Arc<Trace>) -> Self {
        Self { trace, hops: 0, deadline: None, rest: Chain::default(), home: Handle::try_current().ok() }
    }

    /// A request that a function on another host makes.
    pub(crate) fn from_function(headers: &HeaderMap) -> Self {
        let number = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()?.parse::<u32>().ok());
        let left = number(TIME_LEFT).map(|left| Duration::from_millis(left.into()));
        let deadline = left.map(|left| Instant::now() + left);
        Self { hops: number(HOPS).unwrap_or(0), deadline, ..Self::from_outside(Trace::of(headers)) }
    }

    /// Tells a function on another host what it must know of this call.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        self.trace.inject(headers);
        headers.insert(HOPS, self.hops.into());
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now()).as_millis();
            headers.insert(TIME_LEFT, u32::try_from(left).unwrap_or(u32::MAX).into());
        }
    }

    /// The request as the next function handles it, within its own time limit and its caller's.
    pub(crate) fn enter(&self, timeout: Duration, rest: Chain) -> Result<Self, Problem> {
        if self.hops >= MAX_HOPS {
            return Err(problem::looping(MAX_HOPS));
        }
        let own = Instant::now() + timeout;
        let deadline = self.deadline.map_or(own, |callers| callers.min(own));
        let (trace, home) = (self.trace.clone(), self.home.clone());
        Ok(Self { trace, hops: self.hops + 1, deadline: Some(deadline), rest, home })
    }

    /// Where the request came in.
    pub(crate) fn home(&self) -> Option<&Handle> {
        self.home.as_ref()
    }

    /// When the answer must be there.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Does something that the caller waits for; none when it gave up before.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match self.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline.into(), work).await.ok(),
            None => Some(work.await),
        }
    }

    /// For a filter: whom it passes the request to.
    pub(crate) fn rest(&self) -> &Chain {
        &self.rest
    }
}

/// Filters, outermost first, and the function behind them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    functions: Arc<[Arc<Function>]>,
    next: usize,
}

impl Chain {
    pub(crate) fn new(functions: Vec<Arc<Function>>) -> Self {
        Self { functions: functions.into(), next: 0 }
    }

    /// The first of them, and the others.
    pub(crate) fn split(&self) -> Option<(&Arc<Function>, Chain)> {
        let first = self.functions.get(self.next)?;
        Some((first, Self { functions: self.functions.clone(), next: self.next + 1 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_and_a_malformed_one_does_not() {
        let mut headers = HeaderMap::new();
        headers
            .insert(TRACEPARENT, HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        let trace = Trace::of(&headers);
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        trace.inject(&mut headers);
        let passed_on = headers[TRACEPARENT].to_str().unwrap();
        assert!(passed_on.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && passed_on.len() == 55, "{passed_on}");
        for malformed in ["", "00-4bf9-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"]
        {
            assert_eq!(trace_id(malformed), None);
        }
    }

    #[test]
    fn hops_and_the_deadline_go_from_host_to_host() {
        let call = Call::from_outside(Trace::of(&HeaderMap::new())).enter(Duration::from_secs(1), Chain::default());
        let mut headers = HeaderMap::new();
        call.unwrap().tell(&mut headers);
        let there = Call::from_function(&headers);
        assert_eq!((there.hops, headers.contains_key("traceparent")), (1, true));
        let there = there.enter(Duration::from_secs(60), Chain::default()).unwrap();
        assert!(there.deadline() <= Some(Instant::now() + Duration::from_secs(1)));
    }

    #[test]
    fn a_call_ends_after_so_many_hops_and_at_its_callers_deadline() {
        let mut call = Call::from_outside(Trace::of(&HeaderMap::new()));
        call = call.enter(Duration::from_millis(5), Chain::default()).unwrap();
        let first = call.deadline();
        for _ in 1..MAX_HOPS {
            call = call.enter(Duration::from_secs(60), Chain::default()).unwrap();
        }
        assert_eq!(call.deadline(), first);
        assert_eq!(call.enter(Duration::from_secs(1), Chain::default()).unwrap_err().code, "loop");
    }
}
