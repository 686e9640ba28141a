//! Where things stand under the root.
//!
//! Each segment of a key is a file `NAME.o` or a folder `NAME.d`, so that `a` and `a/b` can
//! both exist. File systems end names at 255 bytes: a segment of 200 bytes or more goes
//! on below a folder `FIRST-200-BYTES.p`.

use crate::durable;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// How many bytes of a segment stand in one name.
const PIECE: usize = 200;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The last of a key: the pointer.
    Object,
    /// A segment with more after it.
    Folder,
    /// The beginning of a long segment.
    Piece,
}

const ENDINGS: [(Kind, &[u8]); 3] = [(Kind::Object, b".o"), (Kind::Folder, b".d"), (Kind::Piece, b".p")];

/// The folders of a blob store.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    pub(super) fn create(&self) -> io::Result<()> {
        ["content", "objects", "uploads", "staging"]
            .iter()
            .try_for_each(|name| durable::create_folders(&self.root.join(name)))
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    pub(super) fn bucket(&self, bucket: &str) -> PathBuf {
        self.root.join("objects").join(bucket)
    }

    /// The pointer of a valid key.
    pub(super) fn object(&self, bucket: &str, key: &str) -> PathBuf {
        let mut path = self.bucket(bucket);
        let mut segments = key.split('/').peekable();
        while let Some(segment) = segments.next() {
            let kind = if segments.peek().is_some() { Kind::Folder } else { Kind::Object };
            push_segment(&mut path, segment.as_bytes(), kind);
        }
        path
    }

    /// The file of a content's name. The ids' last digits are random, so that 256 folders share them.
    pub(super) fn content(&self, name: &str) -> PathBuf {
        let id = name.split('.').next().unwrap_or(name);
        let shard = id.get(id.len().saturating_sub(2)..).unwrap_or(id);
        self.root.join("content").join(shard).join(name)
    }
}

fn push_segment(path: &mut PathBuf, mut segment: &[u8], kind: Kind) {
    while segment.len() >= PIECE {
        let (piece, rest) = segment.split_at(PIECE);
        path.push(name(piece, Kind::Piece));
        segment = rest;
    }
    path.push(name(segment, kind));
}

fn name(text: &[u8], kind: Kind) -> OsString {
    let ending = ENDINGS.iter().find(|(of, _)| *of == kind).map_or(&b""[..], |(_, ending)| ending);
    OsString::from_vec([text, ending].concat())
}

/// What a name in a folder adds to a key, and what it stands for.
pub(super) fn parse(name: &OsStr) -> Option<(Vec<u8>, Kind)> {
    ENDINGS.iter().find_map(|(kind, ending)| {
        let mut fragment = name.as_bytes().strip_suffix(*ending)?.to_vec();
        if *kind == Kind::Folder {
            fragment.push(b'/');
        }
        Some((fragment, *kind))
    })
}

/// A content's name: its id, with the key's extension for programs that go by it.
pub(super) fn content_name(id: &str, key: &str) -> String {
    let file = key.rsplit('/').next().unwrap_or(key);
    match file.rsplit_once('.') {
        Some((_, end)) if (1..=8).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!("{id}.{end}")
        }
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_share_a_path_and_no_name_is_too_long() {
        let long = "é".repeat(500);
        let keys = ["a", "a.d", "a.o", "a/b", "a.d/b", "a.o/b", &"x".repeat(200), &"x".repeat(199), &long];
        let layout = Layout::new(Path::new("/r"));
        let paths: std::collections::HashSet<_> = keys.iter().map(|key| layout.object("bucket", key)).collect();
        assert_eq!(paths.len(), keys.len());
        assert!(paths.iter().flat_map(|path| path.iter()).all(|name| name.len() <= 255));
    }

    #[test]
    fn content_keeps_a_plain_extension() {
        assert_eq!(content_name("id", "film/a.mp4"), "id.mp4");
        assert_eq!(content_name("id", "film.v2/raw"), "id");
        assert_eq!(content_name("id", "film.what is this"), "id");
    }
}
