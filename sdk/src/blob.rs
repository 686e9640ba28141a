//! Large objects (`reel:blob`). A function handles at most 16 MiB of one at a time;
//! whole bodies travel by [`Bucket::presign`], or forwarded from [`Bucket::uri`].

use crate::bindings::capabilities::reel::blob::objects;
use crate::denied::{broken, denied, unavailable};
use reel_api::Problem;

pub use objects::{Error, Info, Operation, Page, Part, Range};

/// A bucket that `reel.toml` grants, by its name: `const MEDIA: Bucket = Bucket("media");`.
#[derive(Debug, Clone, Copy)]
pub struct Bucket(pub &'static str);

impl Bucket {
    /// What is known of an object; none when it does not exist.
    pub async fn head(&self, key: &str) -> Result<Option<Info>, Error> {
        objects::head(self.0.into(), key.into()).await
    }

    /// Reads a whole object of at most 16 MiB.
    pub async fn read(&self, key: &str) -> Result<Vec<u8>, Error> {
        objects::read(self.0.into(), key.into(), None).await
    }

    /// Reads `length` bytes (at most 16 MiB) from `offset` on; fewer at the object's end.
    pub async fn read_range(&self, key: &str, offset: u64, length: u32) -> Result<Vec<u8>, Error> {
        objects::read(self.0.into(), key.into(), Some(Range { offset, length })).await
    }

    /// Writes an object, whole and at once, over one that exists.
    pub async fn write(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Info, Error> {
        objects::write(self.0.into(), key.into(), content_type.into(), body, false).await
    }

    /// Writes an object that must not exist yet.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is one already.
    pub async fn create(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Info, Error> {
        objects::write(self.0.into(), key.into(), content_type.into(), body, true).await
    }

    /// Deletes an object; one that does not exist is no error.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        objects::delete(self.0.into(), key.into()).await
    }

    /// Up to 1,000 objects whose key starts with a prefix, after the page that ended with `cursor`.
    pub async fn list(&self, prefix: &str, cursor: Option<String>) -> Result<Page, Error> {
        objects::list(self.0.into(), prefix.into(), cursor).await
    }

    /// Starts a multipart upload and returns its id.
    pub async fn create_upload(&self, key: &str, content_type: &str) -> Result<String, Error> {
        objects::create_upload(self.0.into(), key.into(), content_type.into()).await
    }

    /// The parts that an upload holds so far, ordered by number.
    pub async fn list_parts(&self, key: &str, upload: &str) -> Result<Vec<Part>, Error> {
        objects::list_parts(self.0.into(), key.into(), upload.into()).await
    }

    /// Joins the parts of an upload into the object; repeating it is no error.
    pub async fn complete_upload(&self, key: &str, upload: &str, parts: Vec<Part>) -> Result<Info, Error> {
        objects::complete_upload(self.0.into(), key.into(), upload.into(), parts).await
    }

    /// Gives up an upload and its parts.
    pub async fn abort_upload(&self, key: &str, upload: &str) -> Result<(), Error> {
        objects::abort_upload(self.0.into(), key.into(), upload.into()).await
    }

    /// A URL that allows one operation for so many seconds; it may be relative to the
    /// platform's base URL.
    pub async fn presign(&self, key: &str, operation: Operation, seconds: u32) -> Result<String, Error> {
        objects::presign(self.0.into(), key.into(), operation, seconds).await
    }

    /// Where [`crate::http::fetch`] finds the object, to forward it unread. The path is
    /// percent-encoded; a `range` header is honoured.
    pub fn uri(&self, key: &str) -> String {
        let key: Vec<String> = key.split('/').map(encode).collect();
        format!("http://blob.internal/{}/{}", self.0, key.join("/"))
    }
}

fn encode(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(bucket) => denied("buckets", &bucket),
            Error::NotFound(key) => Problem::not_found(format!("there is no object {key}")),
            Error::Exists(key) => Problem::conflict("exists", format!("object {key} exists already")),
            Error::Invalid(why) => broken("the bucket", &why),
            Error::Unavailable(why) => unavailable("the bucket", &why),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_key_keeps_its_slashes_and_nothing_else() {
        assert_eq!(super::Bucket("media").uri("a b/ü.mp4"), "http://blob.internal/media/a%20b/%C3%BC%2Emp4");
    }
}
