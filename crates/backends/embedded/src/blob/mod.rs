//! `reel:blob` in files.
//!
//! ```text
//! content/7f/ID.mp4        what objects hold; written once, never changed
//! objects/BUCKET/a.d/b.o   for key `a/b`: a pointer that names content, size, etag, type
//! uploads/ID/              an upload's parts, or the note that it was completed
//! staging/SESSION/         what a process is working on; locked while it lives
//! ```
//!
//! An object appears, changes and goes by one rename of its pointer, so content and
//! metadata cannot part. What a dead process left in staging says what to clean up.

mod layout;
mod listing;
mod pointer;
mod presign;
mod reading;
mod sink;
mod staging;
mod upload;

pub use presign::{PresignError, PresignKey, Signed};

use crate::durable;
use async_trait::async_trait;
use layout::Layout;
use pointer::Pointer;
use reel_capabilities::blob::{self, BlobError, Blobs, Body, Info, Location, Operation, Page, Part, Range};
use reel_capabilities::{Clock, SystemClock};
use sink::Staged;
use staging::Session;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Objects in files under one folder. Several processes may have it open at once.
#[derive(Clone)]
pub struct FileBlobs {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    key: Option<PresignKey>,
}

/// The folder, and this process's place in it.
struct Store {
    layout: Layout,
    session: Session,
}

/// What an operator must know of a failure.
fn unavailable(error: &io::Error, path: &Path) -> BlobError {
    BlobError::Unavailable(durable::explain(error, path))
}

impl FileBlobs {
    /// Opens the objects under a folder, creating it.
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        let layout = Layout::new(root);
        let open = layout.create().and_then(|()| Session::begin(&layout.staging()));
        let session = open.map_err(|error| unavailable(&error, root))?;
        Ok(Self { store: Arc::new(Store { layout, session }), clock: Arc::new(SystemClock), key: None })
    }

    /// The same, with the time from another clock.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same, with a key by which URLs are signed and verified.
    pub fn with_key(self, key: PresignKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Removes what processes that have died left behind: half-written content, replaced
    /// content, the parts of completed uploads. Leaves living processes alone.
    pub fn sweep(&self) -> Result<(), BlobError> {
        let root = self.store.layout.root();
        let now = self.clock.now();
        let swept = staging::sweep(&self.store.layout).and_then(|()| upload::sweep(&self.store.layout, now));
        swept.map_err(|error| unavailable(&error, root))
    }

    /// What a URL from [`Blobs::presign`] allows now. `path_and_query` is the request's,
    /// below the platform's base URL; `method` is GET, HEAD or PUT.
    pub fn verify_presigned(&self, method: &str, path_and_query: &str) -> Result<Signed, PresignError> {
        let key = self.key.as_ref().ok_or(PresignError::NoKey)?;
        key.verify(method, path_and_query, self.clock.now())
    }

    /// Does file work on a thread that may block.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let store = Arc::clone(&self.store);
        let task = tokio::task::spawn_blocking(move || work(&store)).await;
        task.map_err(|error| BlobError::Unavailable(format!("file work was given up: {error}")))?
    }

    fn pointer(&self, bucket: &str, key: &str, content_type: &str, staged: &Staged) -> Pointer {
        Pointer {
            bucket: bucket.into(),
            key: key.into(),
            content: layout::content_name(staged.id(), key),
            size: staged.size,
            etag: staged.etag.clone(),
            content_type: content_type.into(),
            modified_at: self.clock.now(),
        }
    }
}

#[async_trait]
impl Blobs for FileBlobs {
    async fn head(&self, bucket: &str, key: &str) -> Result<Option<Info>, BlobError> {
        blob::validate_name(bucket, key)?;
        let path = self.store.layout.object(bucket, key);
        self.apart(move |_| Ok(pointer::read(&path)?.map(Info::from))).await
    }

    async fn open(&self, bucket: &str, key: &str, range: Option<Range>) -> Result<(Info, Body), BlobError> {
        blob::validate_name(bucket, key)?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        let (info, file) = self.apart(move |store| reading::open(&store.layout, &bucket, &key)).await?;
        reading::body(info, file, range).await
    }

    async fn write(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        body: Body,
        only_new: bool,
    ) -> Result<Info, BlobError> {
        blob::validate_name(bucket, key)?;
        blob::validate_content_type(content_type)?;
        let staged = sink::receive(&self.store, body).await?;
        let pointer = self.pointer(bucket, key, content_type, &staged);
        self.apart(move |store| pointer::publish(store, staged, pointer, only_new)).await
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), BlobError> {
        blob::validate_name(bucket, key)?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.apart(move |store| pointer::remove(store, &bucket, &key)).await
    }

    async fn list(&self, bucket: &str, prefix: &str, cursor: Option<&str>) -> Result<Page, BlobError> {
        blob::validate_name(bucket, "any")?;
        let folder = self.store.layout.bucket(bucket);
        let (prefix, cursor) = (prefix.to_owned(), cursor.map(str::to_owned));
        self.apart(move |_| listing::page(&folder, &prefix, cursor.as_deref())).await
    }

    async fn create_upload(&self, bucket: &str, key: &str, content_type: &str) -> Result<String, BlobError> {
        blob::validate_name(bucket, key)?;
        blob::validate_content_type(content_type)?;
        let target = upload::Target { bucket: bucket.into(), key: key.into(), content_type: content_type.into() };
        self.apart(move |store| upload::create(store, &target)).await
    }

    async fn put_part(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        number: u32,
        body: Body,
    ) -> Result<Part, BlobError> {
        blob::validate_part(number)?;
        let upload = upload::Reference::new(bucket, key, upload)?;
        let wanted = upload.clone();
        self.apart(move |store| upload::find(&store.layout, &wanted).map(drop)).await?;
        let staged = sink::receive(&self.store, body).await?;
        self.apart(move |store| upload::keep_part(&store.layout, &upload, number, staged)).await
    }

    async fn list_parts(&self, bucket: &str, key: &str, upload: &str) -> Result<Vec<Part>, BlobError> {
        let upload = upload::Reference::new(bucket, key, upload)?;
        self.apart(move |store| upload::parts(&store.layout, &upload)).await
    }

    async fn complete_upload(&self, bucket: &str, key: &str, upload: &str, parts: &[Part]) -> Result<Info, BlobError> {
        let upload = upload::Reference::new(bucket, key, upload)?;
        let (parts, now) = (parts.to_vec(), self.clock.now());
        self.apart(move |store| upload::complete(store, &upload, &parts, now)).await
    }

    async fn abort_upload(&self, bucket: &str, key: &str, upload: &str) -> Result<(), BlobError> {
        let upload = upload::Reference::new(bucket, key, upload)?;
        self.apart(move |store| upload::abort(store, &upload)).await
    }

    async fn presign(&self, bucket: &str, key: &str, operation: Operation, seconds: u32) -> Result<String, BlobError> {
        blob::validate_name(bucket, key)?;
        blob::validate_presign(seconds)?;
        if let Operation::PutPart { upload, number } = &operation {
            blob::validate_part(*number)?;
            upload::Reference::new(bucket, key, upload)?;
        }
        let no_key = || BlobError::Unavailable(PresignError::NoKey.to_string());
        let expires = self.clock.now().div_ceil(1_000) + u64::from(seconds);
        let signed = Signed { bucket: bucket.into(), key: key.into(), operation };
        Ok(self.key.as_ref().ok_or_else(no_key)?.sign(&signed, expires))
    }

    /// The file that holds the object now. A later write leaves the file to those who
    /// have it open and removes its name.
    async fn locate(&self, bucket: &str, key: &str) -> Result<Location, BlobError> {
        blob::validate_name(bucket, key)?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.apart(move |store| {
            let pointer = pointer::read(&store.layout.object(&bucket, &key))?.ok_or(BlobError::NotFound(key))?;
            let path = store.layout.content(&pointer.content);
            let path = std::path::absolute(&path).map_err(|error| unavailable(&error, &path))?;
            Ok(Location::File(path))
        })
        .await
    }
}
