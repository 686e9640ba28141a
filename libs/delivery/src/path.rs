//! Paths of segments.

use reel_api::{Problem, RevisionId, TitleId};
use std::str::FromStr;

/// What is no path of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not the path of a segment: it should be /t/TOKEN/TITLE/REVISION/RENDITION/init.mp4 or …/NUMBER.m4s, unencoded"
)]
pub struct PathError;

impl From<PathError> for Problem {
    fn from(error: PathError) -> Self {
        Problem::not_found(error.to_string())
    }
}

/// A request for an object, with the token that should allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The playback token, not yet looked at.
    pub token: &'a str,
    /// What is asked for.
    pub object: Object<'a>,
}

/// An init segment or a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// Its key in the delivery bucket and in every cache.
    pub key: &'a str,
    /// Its title.
    pub title: TitleId,
    /// The encoding.
    pub revision: RevisionId,
}

impl<'a> Request<'a> {
    /// Reads `/t/{token}/{title}/{revision}/{rendition}/{file}`, without a query. There is
    /// one way only to write a path: no escapes, no dots to climb by, no leading zeros.
    ///
    /// # Errors
    /// [`PathError`] for anything else, a title's index among it.
    pub fn parse(path: &'a str) -> Result<Self, PathError> {
        let (token, key) = path.strip_prefix("/t/").and_then(|rest| rest.split_once('/')).ok_or(PathError)?;
        Ok(Self { token, object: Object::parse(key)? })
    }
}

impl<'a> Object<'a> {
    /// Reads `{title}/{revision}/{rendition}/{file}`.
    ///
    /// # Errors
    /// [`PathError`] for anything else.
    pub fn parse(key: &'a str) -> Result<Self, PathError> {
        let mut parts = key.split('/');
        let mut next = || parts.next().ok_or(PathError);
        let (title, revision, rendition, file) = (id(next()?)?, id(next()?)?, next()?, next()?);
        let well_formed = is_rendition(rendition) && is_file(file) && parts.next().is_none();
        well_formed.then_some(Self { key, title, revision }).ok_or(PathError)
    }
}

/// An id in the one way that we write it; a UUID has others.
fn id<T: FromStr + ToString>(text: &str) -> Result<T, PathError> {
    let id: T = text.parse().map_err(|_| PathError)?;
    (id.to_string() == text).then_some(id).ok_or(PathError)
}

fn is_rendition(name: &str) -> bool {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(letters)
}

fn is_file(name: &str) -> bool {
    name == "init.mp4" || name.strip_suffix(".m4s").is_some_and(is_number)
}

/// A segment's number: from 1, in decimal digits.
fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|number| number > 0 && number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    const REVISION: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70";

    #[test]
    fn a_path_is_a_token_and_the_key_of_an_object() {
        for file in ["init.mp4", "1.m4s", "150.m4s", "4294967295.m4s"] {
            let key = format!("{TITLE}/{REVISION}/h264-720p/{file}");
            let path = format!("/t/TOKEN/{key}");
            let request = Request::parse(&path).unwrap();
            assert_eq!((request.token, request.object.key), ("TOKEN", &*key));
            assert_eq!(request.object.title.to_string(), TITLE);
            assert_eq!(request.object.revision.to_string(), REVISION);
        }
    }

    #[test]
    fn the_keys_of_the_encoding_workflow_are_paths() {
        use reel_api::encoding::{index_key, init_key, segment_key};
        let (title, revision) = (TITLE.parse().unwrap(), REVISION.parse().unwrap());
        assert!(Object::parse(&init_key(title, revision, "aac-stereo")).is_ok());
        assert!(Object::parse(&segment_key(title, revision, "aac-stereo", 7)).is_ok());
        assert_eq!(Object::parse(&index_key(title, revision)), Err(PathError));
    }

    #[test]
    fn there_is_one_way_to_write_a_path() {
        let files = [
            "0.m4s",
            "01.m4s",
            "+1.m4s",
            "-1.m4s",
            "4294967296.m4s",
            "1.m4s/",
            "1.M4S",
            ".m4s",
            "1.m4s?x=1",
            "1%2Em4s",
            "init.mp4/..",
            "",
            ".",
            "..",
        ];
        for file in files {
            assert_eq!(Object::parse(&format!("{TITLE}/{REVISION}/h264-720p/{file}")), Err(PathError), "{file}");
        }
        let renditions = ["", "..", "H264", "a.b", "a%2fb", "a/b", "ä", &"a".repeat(65)];
        for rendition in renditions {
            assert_eq!(Object::parse(&format!("{TITLE}/{REVISION}/{rendition}/1.m4s")), Err(PathError), "{rendition}");
        }
        let bare = TITLE.replace('-', "");
        let titles =
            ["", "..", "tt1234", &bare, &TITLE.to_uppercase(), &format!("{{{TITLE}}}"), &format!("urn:uuid:{TITLE}")];
        for title in titles {
            assert_eq!(Object::parse(&format!("{title}/{REVISION}/h264-720p/1.m4s")), Err(PathError), "{title}");
        }
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        for path in ["", "/", "/t", "/t/", "/t/a", "/t/a/", "t/a/b", "/x/a/b", "/t//a/b/c/d", "/t/../index.json"] {
            assert_eq!(Request::parse(path), Err(PathError), "{path}");
        }
    }
}
