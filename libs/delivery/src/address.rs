//! Addresses that players are given.

/// The base of a pathway: an edge's URL with the token, ending in `/`. The keys of objects
/// are relative to it.
pub fn pathway_base(edge_url: &str, token: &str) -> String {
    format!("{}/t/{token}/", edge_url.trim_end_matches('/'))
}

/// The platform's own URL, without a `/` at its end: the configured one, or else what the
/// viewer's request went to. None when neither says.
///
/// Players need absolute URLs for licences and steering. Behind a gateway with a path of
/// its own only the configuration knows them.
pub fn platform_url(configured: Option<&str>, scheme: Option<&str>, host: Option<&str>) -> Option<String> {
    if let Some(url) = configured.map(|url| url.trim().trim_end_matches('/')).filter(|url| !url.is_empty()) {
        return Some(url.to_owned());
    }
    let scheme = if scheme == Some("https") { "https" } else { "http" };
    host.filter(|host| is_authority(host)).map(|host| format!("{scheme}://{host}"))
}

/// A host with an optional port. It ends up in manifests, so nothing else may pass, nor
/// what only functions call each other.
fn is_authority(host: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
    (1..=255).contains(&host.len()) && host.bytes().all(allowed) && !host.ends_with(".internal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pathway_ends_in_a_slash() {
        assert_eq!(pathway_base("http://edge:81", "T"), "http://edge:81/t/T/");
        assert_eq!(pathway_base("http://edge:81/", "T"), "http://edge:81/t/T/");
    }

    #[test]
    fn the_configured_address_goes_before_the_one_that_was_called() {
        let url = platform_url(Some("https://reel.example/prod/"), None, Some("localhost:8080"));
        assert_eq!(url.as_deref(), Some("https://reel.example/prod"));
        assert_eq!(platform_url(None, None, Some("localhost:8080")).as_deref(), Some("http://localhost:8080"));
        assert_eq!(platform_url(Some(""), Some("https"), Some("[::1]:8080")).as_deref(), Some("https://[::1]:8080"));
    }

    #[test]
    fn what_is_no_host_is_not_put_into_manifests() {
        for host in ["", "a/b", "a\"b", "a<b", "a b", "a@b", "reel.internal"] {
            assert_eq!(platform_url(None, Some("javascript"), Some(host)), None, "{host}");
        }
        assert_eq!(platform_url(None, Some("javascript"), Some("a")).as_deref(), Some("http://a"));
    }
}
