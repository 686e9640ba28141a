//! From packages and a template to a stack, and back.

use crate::names::Stage;
use crate::package::Package;
use anyhow::{Context, bail};
use aws_sdk_cloudformation as cloudformation;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::{Capability, ChangeSetStatus, ChangeSetType, Parameter, Stack};
use aws_sdk_s3 as s3;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use reel_backend_aws::client::Aws;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often to look how far AWS is.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// An account and region, and one stage of Reel in it.
pub(crate) struct Rollout<'a> {
    stage: &'a Stage,
    cloudformation: cloudformation::Client,
    s3: s3::Client,
    /// Where the packages are.
    bucket: String,
    account: String,
    region: String,
    endpoint: Option<String>,
}

impl<'a> Rollout<'a> {
    /// Finds out whose account it is.
    pub(crate) async fn open(aws: &Aws, stage: &'a Stage, endpoint: Option<String>) -> anyhow::Result<Self> {
        let region = aws.config().region().context("no region is chosen: set AWS_REGION")?.to_string();
        let who = aws_sdk_sts::Client::new(aws.config()).get_caller_identity().send().await;
        let who = who.map_err(|e| anyhow::anyhow!("AWS does not say whose account this is: {}", told(&e)))?;
        let account = who.account.context("AWS does not say whose account this is")?;
        let bucket = format!("{}packages-{account}-{region}", stage.prefix());
        Ok(Self {
            stage,
            cloudformation: cloudformation::Client::new(aws.config()),
            s3: aws.s3(),
            bucket,
            account,
            region,
            endpoint,
        })
    }

    /// Sends the packages that are not there yet.
    pub(crate) async fn send(&self, packages: &BTreeMap<String, Package>) -> anyhow::Result<()> {
        self.make_bucket().await?;
        for (name, package) in packages {
            let there = self.s3.head_object().bucket(&self.bucket).key(&package.key).send().await.is_ok();
            if !there {
                eprintln!("sending {name}, {:.1} MB", package.bytes.len() as f64 / 1e6);
                self.put(&package.key, package.bytes.clone()).await?;
            }
        }
        Ok(())
    }

    /// Makes the stack what the template says, after showing what will change; answers its URL.
    pub(crate) async fn apply(&self, template: &Value) -> anyhow::Result<String> {
        let text = template.to_string();
        self.put("template.json", text.into_bytes()).await?;
        let mut before = self.stack().await?;
        // A stack that never stood can only be made anew.
        if before.as_ref().is_some_and(|stack| stack.stack_status().is_some_and(|s| s.as_str() == "ROLLBACK_COMPLETE"))
        {
            self.delete().await?;
            before = None;
        }
        let kind = if before.is_some() { ChangeSetType::Update } else { ChangeSetType::Create };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let name = format!("change-{now}");
        if self.propose(&name, kind).await? {
            let call =
                self.cloudformation.execute_change_set().stack_name(self.stage.deployment()).change_set_name(&name);
            call.send().await.map_err(|e| anyhow::anyhow!("the change cannot be made: {}", told(&e)))?;
            self.settle().await?;
        } else {
            eprintln!("nothing changes");
        }
        self.url().await
    }

    /// Where clients find the stage.
    pub(crate) async fn url(&self) -> anyhow::Result<String> {
        let stack = self.stack().await?;
        let stack = stack.with_context(|| format!("there is no stack {}", self.stage.deployment()))?;
        let output = stack.outputs().iter().find(|output| output.output_key() == Some("Url"));
        Ok(output.and_then(|output| output.output_value()).context("the stack names no URL")?.to_owned())
    }

    /// Deletes the stack and all that it stores, but what a production stage keeps.
    pub(crate) async fn destroy(&self, buckets: &BTreeSet<&str>) -> anyhow::Result<()> {
        if self.stack().await?.is_some() {
            if !self.stage.keeps() {
                for bucket in buckets {
                    self.empty(&format!("{}{}-{bucket}", self.stage.prefix(), self.account)).await?;
                }
            }
            self.delete().await?;
        }
        self.empty(&self.bucket).await?;
        // It may never have been made.
        let _ = self.s3.delete_bucket().bucket(&self.bucket).send().await;
        Ok(())
    }

    /// Describes the change and shows it; false when there is none.
    async fn propose(&self, name: &str, kind: ChangeSetType) -> anyhow::Result<bool> {
        let parameter = |key: &str, value: &str| Parameter::builder().parameter_key(key).parameter_value(value).build();
        let stack = self.stage.deployment();
        let call = self.cloudformation.create_change_set().stack_name(&stack).change_set_name(name);
        let call = call.change_set_type(kind).template_url(self.object_url("template.json"));
        let call = call.capabilities(Capability::CapabilityNamedIam).parameters(parameter("Packages", &self.bucket));
        let call = call.parameters(parameter("BaseUrl", &self.base_url().unwrap_or_default()));
        call.send().await.map_err(|e| anyhow::anyhow!("the template is refused: {}", told(&e)))?;
        loop {
            let set = self.cloudformation.describe_change_set().stack_name(&stack).change_set_name(name).send().await?;
            let reason = set.status_reason().unwrap_or_default();
            match set.status() {
                Some(ChangeSetStatus::CreateComplete) => {
                    for change in set.changes().iter().filter_map(|change| change.resource_change()) {
                        let action = change.action().map_or("?", |action| action.as_str());
                        let kind = change.resource_type().unwrap_or_default();
                        eprintln!("{action:8} {kind} {}", change.logical_resource_id().unwrap_or_default());
                    }
                    return Ok(true);
                }
                Some(ChangeSetStatus::Failed) if nothing(reason) => {
                    let call = self.cloudformation.delete_change_set().stack_name(&stack).change_set_name(name);
                    call.send().await?;
                    return Ok(false);
                }
                Some(ChangeSetStatus::Failed) => bail!("the change cannot be made: {reason}"),
                _ => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// Waits until the stack stands; says which parts failed when it does not.
    async fn settle(&self) -> anyhow::Result<()> {
        loop {
            let stack = self.stack().await?.context("the stack is gone")?;
            let status = stack.stack_status().map_or("", |status| status.as_str());
            match status {
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" => return Ok(()),
                _ if status.ends_with("_IN_PROGRESS") => tokio::time::sleep(LOOK_AGAIN).await,
                _ => bail!("the stack is {status}: {}", self.failures().await?),
            }
        }
    }

    async fn failures(&self) -> anyhow::Result<String> {
        let call = self.cloudformation.describe_stack_events().stack_name(self.stage.deployment());
        let events = call.send().await?.stack_events.unwrap_or_default();
        let failed =
            events.iter().filter(|event| event.resource_status().is_some_and(|s| s.as_str().ends_with("FAILED")));
        let reasons = failed.map(|event| {
            format!(
                "{}: {}",
                event.logical_resource_id().unwrap_or("?"),
                event.resource_status_reason().unwrap_or("no reason is told")
            )
        });
        Ok(reasons.collect::<Vec<_>>().join("; "))
    }

    async fn delete(&self) -> anyhow::Result<()> {
        self.cloudformation.delete_stack().stack_name(self.stage.deployment()).send().await?;
        while let Some(stack) = self.stack().await? {
            match stack.stack_status().map_or("", |status| status.as_str()) {
                "DELETE_FAILED" => bail!("the stack is not deleted: {}", self.failures().await?),
                _ => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
        Ok(())
    }

    /// The stack, if there is one.
    async fn stack(&self) -> anyhow::Result<Option<Stack>> {
        match self.cloudformation.describe_stacks().stack_name(self.stage.deployment()).send().await {
            Ok(found) => {
                let gone = |stack: &Stack| {
                    stack
                        .stack_status()
                        .is_some_and(|s| ["DELETE_COMPLETE", "REVIEW_IN_PROGRESS"].contains(&s.as_str()))
                };
                Ok(found.stacks.unwrap_or_default().into_iter().find(|stack| !gone(stack)))
            }
            Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ValidationError") => {
                Ok(None)
            }
            Err(error) => bail!("CloudFormation does not answer: {}", told(&error)),
        }
    }

    async fn make_bucket(&self) -> anyhow::Result<()> {
        if self.s3.head_bucket().bucket(&self.bucket).send().await.is_ok() {
            return Ok(());
        }
        let mut call = self.s3.create_bucket().bucket(&self.bucket);
        if self.region != "us-east-1" {
            let place = s3::types::BucketLocationConstraint::from(self.region.as_str());
            let place = s3::types::CreateBucketConfiguration::builder().location_constraint(place).build();
            call = call.create_bucket_configuration(place);
        }
        call.send().await.map_err(|e| anyhow::anyhow!("the bucket {} is not made: {}", self.bucket, told(&e)))?;
        Ok(())
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        let call = self.s3.put_object().bucket(&self.bucket).key(key).body(bytes.into());
        call.send().await.map_err(|e| anyhow::anyhow!("{key} is not stored in {}: {}", self.bucket, told(&e)))?;
        Ok(())
    }

    async fn empty(&self, bucket: &str) -> anyhow::Result<()> {
        loop {
            let page = match self.s3.list_objects_v2().bucket(bucket).send().await {
                Ok(page) => page,
                Err(e) if e.as_service_error().and_then(|e| e.code()) == Some("NoSuchBucket") => return Ok(()),
                Err(e) => bail!("the bucket {bucket} cannot be listed: {}", told(&e)),
            };
            let keys = page.contents().iter().filter_map(|object| object.key());
            let objects =
                keys.map(|key| ObjectIdentifier::builder().key(key).build()).collect::<Result<Vec<_>, _>>()?;
            if objects.is_empty() {
                return Ok(());
            }
            let objects = Delete::builder().set_objects(Some(objects)).quiet(true).build()?;
            let deleted = self.s3.delete_objects().bucket(bucket).delete(objects).send().await;
            let deleted = deleted.map_err(|e| anyhow::anyhow!("the bucket {bucket} is not emptied: {}", told(&e)))?;
            if let Some(error) = deleted.errors().first() {
                bail!("the bucket {bucket} is not emptied: {}", error.message().unwrap_or("no reason is told"));
            }
        }
    }

    fn object_url(&self, key: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}/{}/{key}", endpoint.trim_end_matches('/'), self.bucket),
            None => format!("https://{}.s3.{}.amazonaws.com/{key}", self.bucket, self.region),
        }
    }

    /// Where an emulator serves the API: it has no host name for each.
    fn base_url(&self) -> Option<String> {
        let endpoint = self.endpoint.as_ref()?.trim_end_matches('/');
        Some(format!("{endpoint}/_aws/execute-api/{}/{}", self.stage.deployment(), self.stage.name()))
    }
}

fn nothing(reason: &str) -> bool {
    ["didn't contain changes", "No updates are to be performed"].iter().any(|text| reason.contains(text))
}

fn told<E: ProvideErrorMetadata + std::error::Error + 'static>(
    error: &aws_sdk_cloudformation::error::SdkError<E>,
) -> String {
    match error.as_service_error() {
        Some(service) => {
            format!("{}: {}", service.code().unwrap_or("error"), service.message().unwrap_or("no reason is told"))
        }
        None => {
            let mut cause: &dyn std::error::Error = error;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            cause.to_string()
        }
    }
}
