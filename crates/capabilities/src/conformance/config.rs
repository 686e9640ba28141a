//! `wasi:config`: settings that change while they are read.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::config::Config;
use async_trait::async_trait;

/// A backend, and the place where its operator changes the settings.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The backend.
    fn config(&self) -> &dyn Config;

    /// Makes these the only settings. Returns once the backend has had its time to see it.
    async fn store(&self, settings: &[(&str, &str)]);
}

/// Tests a backend of `wasi:config`: `open` returns what derefs to a
/// [`Subject`](crate::conformance::config::Subject) without settings.
#[macro_export]
macro_rules! config_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            config:
            nothing_is_set_at_first,
            settings_are_ordered_by_key,
            settings_are_live;
        }
    };
}

fn get(subject: &dyn Subject, key: &str) -> Option<String> {
    subject.config().get(key).expect("settings can be read")
}

/// What is not set is none, not an error.
pub async fn nothing_is_set_at_first(subject: &dyn Subject, _: &TestClock) {
    assert_eq!(get(subject, "playback.token-lifetime"), None);
    assert_eq!(subject.config().all(), Ok(vec![]));
}

/// All settings, ordered; a part of a key is no key.
pub async fn settings_are_ordered_by_key(subject: &dyn Subject, _: &TestClock) {
    subject.store(&[("steering.b", "2"), ("playback.b", "text with = \"signs\" ü"), ("playback.a", "")]).await;
    let expected = [("playback.a", ""), ("playback.b", "text with = \"signs\" ü"), ("steering.b", "2")];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(subject.config().all(), Ok(expected.to_vec()));
    for (key, value) in expected {
        assert_eq!(get(subject, &key), Some(value));
    }
    assert_eq!(get(subject, "playback"), None);
}

/// A change, an addition and a removal are seen without a restart, again and again.
pub async fn settings_are_live(subject: &dyn Subject, _: &TestClock) {
    for round in 0..20 {
        let (even, odd) = (format!("{round}"), format!("{}", round + 1));
        subject.store(&[("a.x", &even), ("a.y", "1")]).await;
        assert_eq!((get(subject, "a.x"), get(subject, "a.y")), (Some(even), Some("1".into())));
        subject.store(&[("a.x", &odd)]).await;
        assert_eq!((get(subject, "a.x"), get(subject, "a.y")), (Some(odd), None));
    }
}
