//! localstripe, a stateful Stripe of other people's making, as a program on this machine.

use crate::platform::root;
use crate::process::Running;
use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::process::Command;

/// The secret key that it is asked with; it takes any.
pub const SECRET_KEY: &str = "sk_test_reel";
/// The key of pages.
pub const PUBLISHABLE_KEY: &str = "pk_test_reel";

/// A running localstripe. It is killed when dropped.
pub struct Localstripe {
    _process: Running,
    client: Client,
    /// Its base URL.
    pub url: String,
}

impl Localstripe {
    /// Starts one, of which nothing is known.
    pub fn start() -> Result<Self> {
        let output = Command::new(root().join("script/localstripe")).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let python = String::from_utf8(output.stdout)?;
        let program = root().join("tests/localstripe_server.py");
        let (process, port) = Running::start(Command::new(python.trim()).arg(program))?;
        ensure!(!port.trim().is_empty(), "localstripe did not start");
        let client = Client::builder().tls_backend_preconfigured(reel_tls::client()?).no_proxy().build()?;
        Ok(Self { _process: process, client, url: format!("http://127.0.0.1:{}", port.trim()) })
    }

    /// Has it tell a URL of everything that happens, signed with a secret.
    pub async fn tell(&self, url: &str, secret: &str) -> Result<()> {
        let hook = json!({ "url": url, "secret": secret });
        let told = self.client.post(format!("{}/_config/webhooks/reel", self.url)).json(&hook).send().await?;
        told.error_for_status()?;
        Ok(())
    }

    /// `GET /v1/PATH`.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, Value::Null).await
    }

    /// `POST /v1/PATH`, as Stripe itself, its dashboard or its script would.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, body).await
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}/v1/{path}", self.url)).bearer_auth(SECRET_KEY);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "localstripe answers {status} to {path}: {text}");
        serde_json::from_str(&text).context(text)
    }

    /// Enters a card where the page would, and returns what the provider calls it.
    pub async fn enter_card(&self, client_secret: &str, number: &str) -> Result<String> {
        let (setup, _) = client_secret.split_once("_secret_").context("not a client secret")?;
        let card = json!({ "number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123" });
        let entered = json!({ "key": PUBLISHABLE_KEY, "client_secret": client_secret,
            "payment_method_data": { "type": "card", "card": card } });
        let answer = self.client.post(format!("{}/v1/setup_intents/{setup}/confirm", self.url)).json(&entered);
        let confirmed: Value = answer.send().await?.error_for_status()?.json().await?;
        confirmed["payment_method"].as_str().map(str::to_owned).context("no card came of it")
    }
}
