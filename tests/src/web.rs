//! Plain HTTP against a platform: what a client without our code sends.

use anyhow::{Context, Result};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A client of a platform.
pub struct Web {
    client: Client,
    base: String,
}

impl Web {
    /// A client of the platform at a base URL.
    pub fn at(base: &str) -> Result<Self> {
        // A test that waits for a command cannot notice that the platform closed an idle connection.
        let client = Client::builder().tls_backend_preconfigured(reel_tls::client()?).no_proxy();
        let client = client.pool_max_idle_per_host(0).build()?;
        Ok(Self { client, base: base.to_owned() })
    }

    /// A request, to be completed and sent: to a path below the base URL, or to another URL.
    pub fn request(&self, method: Method, location: &str) -> RequestBuilder {
        match location.contains("://") {
            true => self.client.request(method, location),
            false => self.client.request(method, format!("{}/{}", self.base, location.trim_start_matches('/'))),
        }
    }

    /// `GET path`, with a token.
    pub async fn get(&self, path: &str, token: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path).bearer_auth(token).send().await?)
    }

    /// `POST path` with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Response> {
        Ok(self.request(Method::POST, path).json(body).send().await?)
    }

    /// Makes an account and returns its access token.
    pub async fn sign_up(&self, email: &str) -> Result<String> {
        let answer =
            self.post("/v1/auth/sign-up", &json!({"email": email, "password": "correct horse battery"})).await?;
        let tokens: Value = answer.error_for_status()?.json().await?;
        Ok(tokens["access_token"].as_str().context("no access token")?.to_owned())
    }
}

/// The code of a problem, and its detail.
pub async fn problem(answer: Response) -> Result<(u16, String, String)> {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.context("the answer is no problem details")?;
    let code = body["type"].as_str().unwrap_or_default().trim_start_matches("urn:reel:problem:").to_owned();
    Ok((status, code, body["detail"].as_str().unwrap_or_default().to_owned()))
}
