//! Looks for the newest model that can be used.

use crate::held::Held;
use reel_api::ranking::{MODEL_PREFIX, MODELS};
use reel_ranking::TitleModel;
use reel_sdk::Problem;
use reel_sdk::blob::{Bucket, Info};
use std::cell::RefCell;
use std::collections::HashSet;

const BUCKET: Bucket = Bucket(MODELS);
/// How much of an object is read at once, in bytes.
const WINDOW: u32 = 16 << 20;
/// The longest model, in bytes: it is in memory twice while it is read.
const LONGEST: u64 = 64 << 20;

thread_local! {
    /// The keys of models that cannot be used: nobody reads them again.
    static REFUSED: RefCell<HashSet<String>> = RefCell::default();
}

/// The newest model that can be used and is newer than a version; none when there is none. A
/// damaged one is passed over.
///
/// # Errors
/// Why the bucket cannot be read.
pub(crate) async fn newer(than: Option<&str>) -> Result<Option<Held>, Problem> {
    for info in candidates(listed().await?, than) {
        match TitleModel::from_bytes(&read(&info).await?) {
            Ok(model) => return Ok(Some(Held { version: version(&info.key).to_owned(), model })),
            Err(error) => refuse(info.key, &error.to_string()),
        }
    }
    Ok(None)
}

/// What may be newer than a version, the newest first.
fn candidates(mut listed: Vec<Info>, than: Option<&str>) -> Vec<Info> {
    listed.retain(|info| than.is_none_or(|than| version(&info.key) > than) && !is_refused(&info.key));
    listed.sort_by(|a, b| b.key.cmp(&a.key));
    for long in listed.extract_if(.., |info| info.size > LONGEST) {
        refuse(long.key, &format!("it has more than {LONGEST} bytes"));
    }
    listed
}

fn version(key: &str) -> &str {
    key.strip_prefix(MODEL_PREFIX).unwrap_or(key)
}

async fn listed() -> Result<Vec<Info>, Problem> {
    let (mut listed, mut cursor) = (Vec::new(), None);
    loop {
        let page = BUCKET.list(MODEL_PREFIX, cursor).await?;
        listed.extend(page.objects);
        match page.cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(listed),
        }
    }
}

async fn read(info: &Info) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(info.size as usize);
    while (bytes.len() as u64) < info.size {
        let window = BUCKET.read_range(&info.key, bytes.len() as u64, WINDOW).await?;
        if window.is_empty() {
            break;
        }
        bytes.extend(window);
    }
    Ok(bytes)
}

fn is_refused(key: &str) -> bool {
    REFUSED.with_borrow(|refused| refused.contains(key))
}

fn refuse(key: String, why: &str) {
    eprintln!("the model {key} is not used: {why}");
    REFUSED.with_borrow_mut(|refused| refused.insert(key));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_neither_old_ones_nor_refused_ones() {
        let info = |version: &str, size| Info {
            key: format!("{MODEL_PREFIX}{version}"),
            size,
            etag: String::new(),
            modified_at: 0,
            content_type: String::new(),
        };
        let listed = || vec![info("0003", 9), info("0005", LONGEST + 1), info("0001", 9), info("0004", 9)];
        let keys =
            |than| candidates(listed(), than).iter().map(|info| version(&info.key).to_owned()).collect::<Vec<_>>();
        assert_eq!(keys(None), ["0004", "0003", "0001"]);
        assert_eq!(keys(Some("0001")), ["0004", "0003"]);
        refuse(format!("{MODEL_PREFIX}0004"), "it is damaged");
        assert_eq!(keys(Some("0001")), ["0003"]);
        assert!(keys(Some("0003")).is_empty());
    }
}
