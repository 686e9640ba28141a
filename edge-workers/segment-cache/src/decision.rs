//! What an edge decides: who may have a segment, and where it comes from.

use crate::settings::{PARENTS, Settings};
use reel_api::{Millis, Problem};
use reel_delivery::{Claims, Request};

/// The host's cache, `http://cache.internal`.
pub(crate) trait Cache {
    /// An answer whose body nobody has read.
    type Answer;

    /// Asks for an object: only if it is kept (404 when not), or else filled from a URL.
    ///
    /// # Errors
    /// The cache cannot be asked: says why.
    async fn get(&self, key: &str, fill: Option<&str>) -> Result<Self::Answer, String>;

    /// The status of an answer.
    fn status(answer: &Self::Answer) -> u16;
}

/// The segment that a path names, for who holds a token for it.
///
/// # Errors
/// A problem: 403 for the token, 404 for the path, 502 when there is no parent to ask. A
/// parent's failure is the cache's answer, handed on like any other.
pub(crate) async fn answer<C: Cache>(
    path: &str,
    now: Millis,
    settings: &Settings,
    cache: &C,
) -> Result<C::Answer, Problem> {
    let Request { token, object } = Request::parse(path)?;
    Claims::verify(token, object.title, object.revision, now, &settings.keys)?;
    let kept = ask(cache, object.key, None).await?;
    if C::status(&kept) != 404 {
        return Ok(kept);
    }
    fill(token, object.key, settings, cache).await
}

/// Goes from parent to parent until one knows: an object that it has, or that there is none.
async fn fill<C: Cache>(token: &str, key: &str, settings: &Settings, cache: &C) -> Result<C::Answer, Problem> {
    let mut failed = None;
    for parent in &settings.parents {
        let answer = ask(cache, key, Some(&format!("{parent}/t/{token}/{key}"))).await?;
        if C::status(&answer) < 500 {
            return Ok(answer);
        }
        failed = Some(answer);
    }
    failed.ok_or_else(|| {
        Problem::new(
            502,
            "no-parent",
            "There is nowhere to fetch it from",
            format!("this edge has no parents: configure {PARENTS}"),
        )
    })
}

async fn ask<C: Cache>(cache: &C, key: &str, fill: Option<&str>) -> Result<C::Answer, Problem> {
    cache
        .get(key, fill)
        .await
        .map_err(|why| Problem::new(502, "no-cache", "The cache of this edge cannot be asked", why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{RevisionId, TitleId};
    use std::cell::RefCell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const NOW: Millis = 1_700_000_000_000;

    /// Answers each request with the next status, and notes what was asked.
    struct Scripted {
        statuses: RefCell<Vec<u16>>,
        asked: RefCell<Vec<String>>,
    }

    impl Cache for Scripted {
        type Answer = u16;

        async fn get(&self, key: &str, fill: Option<&str>) -> Result<u16, String> {
            self.asked.borrow_mut().push(fill.unwrap_or(key).to_owned());
            self.statuses.borrow_mut().pop().ok_or_else(|| "nobody is there".into())
        }

        fn status(answer: &u16) -> u16 {
            *answer
        }
    }

    fn claims() -> Claims {
        Claims::of_play(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), 0, NOW)
    }

    fn key() -> String {
        format!("{}/{}/h264-720p/1.m4s", claims().title, claims().revision)
    }

    fn settings() -> Settings {
        Settings::read(Some("07".repeat(32)), Some("http://ixp http://origin".into())).unwrap()
    }

    fn token() -> String {
        claims().sign(&settings().keys)
    }

    /// The result, and what the cache was asked.
    fn decide(path: &str, settings: &Settings, statuses: &[u16]) -> (Result<u16, Problem>, Vec<String>) {
        let statuses = statuses.iter().rev().copied().collect();
        let cache = Scripted { statuses: RefCell::new(statuses), asked: RefCell::default() };
        let result = match pin!(answer(path, NOW, settings, &cache)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => unreachable!("a scripted cache answers at once"),
        };
        (result, cache.asked.into_inner())
    }

    #[test]
    fn a_segment_comes_from_the_first_that_has_it() {
        let path = format!("/t/{}/{}", token(), key());
        let (ixp, origin) = (format!("http://ixp{path}"), format!("http://origin{path}"));
        let all = [&key(), &ixp, &origin];
        let cases: [(&[u16], u16); 8] = [
            (&[200], 200),
            (&[206], 206),
            (&[416], 416),
            (&[404, 200], 200),
            (&[404, 404], 404),
            (&[404, 502, 200], 200),
            (&[404, 504, 404], 404),
            (&[404, 502, 504], 504),
        ];
        for (statuses, expected) in cases {
            let (result, asked) = decide(&path, &settings(), statuses);
            assert_eq!(result, Ok(expected), "{statuses:?}");
            assert_eq!(asked.iter().collect::<Vec<_>>(), all[..statuses.len()], "{statuses:?}");
        }
    }

    #[test]
    fn nobody_is_asked_for_who_may_not() {
        let expired = Claims { expires_at: NOW, ..claims() }.sign(&settings().keys);
        let other = Claims { title: TitleId::new(1, &[9; 10]), ..claims() }.sign(&settings().keys);
        let forged = claims().sign(&Keys::from_bytes(&[8; 32]).unwrap());
        let cases = [
            (expired, "token-expired"),
            (other, "token-title"),
            (forged, "token-forged"),
            ("x".into(), "token-malformed"),
        ];
        for (token, code) in cases {
            let (result, asked) = decide(&format!("/t/{token}/{}", key()), &settings(), &[200]);
            let problem = result.unwrap_err();
            assert_eq!((problem.status, &*problem.code, asked.len()), (403, code, 0));
        }
        let (result, asked) = decide(&format!("/t/{}/{}/index.json", token(), claims().title), &settings(), &[200]);
        assert_eq!((result.unwrap_err().status, asked.len()), (404, 0));
    }

    #[test]
    fn an_edge_alone_serves_what_it_has() {
        let path = format!("/t/{}/{}", token(), key());
        let alone = Settings { parents: vec![], ..settings() };
        assert_eq!(decide(&path, &alone, &[200]).0, Ok(200));
        assert_eq!(decide(&path, &alone, &[404]).0.unwrap_err().code, "no-parent");
        assert_eq!(decide(&path, &alone, &[]).0.unwrap_err().code, "no-cache");
    }

    use reel_delivery::Keys;
}
