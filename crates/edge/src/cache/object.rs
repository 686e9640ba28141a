//! What the cache keeps of an object.

use bytes::Bytes;
use foyer::{Code, Error, Result};
use std::io::{Read, Write};

/// A whole object. A clone shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) content_type: String,
    pub(crate) etag: String,
    pub(crate) body: Bytes,
}

impl Object {
    /// What it takes of the cache's memory, in bytes; the rest is what foyer keeps of an entry.
    pub(crate) fn weight(&self) -> usize {
        self.estimated_size() + 256
    }
}

/// On disk: three fields, each after its length (64 bits, little-endian). foyer adds a checksum.
impl Code for Object {
    fn encode(&self, writer: &mut impl Write) -> Result<()> {
        for field in [self.content_type.as_bytes(), self.etag.as_bytes(), &self.body] {
            let length = field.len() as u64;
            writer.write_all(&length.to_le_bytes()).map_err(Error::io_error)?;
            writer.write_all(field).map_err(Error::io_error)?;
        }
        Ok(())
    }

    fn decode(reader: &mut impl Read) -> Result<Self> {
        let (content_type, etag) = (text(reader)?, text(reader)?);
        Ok(Self { content_type, etag, body: field(reader)?.into() })
    }

    fn estimated_size(&self) -> usize {
        24 + self.content_type.len() + self.etag.len() + self.body.len()
    }
}

fn text(reader: &mut impl Read) -> Result<String> {
    String::from_utf8(field(reader)?).map_err(|e| Error::io_error(std::io::Error::other(e)))
}

/// Reads no more than there is, whatever the length says.
fn field(reader: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 8];
    reader.read_exact(&mut length).map_err(Error::io_error)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(64 * 1024 * 1024));
    reader.by_ref().take(length).read_to_end(&mut bytes).map_err(Error::io_error)?;
    if bytes.len() as u64 != length {
        return Err(Error::io_error(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_comes_back_from_its_bytes_and_a_torn_one_does_not() {
        let object =
            Object { content_type: "video/mp4".into(), etag: "\"e\"".into(), body: Bytes::from_static(b"film") };
        let mut bytes = Vec::new();
        object.encode(&mut bytes).unwrap();
        assert_eq!(bytes.len(), object.estimated_size());
        assert_eq!(Object::decode(&mut &bytes[..]).unwrap(), object);
        for end in 0..bytes.len() {
            assert!(Object::decode(&mut &bytes[..end]).is_err(), "{end} bytes");
        }
        assert!(Object::decode(&mut &[0xff; 64][..]).is_err());
    }
}
