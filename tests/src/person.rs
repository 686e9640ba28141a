//! A person with an address, a password and a browser, over HTTP.

use crate::viewer::Viewer;
use crate::web::{Web, problem};
use anyhow::{Context, Result, ensure};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// The password that people choose here.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who signed up.
pub struct Person {
    /// The address.
    pub email: String,
    /// Signed in.
    pub viewer: Viewer,
    /// The answer to the sign-up.
    pub tokens: Value,
}

impl Person {
    /// Signs up with a new address.
    pub async fn new(url: &str) -> Result<Self> {
        Self::named(url, &format!("{}@example.org", Uuid::now_v7().simple())).await
    }

    /// Signs up with this address.
    pub async fn named(url: &str, email: &str) -> Result<Self> {
        let web = Web::at(url)?;
        let answer = web.post("/v1/auth/sign-up", &json!({ "email": email, "password": PASSWORD })).await?;
        let tokens: Value = answer.error_for_status()?.json().await?;
        let token = text(&tokens, "access_token")?;
        Ok(Self { email: email.into(), viewer: Viewer { web, token }, tokens })
    }

    /// Signs in again with a password, from a device that says so of itself.
    pub async fn sign_in(&self, password: &str, device: &str) -> Result<Response> {
        sign_in(&self.viewer.web, &self.email, password, device).await
    }

    /// Another session on another device.
    pub async fn elsewhere(&self, url: &str, device: &str) -> Result<(Viewer, Value)> {
        let tokens: Value = self.sign_in(PASSWORD, device).await?.error_for_status()?.json().await?;
        Ok((Viewer { web: Web::at(url)?, token: text(&tokens, "access_token")? }, tokens))
    }

    /// Watches with a new profile that has a limit.
    pub async fn limited(&self, url: &str, maturity: u8) -> Result<Viewer> {
        let profile = json!({ "name": "Kid", "maturity": maturity });
        let profile = self.viewer.send(Method::POST, "/v1/profiles", Some(profile)).await?;
        let choice = json!({ "refresh_token": self.tokens["refresh_token"], "profile": profile["id"] });
        let answer = self.viewer.web.post("/v1/auth/refresh", &choice).await?.error_for_status()?;
        Ok(Viewer { web: Web::at(url)?, token: text(&answer.json().await?, "access_token")? })
    }

    /// The id of the account.
    pub fn account(&self) -> Result<String> {
        text(&self.tokens, "account")
    }

    /// The status and code of a request that has to be refused.
    pub async fn refusal(&self, method: Method, path: &str, body: Value) -> Result<(u16, String)> {
        let answer = self.viewer.web.request(method, path).bearer_auth(&self.viewer.token).json(&body).send().await?;
        ensure!(!answer.status().is_success(), "{path} was not refused");
        let (status, code, _) = problem(answer).await?;
        Ok((status, code))
    }
}

/// Signs in with a password, from a device that says so of itself.
pub async fn sign_in(web: &Web, email: &str, password: &str, device: &str) -> Result<Response> {
    let request = web.request(Method::POST, "/v1/auth/sign-in").header("user-agent", device);
    Ok(request.json(&json!({ "email": email, "password": password })).send().await?)
}

/// A text of an object.
pub fn text(object: &Value, name: &str) -> Result<String> {
    Ok(object[name].as_str().with_context(|| format!("no {name} in {object}"))?.to_owned())
}
