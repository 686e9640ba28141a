//! One component, ready to answer.

use crate::body::{self, Body};
use crate::call::{Call, Chain};
use crate::heavy;
use crate::instance::{Full, Instances};
use crate::metrics::FunctionMetrics;
use crate::problem;
use http::{Request, Response, Uri};
use reel_api::Problem;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;
use tokio_util::task::AbortOnDropHandle;
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, ProxyHandler};

/// How long a request waits for its turn before it is refused.
const QUEUE: Duration = Duration::from_secs(1);
/// How soon a request that found every instance in use tries again, if nothing tells it to.
const RETRY: Duration = Duration::from_millis(2);

/// A function that is a component.
pub(crate) struct Function {
    pub(crate) name: Arc<str>,
    timeout: Duration,
    /// Whether it computes for long.
    heavy: bool,
    handler: ProxyHandler<Instances>,
    /// One permit for each request that may be handled at once.
    turns: Arc<Semaphore>,
    freed: Arc<Notify>,
    pub(crate) metrics: Arc<FunctionMetrics>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.name)
    }
}

impl Function {
    pub(crate) fn new(instances: Instances, capacity: u32, heavy: bool) -> Self {
        Self {
            name: instances.lent.function.clone(),
            timeout: instances.limits.timeout,
            heavy,
            turns: Arc::new(Semaphore::new(capacity as usize)),
            freed: instances.freed.clone(),
            metrics: instances.metrics.clone(),
            handler: ProxyHandler::new(instances),
        }
    }

    /// Answers a request that `from` makes; `rest` comes after this one, when it is a filter.
    pub(crate) async fn call(&self, from: &Call, rest: Chain, request: Request<Body>) -> Response<Body> {
        let began = Instant::now();
        let answered = self.answer(from, rest, request).await;
        let response = answered.unwrap_or_else(|problem| problem::problem_response(&problem));
        let took = began.elapsed();
        self.metrics.answered(response.status(), took);
        from.trace.note(&self.name, took);
        tracing::debug!(function = &*self.name, trace = from.trace.id(), status = response.status().as_u16(), ?took);
        response
    }

    async fn answer(&self, from: &Call, rest: Chain, mut request: Request<Body>) -> Result<Response<Body>, Problem> {
        let call = from.enter(self.timeout, rest)?;
        let deadline = call.deadline().unwrap_or_else(|| Instant::now() + self.timeout);
        let turn = self.turn(deadline).await?;
        absolute(&mut request);
        call.trace.inject(request.headers_mut());
        let response = timeout_at(deadline.into(), self.handle(Arc::new(call), request)).await;
        let response = response.map_err(|_| problem::timed_out(&self.name, self.timeout))??;
        Ok(response.map(|body| body::holding(body, turn)))
    }

    /// Waits briefly for one of the requests before to be done.
    async fn turn(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Problem> {
        let until = deadline.min(Instant::now() + QUEUE);
        let turn = timeout_at(until.into(), self.turns.clone().acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| {
            self.metrics.shed();
            problem::overloaded(&self.name)
        })
    }

    /// Lets an instance handle the request: one that is there, or a new one.
    async fn handle(&self, call: Arc<Call>, mut request: Request<Body>) -> Result<Response<Body>, Problem> {
        loop {
            let freed = self.freed.notified();
            let error = match self.run(call.clone(), request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            request = self.unserved(error)?;
            // The time-out around this ends it.
            let _ = tokio::time::timeout(RETRY, freed).await;
        }
    }

    /// Runs it on threads for its kind: an instance stays where it was made.
    async fn run(&self, call: Arc<Call>, request: Request<Body>) -> wasmtime::Result<Response<Body>> {
        let elsewhere = match self.heavy {
            true => heavy::threads(),
            false if heavy::is_here() => call.home(),
            false => None,
        };
        let Some(threads) = elsewhere else { return self.handler.handle(call, request).await };
        let (threads, handler) = (threads.clone(), self.handler.clone());
        let running = threads.spawn(async move { handler.handle(call, request).await });
        AbortOnDropHandle::new(running).await.map_err(wasmtime::Error::from)?
    }

    /// The request back when it only found every instance in use, else what went wrong.
    fn unserved(&self, error: wasmtime::Error) -> Result<Request<Body>, Problem> {
        let error = match error.downcast::<InstantiationError<Arc<Call>>>() {
            Ok(refused) if refused.error.is::<Full>() => {
                return Ok(refused.request.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
            }
            Ok(refused) => {
                tracing::error!(function = &*self.name, "no instance can be made: {:#}", refused.error);
                return Err(problem::crashed(&self.name));
            }
            Err(error) => error,
        };
        if error.is::<ExpirationError>() {
            return Err(problem::timed_out(&self.name, self.timeout));
        }
        tracing::error!(function = &*self.name, "a request failed: {}", error.root_cause());
        Err(problem::crashed(&self.name))
    }
}

/// A function sees absolute URIs only, so that a filter can hand them on.
fn absolute(request: &mut Request<Body>) {
    if request.uri().authority().is_some() && request.uri().scheme().is_some() {
        return;
    }
    let host = request.headers().get(http::header::HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(http::uri::Scheme::HTTP);
    parts.authority = Some(host.unwrap_or_else(|| http::uri::Authority::from_static("reel.internal")));
    parts.path_and_query.get_or_insert_with(|| http::uri::PathAndQuery::from_static("/"));
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}
