//! Which version of a function is called: its alias `live`.

use crate::names::Stage;
use crate::told::{code, told};
use anyhow::{Context, anyhow, bail};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{AliasRoutingConfiguration, LastUpdateStatus, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reel_backend_aws::functions::LIVE;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// How often to look whether a function is as it was told to be.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// What stands in an alias' description before the version that was live before.
const BEFORE: &str = "before: ";

/// Which version has the calls of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) version: u64,
    pub(crate) canary: Option<Canary>,
    /// The version that had them before; none when nobody noted it.
    pub(crate) before: Option<u64>,
}

/// A version that has some of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Canary {
    pub(crate) version: u64,
    /// How many of a hundred calls.
    pub(crate) percent: u8,
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.canary {
            None => write!(f, "version {} has all calls", self.version),
            Some(Canary { version, percent }) => {
                write!(f, "version {version} has {percent} % of the calls, version {} the others", self.version)
            }
        }
    }
}

impl Live {
    /// One version has all calls, that of a canary too.
    pub(crate) fn all(version: u64, before: Option<u64>) -> Self {
        Self { version, canary: None, before }
    }

    /// As it is once a new version has all calls, or so many of a hundred.
    pub(crate) fn with(&self, version: u64, percent: Option<u8>) -> Self {
        match percent {
            _ if version == self.version => Self { canary: None, ..self.clone() },
            Some(percent) => Self { canary: Some(Canary { version, percent }), ..self.clone() },
            None => Self::all(version, Some(self.version)),
        }
    }

    /// As it is once the canary has all calls.
    ///
    /// # Errors
    /// That there is none.
    pub(crate) fn promoted(&self) -> Result<Self, String> {
        let canary = self.canary.ok_or_else(|| format!("no canary runs: {self}"))?;
        Ok(self.with(canary.version, None))
    }

    /// As it was before: without the canary, or by the version before, of those that there are.
    ///
    /// # Errors
    /// That there is no version before.
    pub(crate) fn taken_back(&self, versions: &[u64]) -> Result<Self, String> {
        if self.canary.is_some() {
            return Ok(Self { canary: None, ..self.clone() });
        }
        let noted = self.before.filter(|before| versions.contains(before));
        let older = || versions.iter().copied().filter(|version| *version < self.version).max();
        let version = noted.or_else(older).ok_or_else(|| format!("there is no version before {}", self.version))?;
        Ok(Self::all(version, None))
    }
}

/// The Lambdas of a stage.
pub(crate) struct Lambdas<'a> {
    client: Client,
    stage: &'a Stage,
}

impl<'a> Lambdas<'a> {
    pub(crate) fn new(client: Client, stage: &'a Stage) -> Self {
        Self { client, stage }
    }

    /// Which version is called; none when there is no such function, or none is.
    pub(crate) async fn live(&self, function: &str) -> anyhow::Result<Option<Live>> {
        let name = self.stage.lambda(function);
        let alias = match self.client.get_alias().function_name(&name).name(LIVE).send().await {
            Ok(alias) => alias,
            Err(error) if code(&error) == Some("ResourceNotFoundException") => return Ok(None),
            Err(error) => bail!("{name} does not say which version is live: {}", told(&error)),
        };
        let version = alias.function_version().unwrap_or_default();
        let version: u64 = version.parse().with_context(|| format!("{name}:{LIVE} is {version:?}, no version"))?;
        let weights = alias.routing_config().and_then(|routing| routing.additional_version_weights());
        let canary = weights.into_iter().flatten().find_map(|(version, weight)| {
            let percent = (weight * 100.0).round();
            // A hundredth of a call in a hundred is still a canary.
            (*weight > 0.0).then_some(Canary { version: version.parse().ok()?, percent: percent.max(1.0) as u8 })
        });
        let before = alias.description().and_then(|text| text.strip_prefix(BEFORE)?.parse().ok());
        Ok(Some(Live { version, canary, before }))
    }

    /// Gives versions the calls, from now on.
    pub(crate) async fn give(&self, function: &str, live: &Live) -> anyhow::Result<()> {
        let weights = live.canary.map(|canary| (canary.version.to_string(), f64::from(canary.percent) / 100.0));
        let routing = AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(weights.into_iter().collect::<HashMap<_, _>>()))
            .build();
        let name = self.stage.lambda(function);
        let before = live.before.map_or_else(String::new, |before| format!("{BEFORE}{before}"));
        let call = self.client.update_alias().function_name(&name).name(LIVE).description(before);
        let call = call.function_version(live.version.to_string()).routing_config(routing);
        call.send().await.map_err(|e| anyhow!("{name} keeps its live version: {}", told(&e)))?;
        Ok(())
    }

    /// The published versions of a function.
    pub(crate) async fn versions(&self, function: &str) -> anyhow::Result<Vec<u64>> {
        let name = self.stage.lambda(function);
        let mut pages = self.client.list_versions_by_function().function_name(&name).into_paginator().items().send();
        let mut versions = Vec::new();
        while let Some(version) = pages.next().await {
            let version = version.map_err(|e| anyhow!("the versions of {name} are not listed: {}", told(&e)))?;
            // One of them is called $LATEST.
            versions.extend(version.version().and_then(|version| version.parse::<u64>().ok()));
        }
        Ok(versions)
    }

    /// Makes a package the code of a function, unless it is; nobody calls that code yet.
    pub(crate) async fn load(&self, function: &str, bucket: &str, key: &str) -> anyhow::Result<()> {
        let name = self.stage.lambda(function);
        if holds(key, &self.settled(&name, None).await?) {
            return Ok(());
        }
        let call = self.client.update_function_code().function_name(&name).s3_bucket(bucket).s3_key(key);
        call.send().await.map_err(|e| anyhow!("{name} does not take its package: {}", told(&e)))?;
        self.settled(&name, None).await?;
        Ok(())
    }

    /// Publishes the code of a function, which must be a package; the same again is the same version.
    pub(crate) async fn publish(&self, function: &str, key: &str) -> anyhow::Result<u64> {
        let name = self.stage.lambda(function);
        let digest = self.settled(&name, None).await?;
        if !holds(key, &digest) {
            bail!("{name} was given another package just now: is somebody else deploying it?");
        }
        let published = self.client.publish_version().function_name(&name).code_sha256(digest).send().await;
        let published = published.map_err(|e| anyhow!("{name} publishes no version: {}", told(&e)))?;
        let version = published.version.unwrap_or_default();
        self.settled(&name, Some(&version)).await?;
        version.parse().with_context(|| format!("{name} published {version:?}, no version"))
    }

    /// Waits until Lambda has done what it was told; answers the code's SHA-256 as it tells it.
    async fn settled(&self, name: &str, version: Option<&str>) -> anyhow::Result<String> {
        loop {
            let call = self.client.get_function_configuration().function_name(name);
            let found = call.set_qualifier(version.map(str::to_owned)).send().await;
            let found = found.map_err(|e| anyhow!("{name} is not described: {}", told(&e)))?;
            match (found.state(), found.last_update_status()) {
                (Some(State::Failed), _) => bail!("{name} failed: {}", found.state_reason().unwrap_or_default()),
                (_, Some(LastUpdateStatus::Failed)) => {
                    bail!("{name} failed: {}", found.last_update_status_reason().unwrap_or_default())
                }
                (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                _ => return Ok(found.code_sha256().unwrap_or_default().to_owned()),
            }
        }
    }
}

/// Whether a package, which is named by its SHA-256, has the one that Lambda tells in base64.
fn holds(key: &str, digest: &str) -> bool {
    let named = key.rsplit('/').next().and_then(|name| name.strip_suffix(".zip"));
    let digest = BASE64_STANDARD.decode(digest).map(hex::encode).unwrap_or_default();
    named.is_some_and(|named| !named.is_empty() && digest.starts_with(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_gets_some_calls_and_then_all() {
        let canary = Live::all(3, None).with(4, Some(10));
        assert_eq!(canary.to_string(), "version 4 has 10 % of the calls, version 3 the others");
        assert_eq!(canary.promoted().unwrap(), Live::all(4, Some(3)));
        assert!(Live::all(3, None).promoted().unwrap_err().contains("no canary runs"));
        // Another package takes the place of the canary, not of what is live.
        assert_eq!(canary.with(5, None), Live::all(5, Some(3)));
        assert_eq!(canary.with(3, None), Live::all(3, None));
    }

    #[test]
    fn what_was_before_is_taken_back() {
        let live = Live::all(3, Some(2));
        assert_eq!(live.with(4, Some(10)).taken_back(&[2, 3, 4]).unwrap(), live);
        assert_eq!(live.taken_back(&[1, 2, 3]).unwrap(), Live::all(2, None));
        // 4 was bad and was taken back: 5 has 3 before it.
        assert_eq!(Live::all(3, None).with(5, None).taken_back(&[3, 4, 5]).unwrap().version, 3);
        // What is gone cannot be taken back, and what nobody noted is the one that is next older.
        assert_eq!(Live::all(5, Some(3)).taken_back(&[1, 5]).unwrap().version, 1);
        assert_eq!(Live::all(5, None).taken_back(&[1, 4, 5]).unwrap().version, 4);
        assert!(Live::all(5, None).taken_back(&[5]).unwrap_err().contains("no version before 5"));
    }

    #[test]
    fn a_package_is_known_by_its_digest() {
        let digest = BASE64_STANDARD.encode([0xab; 32]);
        assert!(holds(&format!("playback/{}.zip", "ab".repeat(16)), &digest));
        assert!(!holds(&format!("playback/{}.zip", "ac".repeat(16)), &digest));
        assert!(!holds("playback/.zip", &digest) && !holds("playback", &digest));
    }
}
