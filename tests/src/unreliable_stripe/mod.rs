//! A Stripe whose answers get lost: what localstripe cannot do, and what a ledger has to stand.
//!
//! It speaks as much of Stripe's API as billing does, in its own words, and keeps Stripe's promise of idempotency keys
//! (<https://docs.stripe.com/api/idempotent_requests>): a call with a key that it knows is answered as the first one was,
//! and does nothing. [`Books`] is what it has done; a test holds the platform against it.

mod books;
mod chance;

pub use books::{Books, Event};
pub use chance::Chance;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// Of so many calls one fails before anything is done, and one after.
const FAILS: u64 = 25;

/// The server. It ends with the test's runtime.
#[derive(Clone)]
pub struct UnreliableStripe {
    state: Arc<Mutex<State>>,
    /// Its base URL.
    pub url: String,
}

struct State {
    books: Books,
    answered: HashMap<String, (u16, Value)>,
    chance: Chance,
    reliable: bool,
}

/// What becomes of a call.
enum Fate {
    Answered(u16, Value),
    Lost,
}

impl UnreliableStripe {
    /// Starts one on a free port.
    pub async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state =
            State { books: Books::default(), answered: HashMap::new(), chance: Chance::of(seed), reliable: false };
        let stripe = Self { state: Arc::new(Mutex::new(state)), url };
        let serving = stripe.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stripe = serving.clone();
                let service = service_fn(move |request| {
                    let stripe = stripe.clone();
                    async move { stripe.serve(request).await }
                });
                // A lost answer breaks its connection off.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(stripe)
    }

    /// From now on every call is answered.
    pub fn be_reliable(&self) {
        self.lock().reliable = true;
    }

    /// What it has done so far; nothing happens while this is held.
    pub fn with_books<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        look(&mut self.lock().books)
    }

    async fn serve(&self, request: Request<Incoming>) -> std::io::Result<Response<Full<Bytes>>> {
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = request.into_body().collect().await.map_err(std::io::Error::other)?.to_bytes();
        let mut form: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        form.extend(form_urlencoded::parse(&body).into_owned());
        match self.lock().call(&method, path.trim_start_matches("/v1/"), key, &form) {
            Fate::Lost => Err(std::io::Error::other("the answer got lost")),
            Fate::Answered(status, answer) => {
                let response = Response::builder().status(status).header("content-type", "application/json");
                response.body(Full::new(answer.to_string().into())).map_err(std::io::Error::other)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn call(&mut self, method: &str, path: &str, key: Option<String>, form: &BTreeMap<String, String>) -> Fate {
        if !self.reliable && self.chance.one_in(FAILS) {
            return Fate::Answered(500, json!({ "error": { "message": "an error on our side" } }));
        }
        let known = key.as_ref().and_then(|key| self.answered.get(key)).cloned();
        let (status, answer) = match known {
            Some(answered) => answered,
            None => {
                let answered = self.books.answer(method, path, form);
                if let Some(key) = key {
                    self.answered.insert(key, answered.clone());
                }
                answered
            }
        };
        if !self.reliable && self.chance.one_in(FAILS) {
            return Fate::Lost;
        }
        Fate::Answered(status, answer)
    }
}
