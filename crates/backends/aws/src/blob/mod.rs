//! `reel:blob` in S3.
//!
//! A bucket of ours is a bucket there, with a prefix that keeps deployments apart. Whoever
//! reads needs `s3:ListBucket` too, or S3 says of a missing object that it is forbidden.

mod failure;
mod presign;
mod reading;
mod upload;
mod writing;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use failure::{Fault, fault};
use reel_capabilities::blob::{self, BlobError, Blobs, Body, Info, Location, Operation, Page, Part, Range};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The longest name of a bucket in S3.
const MAX_BUCKET: usize = 63;
/// Where S3 has no other name for a region than none.
const DEFAULT_REGION: &str = "us-east-1";

/// Objects in S3.
#[derive(Debug)]
pub struct S3Blobs {
    client: Client,
    prefix: String,
    /// The buckets that exist for sure; none when they are made elsewhere.
    made: Option<Mutex<HashSet<String>>>,
}

/// An object as S3 names it.
#[derive(Debug, Clone)]
struct Place {
    bucket: String,
    key: String,
}

impl S3Blobs {
    /// Objects in the buckets whose names begin with a prefix; the buckets are there already.
    pub fn new(client: &Client, prefix: impl Into<String>) -> Self {
        // S3 checksums by itself and the signature covers the content; the SDK's own would have to be
        // repeated with each part when an upload is joined, also for parts that a browser sent.
        let config = client
            .config()
            .to_builder()
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        Self { client: Client::from_conf(config.build()), prefix: prefix.into(), made: None }
    }

    /// Makes a bucket when it is first written to, and takes a missing one for an empty one.
    pub fn making_buckets(self) -> Self {
        Self { made: Some(Mutex::default()), ..self }
    }

    fn place(&self, bucket: &str, key: &str) -> Result<Place, BlobError> {
        blob::validate_name(bucket, key)?;
        let name = format!("{}{bucket}", self.prefix);
        if name.len() > MAX_BUCKET {
            return Err(BlobError::Invalid(format!("S3 takes at most {MAX_BUCKET} bytes for a bucket, not {name:?}")));
        }
        Ok(Place { bucket: name, key: key.into() })
    }

    /// The place of an object that is about to be written.
    async fn place_to_write(&self, bucket: &str, key: &str, content_type: &str) -> Result<Place, BlobError> {
        blob::validate_content_type(content_type)?;
        let place = self.place(bucket, key)?;
        let Some(made) = &self.made else { return Ok(place) };
        if !made.lock().unwrap_or_else(PoisonError::into_inner).contains(&place.bucket) {
            self.make_bucket(&place.bucket).await.map_err(|fault| fault.at(&place))?;
            made.lock().unwrap_or_else(PoisonError::into_inner).insert(place.bucket.clone());
        }
        Ok(place)
    }

    async fn make_bucket(&self, bucket: &str) -> Result<(), Fault> {
        let region = self.client.config().region().map_or(DEFAULT_REGION, |region| region.as_ref());
        let location = (region != DEFAULT_REGION).then(|| {
            CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
        });
        match self.client.create_bucket().bucket(bucket).set_create_bucket_configuration(location).send().await {
            Err(error) if error.as_service_error().is_some_and(|error| error.is_bucket_already_owned_by_you()) => {}
            made => drop(made.map_err(fault)?),
        }
        Ok(())
    }

    /// What a missing bucket is: an empty one, when buckets are made as they are needed.
    fn forgive(&self, fault: Fault) -> Fault {
        match fault {
            Fault::NoBucket if self.made.is_some() => Fault::Missing,
            fault => fault,
        }
    }
}

#[async_trait]
impl Blobs for S3Blobs {
    async fn head(&self, bucket: &str, key: &str) -> Result<Option<Info>, BlobError> {
        let place = self.place(bucket, key)?;
        self.find(&place).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn open(&self, bucket: &str, key: &str, range: Option<Range>) -> Result<(Info, Body), BlobError> {
        let place = self.place(bucket, key)?;
        self.read(&place, range).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn write(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        body: Body,
        only_new: bool,
    ) -> Result<Info, BlobError> {
        let place = self.place_to_write(bucket, key, content_type).await?;
        self.store(&place, content_type, body, only_new).await
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), BlobError> {
        let place = self.place(bucket, key)?;
        let deleted = self.client.delete_object().bucket(&place.bucket).key(&place.key).send().await;
        match deleted.map_err(|error| self.forgive(fault(error))) {
            Ok(_) | Err(Fault::Missing) => Ok(()),
            Err(fault) => Err(fault.at(&place)),
        }
    }

    async fn list(&self, bucket: &str, prefix: &str, cursor: Option<&str>) -> Result<Page, BlobError> {
        // A prefix is no key; any name will do to check the bucket's.
        let place = Place { key: prefix.into(), ..self.place(bucket, "key")? };
        self.page(&place, cursor).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn create_upload(&self, bucket: &str, key: &str, content_type: &str) -> Result<String, BlobError> {
        let place = self.place_to_write(bucket, key, content_type).await?;
        self.begin_upload(&place, content_type, None).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn put_part(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        number: u32,
        body: Body,
    ) -> Result<Part, BlobError> {
        let place = self.place(bucket, key)?;
        blob::validate_part(number)?;
        self.store_part(&place, upload, number, body).await
    }

    async fn list_parts(&self, bucket: &str, key: &str, upload: &str) -> Result<Vec<Part>, BlobError> {
        let place = self.place(bucket, key)?;
        self.stored_parts(&place, upload).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn complete_upload(&self, bucket: &str, key: &str, upload: &str, parts: &[Part]) -> Result<Info, BlobError> {
        let place = self.place(bucket, key)?;
        blob::validate_parts(parts)?;
        self.join_upload(&place, upload, parts).await.map_err(|fault| self.forgive(fault).at(&place))
    }

    async fn abort_upload(&self, bucket: &str, key: &str, upload: &str) -> Result<(), BlobError> {
        let place = self.place(bucket, key)?;
        match self.end_upload(&place, upload).await.map_err(|fault| self.forgive(fault)) {
            Ok(()) | Err(Fault::Missing) => Ok(()),
            Err(fault) => Err(fault.at(&place)),
        }
    }

    async fn presign(&self, bucket: &str, key: &str, operation: Operation, seconds: u32) -> Result<String, BlobError> {
        let place = self.place(bucket, key)?;
        self.sign(&place, operation, seconds).await
    }

    async fn locate(&self, bucket: &str, key: &str) -> Result<Location, BlobError> {
        let place = self.place(bucket, key)?;
        self.address(&place).await
    }
}
