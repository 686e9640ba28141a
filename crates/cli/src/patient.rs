//! Requests as someone, who waits when told to.

use crate::platform::Platform;
use bytes::Bytes;
use http::StatusCode;
use http::header::RETRY_AFTER;
use reel_api::Transport;
use std::time::Duration;

/// How often a request is sent before its refusal is the answer.
const TIMES: u32 = 20;

/// A platform with a token of someone's own, or none.
pub(crate) struct Patient<'a> {
    platform: &'a Platform,
    token: Option<String>,
}

impl<'a> Patient<'a> {
    pub(crate) fn new(platform: &'a Platform, token: Option<String>) -> Self {
        Self { platform, token }
    }
}

impl Transport for Patient<'_> {
    /// Sends again what came too often or at a bad time, when the platform says it may.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        for _ in 1..TIMES {
            let answer = self.platform.exchange(request.clone(), self.token.clone()).await?;
            match wait(&answer) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(answer),
            }
        }
        self.platform.exchange(request, self.token.clone()).await
    }
}

/// For how long to wait; none when the answer is one.
fn wait(answer: &http::Response<Bytes>) -> Option<Duration> {
    let again = matches!(answer.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    again.then(|| Duration::from_secs(seconds.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_sent_again_is_when_it_may() {
        let answer = |status: u16, after: Option<&str>| {
            let answer = http::Response::builder().status(status);
            let answer = after.into_iter().fold(answer, |answer, after| answer.header(RETRY_AFTER, after));
            wait(&answer.body(Bytes::new()).unwrap()).map(|wait| wait.as_secs())
        };
        assert_eq!((answer(429, Some("7")), answer(503, None)), (Some(7), Some(1)));
        assert_eq!((answer(200, None), answer(404, Some("7")), answer(500, None)), (None, None, None));
    }
}
