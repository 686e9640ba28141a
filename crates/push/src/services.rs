//! The push services that are sent to.

use crate::PushError;
use std::net::IpAddr;
use url::Url;

/// The services of the browsers that there are; a leading dot stands for any name before it.
const KNOWN: [&str; 5] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
];

/// Who is sent to: the services of known browsers, over https, and others that were configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services {
    others: Vec<Url>,
}

impl Services {
    /// Besides the known ones those of these origins, `https://push.example.org`; over http on this machine alone.
    ///
    /// # Errors
    /// [`PushError::Invalid`] when one is no such origin.
    pub fn with(origins: &[String]) -> Result<Self, PushError> {
        let others = origins.iter().map(|origin| {
            let url = Url::parse(origin).ok().filter(|url| url.scheme() == "https" || is_plain_here(url));
            url.ok_or_else(|| {
                PushError::Invalid(format!("a push service is https://HOST, or http on this machine, not {origin:?}"))
            })
        });
        Ok(Self { others: others.collect::<Result<_, _>>()? })
    }

    /// Admits the address of a known service.
    ///
    /// # Errors
    /// [`PushError::Invalid`] for any other.
    pub fn admit(&self, endpoint: &Url) -> Result<(), PushError> {
        let refused = |why: &str| Err(PushError::Invalid(format!("nothing is pushed to {endpoint}: {why}")));
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return refused("it names a user");
        }
        if self.others.iter().any(|other| other.origin() == endpoint.origin()) {
            return Ok(());
        }
        if endpoint.scheme() != "https" || endpoint.port().is_some() {
            return refused("it is not https on port 443");
        }
        match endpoint.domain().is_some_and(is_known) {
            true => Ok(()),
            false => refused("it is the push service of no known browser"),
        }
    }
}

fn is_known(domain: &str) -> bool {
    let fits = |known: &str| if known.starts_with('.') { domain.ends_with(known) } else { domain == known };
    KNOWN.into_iter().any(fits)
}

fn is_plain_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    url.scheme() == "http" && (host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(services: &Services, endpoint: &str) -> bool {
        services.admit(&Url::parse(endpoint).unwrap()).is_ok()
    }

    #[test]
    fn the_services_of_browsers_are_sent_to_and_nobody_else() {
        let services = Services::default();
        for endpoint in [
            "https://fcm.googleapis.com/fcm/send/x",
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://web.push.apple.com/x",
            "https://wns2-par02p.notify.windows.com/w/?token=x",
        ] {
            assert!(admits(&services, endpoint), "{endpoint}");
        }
        for endpoint in [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilfcm.googleapis.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://notify.windows.com.evil.example/",
            "https://169.254.169.254/latest/meta-data/",
            "http://127.0.0.1:8080/metrics",
            "https://[::1]/",
            "file:///etc/passwd",
        ] {
            assert!(!admits(&services, endpoint), "{endpoint}");
        }
    }

    #[test]
    fn others_are_sent_to_when_they_are_configured() {
        let services = Services::with(&["http://127.0.0.1:9000".into(), "https://push.example.org".into()]).unwrap();
        assert!(admits(&services, "http://127.0.0.1:9000/push/1") && admits(&services, "https://push.example.org/x"));
        assert!(!admits(&services, "http://127.0.0.1:9001/x") && !admits(&services, "http://push.example.org/x"));
        for origin in ["http://push.example.org", "push.example.org", "ftp://127.0.0.1"] {
            assert!(Services::with(&[origin.into()]).is_err(), "{origin}");
        }
    }
}
