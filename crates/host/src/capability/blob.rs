//! `reel:blob`.

use crate::bindings::reel::blob::objects::{self, Error};
use crate::capability::Lent;
use crate::state::{Lending, State, lent};
use reel_app::Access;
use reel_capabilities::blob::{self, BlobError, Info, Operation, Part, Range};
use std::sync::Arc;
use wasmtime::component::Accessor;

impl objects::Host for State {}

type Calling<'a> = &'a Accessor<State, Lending>;

/// What the caller may use, when it was granted this bucket.
fn bucket(accessor: Calling<'_>, bucket: &str, access: Access) -> Result<Arc<Lent>, Error> {
    let lent = lent(accessor);
    match lent.allows_access("buckets", &lent.grants.buckets, bucket, access) {
        true => Ok(lent),
        false => Err(Error::Denied(bucket.to_owned())),
    }
}

impl objects::HostWithStore<State> for Lending {
    async fn head(accessor: Calling<'_>, name: String, key: String) -> Result<Option<objects::Info>, Error> {
        let lent = bucket(accessor, &name, Access::Read)?;
        Ok(lent.capabilities.blobs.head(&name, &key).await?.map(objects::Info::from))
    }

    async fn read(
        accessor: Calling<'_>,
        name: String,
        key: String,
        range: Option<objects::Range>,
    ) -> Result<Vec<u8>, Error> {
        let lent = bucket(accessor, &name, Access::Read)?;
        let range = range.map(|range| Range { offset: range.offset, length: range.length.into() });
        Ok(blob::read(&*lent.capabilities.blobs, &name, &key, range).await?.into())
    }

    async fn write(
        accessor: Calling<'_>,
        name: String,
        key: String,
        content_type: String,
        body: Vec<u8>,
        only_new: bool,
    ) -> Result<objects::Info, Error> {
        let lent = bucket(accessor, &name, Access::Write)?;
        let body = blob::body(body);
        Ok(lent.capabilities.blobs.write(&name, &key, &content_type, body, only_new).await?.into())
    }

    async fn delete(accessor: Calling<'_>, name: String, key: String) -> Result<(), Error> {
        let lent = bucket(accessor, &name, Access::Write)?;
        Ok(lent.capabilities.blobs.delete(&name, &key).await?)
    }

    async fn list(
        accessor: Calling<'_>,
        name: String,
        prefix: String,
        cursor: Option<String>,
    ) -> Result<objects::Page, Error> {
        let lent = bucket(accessor, &name, Access::Read)?;
        let page = lent.capabilities.blobs.list(&name, &prefix, cursor.as_deref()).await?;
        let objects = page.objects.into_iter().map(objects::Info::from).collect();
        Ok(objects::Page { objects, cursor: page.cursor })
    }

    async fn create_upload(
        accessor: Calling<'_>,
        name: String,
        key: String,
        content_type: String,
    ) -> Result<String, Error> {
        let lent = bucket(accessor, &name, Access::Write)?;
        Ok(lent.capabilities.blobs.create_upload(&name, &key, &content_type).await?)
    }

    async fn list_parts(
        accessor: Calling<'_>,
        name: String,
        key: String,
        upload: String,
    ) -> Result<Vec<objects::Part>, Error> {
        let lent = bucket(accessor, &name, Access::Read)?;
        let parts = lent.capabilities.blobs.list_parts(&name, &key, &upload).await?;
        Ok(parts.into_iter().map(objects::Part::from).collect())
    }

    async fn complete_upload(
        accessor: Calling<'_>,
        name: String,
        key: String,
        upload: String,
        parts: Vec<objects::Part>,
    ) -> Result<objects::Info, Error> {
        let lent = bucket(accessor, &name, Access::Write)?;
        let parts: Vec<Part> = parts.into_iter().map(Part::from).collect();
        Ok(lent.capabilities.blobs.complete_upload(&name, &key, &upload, &parts).await?.into())
    }

    async fn abort_upload(accessor: Calling<'_>, name: String, key: String, upload: String) -> Result<(), Error> {
        let lent = bucket(accessor, &name, Access::Write)?;
        Ok(lent.capabilities.blobs.abort_upload(&name, &key, &upload).await?)
    }

    async fn presign(
        accessor: Calling<'_>,
        name: String,
        key: String,
        operation: objects::Operation,
        seconds: u32,
    ) -> Result<String, Error> {
        let (access, operation) = match operation {
            objects::Operation::Get => (Access::Read, Operation::Get),
            objects::Operation::PutPart((upload, number)) => (Access::Write, Operation::PutPart { upload, number }),
        };
        let lent = bucket(accessor, &name, access)?;
        Ok(lent.capabilities.blobs.presign(&name, &key, operation, seconds).await?)
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound(key) => Self::NotFound(key),
            BlobError::Exists(key) => Self::Exists(key),
            BlobError::Invalid(why) => Self::Invalid(why),
            BlobError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

impl From<Info> for objects::Info {
    fn from(info: Info) -> Self {
        let Info { key, size, etag, modified_at, content_type } = info;
        Self { key, size, etag, modified_at, content_type }
    }
}

impl From<Part> for objects::Part {
    fn from(part: Part) -> Self {
        Self { number: part.number, etag: part.etag, size: part.size }
    }
}

impl From<objects::Part> for Part {
    fn from(part: objects::Part) -> Self {
        Self { number: part.number, etag: part.etag, size: part.size }
    }
}
