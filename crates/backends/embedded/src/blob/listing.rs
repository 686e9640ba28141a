//! Lists keys in byte order.

use super::layout::{Kind, parse};
use super::{pointer, unavailable};
use reel_capabilities::blob::{BlobError, Page};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The most objects in a page.
const PAGE: usize = 1_000;

/// Which keys are wanted.
struct Wanted<'a> {
    prefix: &'a [u8],
    /// The last key of the page before.
    after: Option<&'a [u8]>,
}

impl Wanted<'_> {
    fn takes(&self, key: &[u8]) -> bool {
        key.starts_with(self.prefix) && self.after.is_none_or(|after| key > after)
    }

    /// Whether there can be such keys among those that begin so.
    fn below(&self, start: &[u8]) -> bool {
        let prefixed = start.starts_with(self.prefix) || self.prefix.starts_with(start);
        prefixed && self.after.is_none_or(|after| start > after || after.starts_with(start))
    }
}

/// The objects below a bucket's folder.
pub(super) fn page(bucket: &Path, prefix: &str, cursor: Option<&str>) -> Result<Page, BlobError> {
    let wanted = Wanted { prefix: prefix.as_bytes(), after: cursor.map(str::as_bytes) };
    let mut page = Page::default();
    let more = walk(bucket, &[], &wanted, &mut page)?;
    page.cursor = page.objects.last().filter(|_| more).map(|object| object.key.clone());
    Ok(page)
}

/// Adds what is wanted below a folder, and says whether there is more than the page holds.
fn walk(folder: &Path, start: &[u8], wanted: &Wanted<'_>, page: &mut Page) -> Result<bool, BlobError> {
    for (key, kind, path) in entries(folder, start)? {
        if kind == Kind::Object {
            if !wanted.takes(&key) {
                continue;
            }
            // One that is deleted meanwhile is not listed.
            let Some(pointer) = pointer::read(&path)? else { continue };
            if page.objects.len() == PAGE {
                return Ok(true);
            }
            page.objects.push(pointer.into());
        } else if wanted.below(&key) && walk(&path, &key, wanted, page)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a folder holds, in the order of keys. A name alone would sort wrongly: `a-b` comes
/// before `a/b`, so a folder counts with its slash.
fn entries(folder: &Path, start: &[u8]) -> Result<Vec<(Vec<u8>, Kind, PathBuf)>, BlobError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unavailable(&error, folder)),
    };
    let mut entries = Vec::new();
    for entry in listed {
        let entry = entry.map_err(|error| unavailable(&error, folder))?;
        if let Some((fragment, kind)) = parse(&entry.file_name()) {
            entries.push(([start, &fragment].concat(), kind, entry.path()));
        }
    }
    entries.sort_unstable();
    Ok(entries)
}
