//! The platform's API over HTTP.

use crate::PlayerError;
use bytes::Bytes;
use reel_api::{Client, Transport};
use std::time::Duration;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// An edge that says nothing for so long is given up, well before a buffer runs dry.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(4);

/// A platform and who asks it.
#[derive(Debug, Clone)]
pub(crate) struct Platform {
    pub(crate) http: reqwest::Client,
    base: Url,
    token: String,
}

impl Platform {
    pub(crate) fn new(base: &str, token: &str) -> Result<Self, PlayerError> {
        let wrong = || PlayerError::BaseUrl(base.to_owned());
        let base = Url::parse(&format!("{}/", base.trim_end_matches('/'))).map_err(|_| wrong())?;
        if base.cannot_be_a_base() || !base.has_host() {
            return Err(wrong());
        }
        let lost = |why: String| PlayerError::Platform(reel_api::CallError::Transport(why));
        let http = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(SILENCE_TIMEOUT);
        let http = http.tls_backend_preconfigured(reel_tls::client().map_err(|e| lost(e.to_string()))?);
        let http = http.build().map_err(|e| lost(reason(&e)))?;
        Ok(Self { http, base, token: token.to_owned() })
    }

    /// A typed client of the platform.
    pub(crate) fn client(&self) -> Client<Self> {
        Client::new(self.clone())
    }

    /// Where something is: what is not absolute is relative to the base URL, a leading `/` too.
    pub(crate) fn resolve(&self, location: &str) -> Result<Url, PlayerError> {
        self.base
            .join(relative(location))
            .map_err(|e| PlayerError::Manifest { url: location.to_owned(), why: e.to_string() })
    }

    /// Fetches a text that needs no credentials.
    pub(crate) async fn fetch(&self, url: &Url) -> Result<Bytes, PlayerError> {
        let lost = |e: reqwest::Error| PlayerError::Platform(reel_api::CallError::Transport(reason(&e)));
        let answer =
            self.http.get(url.clone()).send().await.and_then(reqwest::Response::error_for_status).map_err(lost)?;
        answer.bytes().await.map_err(lost)
    }
}

fn relative(location: &str) -> &str {
    location.trim_start_matches('/')
}

/// An error and what caused it at last, in one line.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    format!("{error}: {}", reel_tls::cause(error))
}

impl Transport for Platform {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        let (mut head, body) = request.into_parts();
        let own = head.uri.host().is_none();
        let url = if own {
            self.base.join(relative(&head.uri.to_string())).map_err(|e| e.to_string())?.to_string()
        } else {
            head.uri.to_string()
        };
        if own {
            let bearer = format!("Bearer {}", self.token)
                .parse()
                .map_err(|_| "the token has characters that no header can carry")?;
            head.headers.insert(http::header::AUTHORIZATION, bearer);
        }
        let request = self.http.request(head.method, url).headers(head.headers).body(body);
        let answer = request.send().await.map_err(|e| reason(&e))?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = answer.headers().clone();
        }
        response.body(answer.bytes().await.map_err(|e| reason(&e))?).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_may_carry_a_path() {
        let platform = Platform::new("http://localhost:8080/stage", "t").unwrap();
        assert_eq!(platform.resolve("/steering/x").unwrap().as_str(), "http://localhost:8080/stage/steering/x");
        assert_eq!(platform.resolve("play/x").unwrap().as_str(), "http://localhost:8080/stage/play/x");
        assert_eq!(platform.resolve("http://e:1/x").unwrap().as_str(), "http://e:1/x");
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for base in ["", "localhost", "mailto:x"] {
            assert!(matches!(Platform::new(base, "t"), Err(PlayerError::BaseUrl(_))), "{base}");
        }
    }
}
