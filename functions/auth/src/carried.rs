//! How a refresh token comes and goes: in a cookie, or in the body.

use http::HeaderMap;
use http::header::{COOKIE, ORIGIN};
use reel_api::Problem;
use reel_api::auth::{DEVICE_COOKIE, REFRESH_COOKIE, Refresh, SESSION_LIFETIME};

/// How long a browser is known again, in seconds: a year.
const DEVICE_LIFETIME: u64 = 365 * 24 * 3_600;

/// A refresh token as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) token: String,
    pub(crate) cookie: bool,
}

impl Carried {
    /// The token in the body, else the one in the cookie of a request to this authority
    /// (host and port).
    ///
    /// # Errors
    /// 401 when there is none, 403 when another site may have made a browser send the cookie.
    pub(crate) fn find(headers: &HeaderMap, authority: &str, body: &Refresh) -> Result<Self, Problem> {
        if let Some(token) = body.refresh_token.clone() {
            return Ok(Self { token, cookie: false });
        }
        let token = cookie(headers, REFRESH_COOKIE).ok_or_else(|| {
            Problem::unauthenticated("send refresh_token in the body, or the cookie that sign-in set")
        })?;
        match is_same_site(headers, authority) {
            true => Ok(Self { token, cookie: true }),
            false => Err(Problem::forbidden(
                "cross-site",
                "a request with the cookie needs the header x-requested-with, or to come from our own pages",
            )),
        }
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookie| cookie.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// Another site's page can set none of these headers as it likes: `x-requested-with`
/// needs leave (CORS), the others are the browser's own (Fetch Metadata, RFC 6454).
fn is_same_site(headers: &HeaderMap, authority: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key("x-requested-with") {
        return true;
    }
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = text(ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    // `file://` has an empty one.
    origin.is_some_and(|(_, origin)| !origin.is_empty() && origin.eq_ignore_ascii_case(authority))
}

/// The `Set-Cookie` that hands a token to a browser (RFC 6265, section 4.1).
pub(crate) fn set_cookie(token: &str, secure: bool) -> String {
    attributes(REFRESH_COOKIE, token, SESSION_LIFETIME, secure)
}

/// The `Set-Cookie` that gives a browser a name to be known by.
pub(crate) fn set_device(id: &str, secure: bool) -> String {
    attributes(DEVICE_COOKIE, id, DEVICE_LIFETIME, secure)
}

/// The `Set-Cookie` that takes it away.
pub(crate) fn clear_cookie(secure: bool) -> String {
    attributes(REFRESH_COOKIE, "", 0, secure)
}

fn attributes(name: &str, value: &str, max_age: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/v1/auth; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn found(pairs: &[(&'static str, &'static str)]) -> Result<Carried, u16> {
        Carried::find(&headers(pairs), "reel.example:8080", &Refresh::default()).map_err(|problem| problem.status)
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let carried = found(&[("cookie", "a=b; reel-refresh=t.o.k; c=d"), ("x-requested-with", "reel")]);
        assert_eq!(carried, Ok(Carried { token: "t.o.k".into(), cookie: true }));
        assert_eq!(found(&[("cookie", "xreel-refresh=t"), ("x-requested-with", "reel")]), Err(401));
        assert_eq!(found(&[]), Err(401));
    }

    #[test]
    fn another_site_cannot_use_the_cookie() {
        let cookie = ("cookie", "reel-refresh=t");
        assert!(found(&[cookie, ("sec-fetch-site", "same-origin")]).is_ok());
        assert!(found(&[cookie, ("origin", "https://Reel.example:8080")]).is_ok());
        for other in [
            &[cookie][..],
            &[cookie, ("sec-fetch-site", "cross-site")],
            &[cookie, ("sec-fetch-site", "same-site"), ("origin", "https://reel.example:8080")],
            &[cookie, ("origin", "https://evil.example")],
            &[cookie, ("origin", "null")],
        ] {
            assert_eq!(found(other), Err(403), "{other:?}");
        }
    }

    #[test]
    fn the_body_goes_before_the_cookie_and_needs_no_proof() {
        let body = Refresh { refresh_token: Some("b".into()), profile: None, pin: None };
        let carried = Carried::find(&headers(&[("cookie", "reel-refresh=c")]), "reel.example", &body).unwrap();
        assert_eq!(carried, Carried { token: "b".into(), cookie: false });
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_and_other_sites() {
        let cookie = set_cookie("t", true);
        for attribute in ["reel-refresh=t", "HttpOnly", "SameSite=Strict", "Path=/v1/auth", "Secure"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} in {cookie}");
        }
        assert!(!set_cookie("t", false).contains("Secure"));
        assert!(clear_cookie(true).contains("Max-Age=0"));
    }
}
