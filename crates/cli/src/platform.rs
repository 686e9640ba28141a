//! The platform as the commands reach it: over HTTP, with a token.

use crate::args::PlatformArgs;
use anyhow::Context;
use bytes::Bytes;
use http::StatusCode;
use reel_api::auth::{KeyGrant, Tokens};
use reel_api::content::Title;
use reel_api::{CallError, Client, Role, Transport};
use reel_operator::Operator;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// A base URL with a token, as a transport for the typed clients.
pub(crate) struct Platform {
    http: reqwest::Client,
    base: String,
    token: RwLock<Option<String>>,
    /// With it a token that has run out is renewed: a long film outlasts many.
    key: Option<String>,
}

impl Platform {
    /// Finds the platform and signs in: with the token given, else with the operator key.
    pub(crate) async fn sign_in(args: &PlatformArgs) -> anyhow::Result<Self> {
        let noted = Operator::read(&args.data);
        let base = args.url.clone().or_else(|| noted.as_ref().map(|n| n.url.clone()));
        let mut platform = Self::at(base.as_deref().unwrap_or("http://localhost:8080"))?;
        if args.token.is_some() {
            platform.token = RwLock::new(args.token.clone());
            return Ok(platform);
        }
        let noted = noted.with_context(|| {
            let data = args.data.display();
            format!("there is no operator key in {data}: start `reel up` here, name its folder with --data, or set REEL_TOKEN")
        })?;
        platform.sign_in_as_operator(&noted.key).await?;
        Ok(platform)
    }

    pub(crate) fn at(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().tls_backend_preconfigured(reel_tls::client()?);
        let http = http.connect_timeout(Duration::from_secs(5)).no_proxy().build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), token: RwLock::default(), key: None })
    }

    /// Signs in with the operator key, now and whenever the token has run out.
    pub(crate) async fn sign_in_as_operator(&mut self, key: &str) -> anyhow::Result<()> {
        let token = self.token_for(key).await;
        let token = token.with_context(|| format!("signing in at {} failed", self.base))?;
        (self.token, self.key) = (RwLock::new(Some(token)), Some(key.to_owned()));
        Ok(())
    }

    /// Exchanges the operator key for a token, which lasts 15 minutes.
    async fn token_for(&self, key: &str) -> Result<String, CallError> {
        let grant =
            KeyGrant { key: key.into(), email: "operator@reel.localhost".into(), role: Role::Owner, password: None };
        Ok(Client::new(&Anonymous(self)).token_for_key(&grant).await?.access_token)
    }

    /// Acts as the account of an e-mail address, which is made as a viewer's when there is none. Nobody can sign in
    /// to an account that was made so.
    pub(crate) async fn act_as(&self, transport: impl Transport, email: &str) -> anyhow::Result<Tokens> {
        let key = self.key.clone().context("this needs the operator key that `reel up` notes, and not a token")?;
        let grant = KeyGrant { key, email: email.into(), role: Role::Viewer, password: None };
        let tokens = Client::new(transport).token_for_key(&grant).await;
        tokens.with_context(|| format!("signing in as {email} failed"))
    }

    pub(crate) fn client(&self) -> Client<&Self> {
        Client::new(self)
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> String {
        self.signed_in().unwrap_or_default()
    }

    fn signed_in(&self) -> Option<String> {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `PUT`s bytes to a presigned URL, which may be relative to the base URL.
    pub(crate) async fn put(&self, url: &str, bytes: Bytes) -> anyhow::Result<()> {
        let answer = self.http.put(self.absolute(url)).body(bytes).send().await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        match serde_json::from_slice(&answer.bytes().await?) {
            Ok(problem) => Err(CallError::Problem(problem).into()),
            Err(_) => anyhow::bail!("the part was refused with {status}"),
        }
    }

    /// Reads a presigned URL, which may be relative to the base URL.
    pub(crate) async fn read(&self, url: &str) -> anyhow::Result<Bytes> {
        Ok(self.http.get(self.absolute(url)).send().await?.error_for_status()?.bytes().await?)
    }

    /// A title by id or slug, else by its name.
    pub(crate) async fn find(&self, wanted: &str) -> anyhow::Result<Title> {
        let by_name = || reel_api::content::slug_of(wanted).unwrap_or_else(|_| wanted.to_owned());
        let plain = wanted.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let name = if plain { wanted.to_lowercase() } else { by_name() };
        match self.client().title(&name).await {
            Ok(title) => Ok(title),
            Err(CallError::Problem(problem)) if problem.status == 404 => {
                anyhow::bail!("there is no title {wanted:?}: `reel titles` lists what there is")
            }
            Err(error) => Err(error.into()),
        }
    }

    fn absolute(&self, url: &str) -> String {
        match url.contains("://") {
            true => url.to_owned(),
            false => format!("{}/{}", self.base, url.trim_start_matches('/')),
        }
    }

    /// Sends a request with this token, or without one.
    pub(crate) async fn exchange(
        &self,
        request: http::Request<Bytes>,
        token: Option<String>,
    ) -> Result<http::Response<Bytes>, String> {
        let (head, body) = request.into_parts();
        let url = self.absolute(&head.uri.to_string());
        let mut request = self.http.request(head.method, &url).headers(head.headers).body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let unreachable = |e: reqwest::Error| format!("{url}: {}", reel_tls::cause(&e));
        let answer = request.send().await.map_err(unreachable)?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.extend(answer.headers().clone());
        }
        let body = answer.bytes().await.map_err(unreachable)?;
        response.body(body).map_err(|e| e.to_string())
    }
}

impl Transport for &Platform {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        let answer = self.exchange(request.clone(), self.signed_in()).await?;
        let Some(key) = self.key.as_ref().filter(|_| answer.status() == StatusCode::UNAUTHORIZED) else {
            return Ok(answer);
        };
        // Refused before it was handled, so it may be sent again.
        let token = self.token_for(key).await.map_err(|error| format!("signing in again failed: {error}"))?;
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        self.exchange(request, Some(token)).await
    }
}

/// The platform for who is not signed in.
struct Anonymous<'a>(&'a Platform);

impl Transport for &Anonymous<'_> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        self.0.exchange(request, None).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;
    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use serde_json::{Value, json};
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::net::TcpListener;

    /// How many tokens were given, and the last that was used.
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    static USED: AtomicU32 = AtomicU32::new(0);

    /// A platform whose tokens are good for one request.
    fn answer(request: &http::Request<Incoming>) -> (u16, Value) {
        if request.uri().path() == "/v1/auth/token" {
            let token = format!("t{}", GIVEN.fetch_add(1, Ordering::SeqCst) + 1);
            let account = uuid::Uuid::nil();
            let tokens = json!({ "access_token": token, "expires_in": 900, "account": account, "email": "o@r", "role": "owner" });
            return (200, tokens);
        }
        let newest = GIVEN.load(Ordering::SeqCst);
        let known = request.headers().get("authorization").is_some_and(|sent| *sent == *format!("Bearer t{newest}"));
        match known && USED.swap(newest, Ordering::SeqCst) != newest {
            true => (200, json!({ "titles": [] })),
            false => (401, json!({ "type": "urn:reel:problem:unauthorized", "title": "Not signed in", "status": 401 })),
        }
    }

    async fn forgetful() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service_fn(|request| async move {
                    let (status, body) = answer(&request);
                    http::Response::builder().status(status).body(Full::new(Bytes::from(body.to_string())))
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        base
    }

    #[tokio::test]
    async fn a_token_that_has_run_out_is_renewed_with_the_operator_key() {
        let mut platform = Platform::at(&forgetful().await).unwrap();
        platform.sign_in_as_operator("key").await.unwrap();
        for token in ["t1", "t2", "t3"] {
            platform.client().titles(None).await.unwrap();
            assert_eq!(platform.token(), token);
        }
        platform.key = None;
        assert!(platform.client().titles(None).await.is_err(), "without the key there is no other token");
    }
}
