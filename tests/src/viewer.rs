//! A viewer of a platform, over HTTP.

use crate::platform::Platform;
use crate::web::Web;
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Who watches, signed in.
pub struct Viewer {
    /// Plain HTTP.
    pub web: Web,
    /// The access token.
    pub token: String,
}

impl Viewer {
    /// A new account.
    pub async fn new(web: Web) -> Result<Self> {
        let token = web.sign_up(&format!("{}@example.org", Uuid::now_v7().simple())).await?;
        Ok(Self { web, token })
    }

    /// A new account of this platform.
    pub async fn at(platform: &Platform) -> Result<Self> {
        Self::new(Web::at(platform.url())?).await
    }

    /// The ids of the titles by their slugs.
    pub async fn title_ids(&self) -> Result<BTreeMap<String, String>> {
        let (mut ids, mut cursor) = (BTreeMap::new(), String::new());
        loop {
            let page = self.get(&format!("/v1/titles{cursor}")).await?;
            for title in page["titles"].as_array().context("no titles")? {
                let text = |name: &str| title[name].as_str().unwrap_or_default().to_owned();
                ids.insert(text("slug"), text("id"));
            }
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("?cursor={next}"),
                None => return Ok(ids),
            }
        }
    }

    /// What it watched, latest first.
    pub async fn entries(&self) -> Result<Vec<Value>> {
        Ok(self.get("/v1/history").await?["entries"].as_array().cloned().unwrap_or_default())
    }

    /// Tells of a moment of a play of 100 ms.
    pub async fn watched(&self, moment: Value) -> Result<()> {
        self.tell(&[moment]).await
    }

    /// Tells that it watched titles to their end, one after the other.
    pub async fn watched_all(&self, titles: &[&str]) -> Result<()> {
        let at = now()?;
        let moment = |title: &&str| json!({ "play": Uuid::now_v7(), "title_id": title, "at": at, "eighth": 8, "position_ms": 100 });
        self.tell(&titles.iter().map(moment).collect::<Vec<_>>()).await
    }

    async fn tell(&self, moments: &[Value]) -> Result<()> {
        let event = |moment: &Value| {
            let mut event = json!({ "id": Uuid::now_v7(), "type": "view_segment", "v": 1, "device": "browser", "duration_ms": 100 });
            if let Some((event, moment)) = event.as_object_mut().zip(moment.as_object()) {
                event.extend(moment.clone());
            }
            event
        };
        let events: Vec<_> = moments.iter().map(event).collect();
        let answer = self.send(Method::POST, "/v1/events", Some(json!({ "events": events }))).await?;
        ensure!(answer["accepted"] == events.len(), "{answer}");
        Ok(())
    }

    /// The answer of a `GET` that has to succeed.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    /// The answer of a request that has to succeed; null when it is empty.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.web.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} answers {status}: {text}");
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).context(text) }
    }
}

/// The time, in Unix milliseconds.
pub fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64)
}
