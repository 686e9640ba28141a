//! The mails of a platform: what it accepted for delivery, whether or not a server took it.

use crate::{Platform, eventually};
use anyhow::{Context, Result};
use serde_json::Value;
use std::time::Duration;

/// A mail is there within this.
const SOON: Duration = Duration::from_secs(20);

impl Platform {
    /// All that was accepted for an address, in no order: whole messages, as text.
    pub fn mails(&self, address: &str) -> Result<Vec<String>> {
        let mut mails = Vec::new();
        for entry in std::fs::read_dir(self.data().join("outbox"))? {
            let Ok(text) = std::fs::read(entry?.path()) else { continue };
            let Ok(message) = serde_json::from_slice::<Value>(&text) else { continue };
            if message.to_string().contains(address) {
                mails.push(message.to_string());
            }
        }
        Ok(mails)
    }

    /// The token of the link in a mail to an address, such as `#/verify/TOKEN`, that is none of those known.
    pub async fn mailed_token(&self, address: &str, link: &str, known: &[String]) -> Result<String> {
        eventually(&format!("a mail to {address} with {link}"), SOON, async || {
            let tokens = self.mails(address)?.iter().flat_map(|mail| tokens(mail, link)).collect::<Vec<_>>();
            Ok(tokens.into_iter().find(|token| !known.contains(token)))
        })
        .await
        .with_context(|| format!("the mails are {:?}", self.mails(address)))
    }
}

fn tokens(mail: &str, link: &str) -> Vec<String> {
    let token = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    mail.split(link).skip(1).map(token).collect()
}
