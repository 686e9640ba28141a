//! The bucket of a stage's packages and template, and the buckets that a stage leaves.

use crate::package::Package;
use crate::told::{code, told};
use anyhow::bail;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Delete, ObjectIdentifier};

/// What a deployment stores in S3 before CloudFormation and Lambda fetch it.
pub(crate) struct Store {
    s3: Client,
    bucket: String,
    region: String,
    endpoint: Option<String>,
}

impl Store {
    pub(crate) fn new(s3: Client, bucket: String, region: String, endpoint: Option<String>) -> Self {
        Self { s3, bucket, region, endpoint }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Where CloudFormation reads an object.
    pub(crate) fn url(&self, key: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}/{}/{key}", endpoint.trim_end_matches('/'), self.bucket),
            None => format!("https://{}.s3.{}.amazonaws.com/{key}", self.bucket, self.region),
        }
    }

    /// Makes the bucket if it is not there.
    pub(crate) async fn open(&self) -> anyhow::Result<()> {
        if self.s3.head_bucket().bucket(&self.bucket).send().await.is_ok() {
            return Ok(());
        }
        let mut call = self.s3.create_bucket().bucket(&self.bucket);
        if self.region != "us-east-1" {
            let place = BucketLocationConstraint::from(self.region.as_str());
            call = call
                .create_bucket_configuration(CreateBucketConfiguration::builder().location_constraint(place).build());
        }
        call.send().await.map_err(|e| anyhow::anyhow!("the bucket {} is not made: {}", self.bucket, told(&e)))?;
        Ok(())
    }

    /// Sends a function's package, if it is not there yet.
    pub(crate) async fn send(&self, function: &str, package: &Package) -> anyhow::Result<()> {
        if self.s3.head_object().bucket(&self.bucket).key(&package.key).send().await.is_ok() {
            return Ok(());
        }
        eprintln!("sending {function}, {:.1} MB", package.bytes.len() as f64 / 1e6);
        self.put(&package.key, package.bytes.clone()).await
    }

    pub(crate) async fn put(&self, key: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        let call = self.s3.put_object().bucket(&self.bucket).key(key).body(bytes.into());
        call.send().await.map_err(|e| anyhow::anyhow!("{key} is not stored in {}: {}", self.bucket, told(&e)))?;
        Ok(())
    }

    /// Deletes the bucket of packages.
    pub(crate) async fn delete(&self) -> anyhow::Result<()> {
        self.empty(&self.bucket).await?;
        // It may never have been made.
        let _ = self.s3.delete_bucket().bucket(&self.bucket).send().await;
        Ok(())
    }

    /// Deletes all objects of a bucket; it need not be there.
    pub(crate) async fn empty(&self, bucket: &str) -> anyhow::Result<()> {
        loop {
            let page = match self.s3.list_objects_v2().bucket(bucket).send().await {
                Ok(page) => page,
                Err(error) if code(&error) == Some("NoSuchBucket") => return Ok(()),
                Err(error) => bail!("the bucket {bucket} cannot be listed: {}", told(&error)),
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
}
