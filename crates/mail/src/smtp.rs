//! Handing mail over by SMTP (RFC 5321), over TLS but to this machine itself.

use crate::{MailError, Sender, compose};
use lettre::Transport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransport};
use reel_capabilities::notify::Message;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};
use url::Url;

/// How long the server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Refusals that are about us, not about the message (RFC 4954, section 6).
const NOT_SIGNED_IN: [u16; 4] = [530, 534, 535, 538];

/// A server that takes our mail.
pub struct Smtp {
    transport: SmtpTransport,
    sender: Sender,
}

impl Smtp {
    /// The server of a URL: `smtps://user@mail.example.org` speaks TLS from the start (port 465),
    /// `smtp://user@mail.example.org` after STARTTLS (port 587), without which it is not used. A server on this
    /// machine, `smtp://localhost:1025`, is spoken to in the clear.
    ///
    /// Trusted is whom Mozilla trusts, and what `SSL_CERT_FILE` names besides.
    ///
    /// # Errors
    /// [`MailError::Misconfigured`].
    pub fn new(url: &str, password: Option<&str>, sender: Sender) -> Result<Self, MailError> {
        let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "smtp" | "smtps"));
        let parsed = parsed.filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
        let parsed = parsed.ok_or_else(|| {
            MailError::Misconfigured(format!("a mail server is smtp://USER@HOST:PORT or smtps://…, not {url:?}"))
        })?;
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let implicit = parsed.scheme() == "smtps";
        let tls = match (is_here(host), implicit) {
            (true, false) => Tls::None,
            (_, false) => Tls::Required(trust(host)?),
            (_, true) => Tls::Wrapper(trust(host)?),
        };
        let port = parsed.port().unwrap_or(if implicit { 465 } else { 587 });
        let mut builder = SmtpTransport::builder_dangerous(host).port(port).tls(tls);
        if !parsed.username().is_empty() {
            let password = password.ok_or_else(|| {
                MailError::Misconfigured(format!("{url} names a user: put the password into the secret smtp-password"))
            })?;
            builder = builder.credentials(Credentials::new(user(&parsed), password.trim_end().to_owned()));
        }
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build(), sender })
    }

    /// Hands a message over. The server answers for it when this returns.
    ///
    /// # Errors
    /// [`MailError::Refused`], or [`MailError::Later`]. When the answer to the message itself was lost, nobody can
    /// tell whether it was taken: SMTP has no way to ask (RFC 5321, section 4.5.3.2.6). Sent again, it has the same
    /// `Message-ID`.
    pub async fn send(&self, message: &Message) -> Result<(), MailError> {
        let mail = compose(&self.sender, message, SystemTime::now())?;
        let transport = self.transport.clone();
        // Its asynchronous side would have half of what `reel` is built from built with other features.
        let sent = tokio::task::spawn_blocking(move || transport.send(&mail)).await;
        let sent = sent.map_err(|error| MailError::Later(format!("sending was given up: {error}")))?;
        sent.map(drop).map_err(|error| failure(&error))
    }
}

fn user(url: &Url) -> String {
    // A user is often an address, whose @ a URL writes as %40.
    url.username().replace("%40", "@")
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn trust(host: &str) -> Result<TlsParameters, MailError> {
    let wrong = |why: String| MailError::Misconfigured(why);
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(file) = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty()) {
        let pem = std::fs::read(&file).map_err(|e| wrong(format!("SSL_CERT_FILE cannot be read: {e}")))?;
        let roots = Certificate::from_pem(&pem).map_err(|e| wrong(format!("SSL_CERT_FILE: {e}")))?;
        parameters = parameters.add_root_certificate(roots);
    }
    parameters.build_rustls().map_err(|e| wrong(format!("TLS cannot be used: {e}")))
}

fn failure(error: &Error) -> MailError {
    let why = std::iter::successors(std::error::Error::source(error), |e| e.source());
    let why = why.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    let ours = error.status().is_some_and(|code| NOT_SIGNED_IN.contains(&code.into()));
    match error.is_permanent() && !ours {
        true => MailError::Refused(why),
        false => MailError::Later(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str, password: Option<&str>) -> Result<(), String> {
        let sender = Sender::parse("films@example.org").unwrap();
        Smtp::new(url, password, sender).map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_no_server_is_refused_with_what_would_be_right() {
        for url in ["mail.example.org", "http://mail.example.org", "smtp://", "smtp:mail"] {
            assert!(server(url, None).unwrap_err().contains("smtp://USER@HOST:PORT"), "{url}");
        }
        assert!(server("smtp://reel@mail.example.org", None).unwrap_err().contains("smtp-password"));
        assert_eq!(server("smtp://reel%40example.org@mail.example.org", Some("secret\n")), Ok(()));
        assert_eq!(server("smtps://mail.example.org", None), Ok(()));
        assert_eq!(server("smtp://[::1]:1025", None), Ok(()));
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for (host, here) in
            [("localhost", true), ("127.0.0.1", true), ("::1", true), ("10.0.0.1", false), ("localhost.example", false)]
        {
            assert_eq!(is_here(host), here, "{host}");
        }
    }
}
