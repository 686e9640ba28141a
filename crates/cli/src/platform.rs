//! The platform as the commands reach it: over HTTP, with a token.

use crate::args::PlatformArgs;
use crate::operator::Operator;
use anyhow::Context;
use bytes::Bytes;
use reel_api::auth::KeyGrant;
use reel_api::content::Title;
use reel_api::{CallError, Client, Role, Transport};
use std::time::Duration;

/// A base URL with a token, as a transport for the typed clients.
#[derive(Clone)]
pub(crate) struct Platform {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Platform {
    /// Finds the platform and signs in: with the token given, else with the operator key.
    pub(crate) async fn sign_in(args: &PlatformArgs) -> anyhow::Result<Self> {
        let noted = Operator::read(&args.data);
        let base = args.url.clone().or_else(|| noted.as_ref().map(|n| n.url.clone()));
        let mut platform = Self::at(base.as_deref().unwrap_or("http://localhost:8080"))?;
        if args.token.is_some() {
            platform.token.clone_from(&args.token);
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
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), token: None })
    }

    /// Exchanges the operator key for a token; tokens last 15 minutes.
    pub(crate) async fn sign_in_as_operator(&mut self, key: &str) -> anyhow::Result<()> {
        let grant =
            KeyGrant { key: key.into(), email: "operator@reel.localhost".into(), role: Role::Owner, password: None };
        let tokens =
            self.client().token_for_key(&grant).await.with_context(|| format!("signing in at {} failed", self.base))?;
        self.token = Some(tokens.access_token);
        Ok(())
    }

    pub(crate) fn client(&self) -> Client<&Self> {
        Client::new(self)
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
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
}

impl Transport for &Platform {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        let (head, body) = request.into_parts();
        let url = self.absolute(&head.uri.to_string());
        let mut request = self.http.request(head.method, &url).headers(head.headers).body(body);
        if let Some(token) = &self.token {
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
