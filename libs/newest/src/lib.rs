//! The newest object of its kind in a bucket, held in memory.
//!
//! Objects are written once, under a name whose last part, the version, orders as they were made: the last
//! name counts. It is looked for now and then, read whole, and takes the place of the one before in one
//! step. A damaged or too long one is passed over, once and for all.
#![deny(missing_docs)]

mod looks;

use looks::Looks;
use reel_api::Millis;
use reel_sdk::blob::{Bucket, Info};
use reel_sdk::{Problem, background};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// How much of an object is read at once, in bytes.
const WINDOW: u32 = 16 << 20;

/// What an object holds, and its version.
#[derive(Debug)]
pub struct Held<T> {
    /// What follows the prefix in its name.
    pub version: String,
    /// What was read.
    pub content: T,
}

/// Which objects these are.
#[derive(Debug, Clone, Copy)]
pub struct Kind<T> {
    /// Where they are.
    pub bucket: Bucket,
    /// What their names begin with; the version follows.
    pub prefix: &'static str,
    /// The longest one, in bytes: it is in memory twice while it is read.
    pub longest: u64,
    /// Reads one, or says why it is none.
    pub read: fn(&[u8]) -> Result<T, String>,
}

/// The newest object of a kind that can be used.
#[derive(Debug)]
pub struct Newest<T> {
    kind: Kind<T>,
    held: RefCell<Option<Rc<Held<T>>>>,
    /// The names of those that cannot be used: nobody reads them again.
    refused: RefCell<BTreeSet<String>>,
    looks: Looks,
}

impl<T> Newest<T> {
    /// Of this kind; none is held yet.
    pub const fn new(kind: Kind<T>) -> Self {
        Self { kind, held: RefCell::new(None), refused: RefCell::new(BTreeSet::new()), looks: Looks::new() }
    }

    /// The one that is held.
    pub fn held(&self) -> Option<Rc<Held<T>>> {
        self.held.borrow().clone()
    }

    /// Holds another one from now on.
    pub fn hold(&self, held: Held<T>) {
        self.held.replace(Some(Rc::new(held)));
    }

    /// Holds none, until there is one again.
    pub fn let_go(&self) {
        self.held.replace(None);
    }

    /// The one that answers now; none when there is none. When it is time to, `look` looks for a newer one, beside the
    /// requests, by [`Newest::look`]; only who comes before the first one waits.
    pub async fn current(&self, now: Millis, look: impl Future<Output = ()> + 'static) -> Option<Rc<Held<T>>> {
        let held = self.held();
        if self.looks.begin(now) {
            match held {
                Some(_) => background(look),
                None => look.await,
            }
        }
        held.or_else(|| self.held())
    }

    /// Holds the newest that can be used; none when there is none. Says when whoever looks began.
    ///
    /// # Errors
    /// Why the bucket cannot be read: what is held stays.
    pub async fn look(&self, began: Millis) -> Result<(), Problem> {
        let looked = self.newest().await;
        self.looks.end(began);
        looked
    }

    async fn newest(&self) -> Result<(), Problem> {
        for info in self.usable(self.list().await?) {
            if self.held().is_some_and(|held| held.version == self.version(&info.key)) {
                return Ok(());
            }
            match (self.kind.read)(&self.bytes(&info).await?) {
                Ok(content) => {
                    self.hold(Held { version: self.version(&info.key).to_owned(), content });
                    return Ok(());
                }
                Err(why) => self.refuse(info.key, &why),
            }
        }
        self.let_go();
        Ok(())
    }

    /// All of the kind that are there.
    ///
    /// # Errors
    /// Why the bucket cannot be read.
    pub async fn list(&self) -> Result<Vec<Info>, Problem> {
        let (mut listed, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.kind.bucket.list(self.kind.prefix, cursor).await?;
            listed.extend(page.objects);
            match page.cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(listed),
            }
        }
    }

    /// What may be used, the newest first.
    fn usable(&self, mut listed: Vec<Info>) -> Vec<Info> {
        listed.retain(|info| !self.refused.borrow().contains(&info.key));
        listed.sort_by(|a, b| b.key.cmp(&a.key));
        let longest = self.kind.longest;
        for long in listed.extract_if(.., |info| info.size > longest) {
            self.refuse(long.key, &format!("it has more than {longest} bytes"));
        }
        listed
    }

    async fn bytes(&self, info: &Info) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::with_capacity(info.size as usize);
        while (bytes.len() as u64) < info.size {
            let window = self.kind.bucket.read_range(&info.key, bytes.len() as u64, WINDOW).await?;
            if window.is_empty() {
                break;
            }
            bytes.extend(window);
        }
        Ok(bytes)
    }

    fn version<'a>(&self, key: &'a str) -> &'a str {
        key.strip_prefix(self.kind.prefix).unwrap_or(key)
    }

    fn refuse(&self, key: String, why: &str) {
        eprintln!("{key} is not used: {why}");
        self.refused.borrow_mut().insert(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_none_that_is_refused() {
        let kind = Kind { bucket: Bucket("models"), prefix: "ranking/", longest: 10, read: |_| Ok(()) };
        let newest = Newest::new(kind);
        let info = |version: &str, size| Info {
            key: format!("ranking/{version}"),
            size,
            etag: String::new(),
            modified_at: 0,
            content_type: String::new(),
        };
        let listed = || vec![info("0003", 9), info("0005", 11), info("0001", 9), info("0004", 9)];
        let versions = || {
            let usable = newest.usable(listed()).into_iter();
            usable.map(|info| newest.version(&info.key).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(versions(), ["0004", "0003", "0001"]);
        newest.refuse("ranking/0004".into(), "it is damaged");
        assert_eq!(versions(), ["0003", "0001"]);
    }
}
