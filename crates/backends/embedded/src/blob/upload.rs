//! Multipart uploads: a folder each, with a file for each part.

use super::layout::{self, Layout};
use super::pointer::{self, Pointer};
use super::sink::{self, Staged};
use super::{Store, unavailable};
use crate::durable;
use reel_capabilities::Millis;
use reel_capabilities::blob::{self, BlobError, Info, Part};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How long a completed upload can be completed again, in milliseconds: a week.
const REMEMBERED: Millis = 7 * 24 * 3_600 * 1_000;
const TARGET: &str = "target.json";
const COMPLETED: &str = "completed.json";

/// What an upload will become.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) content_type: String,
}

/// The name of an upload: fit for a path, whether it exists or not.
#[derive(Clone)]
pub(super) struct Reference {
    bucket: String,
    key: String,
    id: String,
}

impl Reference {
    /// One that cannot be ours is taken as one that does not exist.
    pub(super) fn new(bucket: &str, key: &str, id: &str) -> Result<Self, BlobError> {
        blob::validate_name(bucket, key)?;
        let plain = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let id = if plain { id.to_owned() } else { "unknown".to_owned() };
        Ok(Self { bucket: bucket.into(), key: key.into(), id })
    }

    fn missing(&self) -> BlobError {
        BlobError::NotFound(format!("{} of {}", self.id, self.key))
    }
}

/// A stored part: its file's name says which it is and when it was stored.
struct Stored {
    part: Part,
    stored: String,
    path: PathBuf,
}

/// Begins an upload and returns its id.
pub(super) fn create(store: &Store, target: &Target) -> Result<String, BlobError> {
    let id = Uuid::now_v7().simple().to_string();
    let (draft, uploads) = (store.session.folder().join(&id), store.layout.uploads());
    let create = || {
        fs::create_dir(&draft)?;
        durable::write_synced(&draft.join(TARGET), &serde_json::to_vec(target)?)?;
        durable::sync_folder(&draft)?;
        fs::rename(&draft, uploads.join(&id))?;
        durable::sync_folder(&uploads)
    };
    create().map(|()| id.clone()).map_err(|error| unavailable(&error, &uploads))
}

/// The folder and target of an upload that is under way.
pub(super) fn find(layout: &Layout, upload: &Reference) -> Result<(PathBuf, Target), BlobError> {
    let folder = layout.uploads().join(&upload.id);
    let target: Option<Target> = load(&folder.join(TARGET))?;
    match target {
        Some(target)
            if target.bucket == upload.bucket && target.key == upload.key && !folder.join(COMPLETED).exists() =>
        {
            Ok((folder, target))
        }
        _ => Err(upload.missing()),
    }
}

fn load<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>, BlobError> {
    let json = match fs::read(path) {
        Ok(json) => json,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unavailable(&error, path)),
    };
    serde_json::from_slice(&json).map(Some).map_err(|error| unavailable(&error.into(), path))
}

/// Makes staged content a part; durable when it returns.
pub(super) fn keep_part(layout: &Layout, upload: &Reference, number: u32, staged: Staged) -> Result<Part, BlobError> {
    let (folder, _) = find(layout, upload)?;
    // Ids of version 7 grow with time: of two files for a number, the greater name holds.
    let path = folder.join(format!("{number:05}-{}-{}", Uuid::now_v7().simple(), staged.etag));
    let keep = || {
        fs::rename(staged.path(), &path)?;
        durable::sync_folder(&folder)
    };
    keep().map_err(|error| if folder.exists() { unavailable(&error, &path) } else { upload.missing() })?;
    let older = stored_parts(&folder)?.into_iter().filter(|other| other.part.number == number && other.path < path);
    for other in older {
        let _ = fs::remove_file(other.path);
    }
    Ok(Part { number, etag: staged.etag.clone(), size: staged.size })
}

/// The parts of an upload that is under way, ordered by number.
pub(super) fn parts(layout: &Layout, upload: &Reference) -> Result<Vec<Part>, BlobError> {
    let (folder, _) = find(layout, upload)?;
    Ok(newest_parts(&folder)?.into_iter().map(|stored| stored.part).collect())
}

fn newest_parts(folder: &Path) -> Result<Vec<Stored>, BlobError> {
    let mut parts = stored_parts(folder)?;
    parts.sort_by(|a, b| (a.part.number, &b.stored).cmp(&(b.part.number, &a.stored)));
    parts.dedup_by_key(|stored| stored.part.number);
    Ok(parts)
}

fn stored_parts(folder: &Path) -> Result<Vec<Stored>, BlobError> {
    let list = || fs::read_dir(folder)?.map(|entry| stored_part(&entry?)).collect::<io::Result<Vec<_>>>();
    let parts = list().map_err(|error| unavailable(&error, folder))?;
    Ok(parts.into_iter().flatten().collect())
}

fn stored_part(entry: &fs::DirEntry) -> io::Result<Option<Stored>> {
    let name = entry.file_name();
    let fields: Vec<&str> = name.to_str().map(|name| name.split('-').collect()).unwrap_or_default();
    let &[number, stored, etag] = fields.as_slice() else { return Ok(None) };
    let Ok(number) = number.parse() else { return Ok(None) };
    let (stored, etag) = (stored.to_owned(), etag.to_owned());
    let size = match entry.metadata() {
        Ok(metadata) => metadata.len(),
        // Replaced meanwhile; the one that replaces it is listed too.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Stored { part: Part { number, etag, size }, stored, path: entry.path() }))
}

/// Joins parts into the object; durable when it returns.
pub(super) fn complete(store: &Store, upload: &Reference, parts: &[Part], now: Millis) -> Result<Info, BlobError> {
    match completed(&store.layout, upload)? {
        Some(pointer) => Ok(pointer.into()),
        None => join_once(store, upload, parts, now).or_else(|error| {
            // Another call may have completed it meanwhile and taken the parts away.
            completed(&store.layout, upload)?.map(Info::from).ok_or(error)
        }),
    }
}

fn join_once(store: &Store, upload: &Reference, parts: &[Part], now: Millis) -> Result<Info, BlobError> {
    let (folder, target) = find(&store.layout, upload)?;
    let chosen = choose(&folder, parts)?;
    let staged = join(store, &chosen)?;
    let pointer = Pointer {
        content: layout::content_name(staged.id(), &target.key),
        bucket: target.bucket,
        key: target.key,
        size: staged.size,
        etag: staged.etag.clone(),
        content_type: target.content_type,
        modified_at: now,
    };
    let info = pointer::publish(store, staged, pointer.clone(), false)?;
    let note = || durable::create_whole(&folder.join(COMPLETED), &serde_json::to_vec(&pointer)?, 0o600);
    note().map_err(|error| unavailable(&error, &folder))?;
    remove_parts(&folder).map_err(|error| unavailable(&error, &folder))?;
    Ok(info)
}

/// What an upload has become; none while it is under way.
fn completed(layout: &Layout, upload: &Reference) -> Result<Option<Pointer>, BlobError> {
    let pointer: Option<Pointer> = load(&layout.uploads().join(&upload.id).join(COMPLETED))?;
    Ok(pointer.filter(|pointer| pointer.bucket == upload.bucket && pointer.key == upload.key))
}

fn choose(folder: &Path, parts: &[Part]) -> Result<Vec<Stored>, BlobError> {
    let mut stored = newest_parts(folder)?;
    for part in parts {
        match stored.iter().find(|stored| stored.part.number == part.number) {
            Some(stored) if stored.part.etag == part.etag => {}
            Some(stored) => {
                return Err(BlobError::Invalid(format!(
                    "part {} has etag {}, not {}",
                    part.number, stored.part.etag, part.etag
                )));
            }
            None => return Err(BlobError::Invalid(format!("part {} was not uploaded", part.number))),
        }
    }
    stored.retain(|stored| parts.iter().any(|part| part.number == stored.part.number));
    // The sizes as stored, not as the caller remembers them; but the order as given.
    blob::validate_parts(&parts.iter().map(|part| sized(part, &stored)).collect::<Vec<_>>())?;
    Ok(stored)
}

fn sized(part: &Part, stored: &[Stored]) -> Part {
    let size = stored.iter().find(|stored| stored.part.number == part.number).map_or(0, |stored| stored.part.size);
    Part { size, ..part.clone() }
}

/// Copies the parts into one file. Its etag is made of theirs, so that nothing is hashed twice.
fn join(store: &Store, parts: &[Stored]) -> Result<Staged, BlobError> {
    let mut staged = Staged::new(store);
    let mut digest = Sha256::new();
    let mut copy = || {
        let mut whole = OpenOptions::new().write(true).create_new(true).open(staged.path())?;
        let mut size = 0;
        for stored in parts {
            size += io::copy(&mut File::open(&stored.path)?, &mut whole)?;
            digest.update(&stored.part.etag);
        }
        whole.sync_all().map(|()| size)
    };
    let size = copy().map_err(|error| unavailable(&error, staged.path()))?;
    staged.etag = format!("{}-{}", sink::etag(digest), parts.len());
    staged.size = size;
    Ok(staged)
}

fn remove_parts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if stored_part(&entry)?.is_some() {
            durable::remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Gives up an upload that is under way.
pub(super) fn abort(store: &Store, upload: &Reference) -> Result<(), BlobError> {
    let folder = match find(&store.layout, upload) {
        Ok((folder, _)) => folder,
        Err(BlobError::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let aborted = store.session.folder().join(Uuid::now_v7().simple().to_string());
    let remove = || match fs::rename(&folder, &aborted) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => durable::sync_folder(&store.layout.uploads()).and_then(|()| fs::remove_dir_all(&aborted)),
    };
    remove().map_err(|error| unavailable(&error, &folder))
}

/// Forgets uploads that were completed more than a week ago, and removes parts that
/// outlived their completion.
pub(super) fn sweep(layout: &Layout, now: Millis) -> io::Result<()> {
    for entry in fs::read_dir(layout.uploads())? {
        let folder = entry?.path();
        let Ok(Some(pointer)) = load::<Pointer>(&folder.join(COMPLETED)) else { continue };
        if now.saturating_sub(pointer.modified_at) > REMEMBERED {
            fs::remove_dir_all(&folder)?;
        } else {
            remove_parts(&folder)?;
        }
    }
    Ok(())
}
