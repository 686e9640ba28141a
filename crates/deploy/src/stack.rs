//! The stack of a stage, in CloudFormation.

use crate::told::{code, told};
use anyhow::{Context, anyhow, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetStatus, ChangeSetType, Parameter, ResourceChange, Stack as Described,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often to look how far AWS is.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// What the names of change sets begin with.
const CHANGE: &str = "change-";

pub(crate) struct Stack {
    client: Client,
    name: String,
}

/// A change set that waits to be made, or not.
pub(crate) struct Proposal {
    name: String,
    pub(crate) changes: Vec<ResourceChange>,
}

impl Stack {
    pub(crate) fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// The stack as it is; none when there is none.
    pub(crate) async fn look(&self) -> anyhow::Result<Option<Described>> {
        match self.client.describe_stacks().stack_name(&self.name).send().await {
            Ok(found) => Ok(found.stacks.unwrap_or_default().into_iter().find(|s| status(s) != "DELETE_COMPLETE")),
            Err(error) if code(&error) == Some("ValidationError") => Ok(None),
            Err(error) => bail!("CloudFormation does not answer: {}", told(&error)),
        }
    }

    /// Waits for what another run began and has not seen the end of; says whether the stack
    /// stands then. One that never stood is deleted: it can only be made anew.
    pub(crate) async fn rest(&self) -> anyhow::Result<bool> {
        let mut said = false;
        loop {
            let Some(stack) = self.look().await? else { return Ok(false) };
            match status(&stack) {
                "REVIEW_IN_PROGRESS" => return self.drop_proposals().await.map(|()| false),
                "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
                    self.delete().await?;
                    return Ok(false);
                }
                "UPDATE_ROLLBACK_FAILED" => bail!(
                    "the stack {0} is stuck half-way back: mend what the console shows, then \
                     `aws cloudformation continue-update-rollback --stack-name {0}`",
                    self.name
                ),
                in_progress if in_progress.ends_with("_IN_PROGRESS") => {
                    if !std::mem::replace(&mut said, true) {
                        eprintln!("the stack {} is {in_progress} from before: waiting", self.name);
                    }
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                _ => return self.drop_proposals().await.map(|()| true),
            }
        }
    }

    /// Drops the change sets that earlier runs left unmade.
    async fn drop_proposals(&self) -> anyhow::Result<()> {
        let found = self.client.list_change_sets().stack_name(&self.name).send().await;
        let found = found.map_err(|e| anyhow!("the change sets of {} are not listed: {}", self.name, told(&e)))?;
        let names = found.summaries().iter().filter_map(|set| set.change_set_name());
        for name in names.filter(|name| name.starts_with(CHANGE)) {
            // One that is still being made is dropped once it is.
            while self.described(name).await?.is_none() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            self.discard(name).await;
        }
        Ok(())
    }

    /// Has CloudFormation find out what a template changes; none when nothing does.
    pub(crate) async fn propose(
        &self,
        template: &str,
        parameters: &[(&str, String)],
        stands: bool,
    ) -> anyhow::Result<Option<Proposal>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let name = format!("{CHANGE}{now}");
        let kind = if stands { ChangeSetType::Update } else { ChangeSetType::Create };
        let parameters = parameters
            .iter()
            .map(|(key, value)| Parameter::builder().parameter_key(*key).parameter_value(value).build());
        let call = self.client.create_change_set().stack_name(&self.name).change_set_name(&name).change_set_type(kind);
        let call = call.template_url(template).capabilities(Capability::CapabilityNamedIam);
        let call = call.set_parameters(Some(parameters.collect()));
        call.send().await.map_err(|e| anyhow!("the template is refused: {}", told(&e)))?;
        loop {
            match self.described(&name).await? {
                Some(Ok(changes)) => return Ok(Some(Proposal { name, changes })),
                Some(Err(reason)) => {
                    self.discard(&name).await;
                    return if nothing(&reason) {
                        Ok(None)
                    } else {
                        Err(anyhow!("the change cannot be made: {reason}"))
                    };
                }
                None => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// What a change set changes, or why it cannot be made; none while that is being found out.
    async fn described(&self, name: &str) -> anyhow::Result<Option<Result<Vec<ResourceChange>, String>>> {
        let (mut changes, mut next) = (Vec::new(), None);
        loop {
            let call = self.client.describe_change_set().stack_name(&self.name).change_set_name(name);
            let page = call.set_next_token(next).send().await;
            let page = page.map_err(|e| anyhow!("the change set {name} is not described: {}", told(&e)))?;
            match page.status().cloned() {
                Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => return Ok(None),
                Some(ChangeSetStatus::Failed) => return Ok(Some(Err(page.status_reason.unwrap_or_default()))),
                _ => changes.extend(page.changes.unwrap_or_default().into_iter().filter_map(|c| c.resource_change)),
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(Some(Ok(changes)));
            }
        }
    }

    /// Makes a change, and waits until the stack stands.
    pub(crate) async fn make(&self, proposal: &Proposal) -> anyhow::Result<()> {
        let call = self.client.execute_change_set().stack_name(&self.name).change_set_name(&proposal.name);
        call.send().await.map_err(|e| anyhow!("the change cannot be made: {}", told(&e)))?;
        loop {
            let stack = self.look().await?.context("the stack is gone")?;
            match status(&stack) {
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" => return Ok(()),
                status if status.ends_with("_IN_PROGRESS") => tokio::time::sleep(LOOK_AGAIN).await,
                status => bail!("the stack is {status}: {}", self.failures().await?),
            }
        }
    }

    pub(crate) async fn drop_proposal(&self, proposal: &Proposal) {
        self.discard(&proposal.name).await;
    }

    async fn discard(&self, change_set: &str) {
        // One that stays is dropped by the next run, or by CloudFormation.
        let _ = self.client.delete_change_set().stack_name(&self.name).change_set_name(change_set).send().await;
    }

    pub(crate) async fn delete(&self) -> anyhow::Result<()> {
        let call = self.client.delete_stack().stack_name(&self.name);
        call.send().await.map_err(|e| anyhow!("the stack is not deleted: {}", told(&e)))?;
        while let Some(stack) = self.look().await? {
            match status(&stack) {
                "DELETE_FAILED" => bail!("the stack is not deleted: {}", self.failures().await?),
                _ => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
        Ok(())
    }

    /// The template that the stack was last made from.
    pub(crate) async fn template(&self) -> anyhow::Result<Value> {
        let found = self.client.get_template().stack_name(&self.name).send().await;
        let found = found.map_err(|e| anyhow!("the template of {} is not told: {}", self.name, told(&e)))?;
        let text = found.template_body.unwrap_or_default();
        serde_json::from_str(&text).with_context(|| format!("the template of {} is none of ours", self.name))
    }

    /// What its resources are called in AWS, by their ids in the template.
    pub(crate) async fn resources(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let mut pages = self.client.list_stack_resources().stack_name(&self.name).into_paginator().items().send();
        while let Some(resource) = pages.next().await {
            let resource = resource.map_err(|e| anyhow!("the resources are not listed: {}", told(&e)))?;
            found.extend(resource.logical_resource_id.zip(resource.physical_resource_id));
        }
        Ok(found)
    }

    async fn failures(&self) -> anyhow::Result<String> {
        let call = self.client.describe_stack_events().stack_name(&self.name);
        let events = call.send().await?.stack_events.unwrap_or_default();
        let failed = events.iter().filter(|e| e.resource_status().is_some_and(|s| s.as_str().ends_with("FAILED")));
        let reasons = failed.map(|event| {
            let reason = event.resource_status_reason().unwrap_or("no reason is told");
            format!("{}: {reason}", event.logical_resource_id().unwrap_or("?"))
        });
        Ok(reasons.collect::<Vec<_>>().join("; "))
    }
}

fn status(stack: &Described) -> &str {
    stack.stack_status().map_or("", |status| status.as_str())
}

fn nothing(reason: &str) -> bool {
    ["didn't contain changes", "No updates are to be performed"].iter().any(|text| reason.contains(text))
}
