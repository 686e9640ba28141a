//! Whom clients trust over TLS: Mozilla's roots, which are part of the program, and what
//! `SSL_CERT_FILE` names besides. The cryptography is ring's.
#![deny(missing_docs)]

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// The variable that names a file of further roots, in PEM.
const ROOTS: &str = "SSL_CERT_FILE";

/// Why there is no trust to begin with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// `SSL_CERT_FILE` names what is no file of certificates.
    #[error("SSL_CERT_FILE names {file}, which has no certificate in PEM to trust: {why}")]
    Roots {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// The library refuses its own settings.
    #[error("TLS cannot be used: {0}")]
    Settings(String),
}

/// The settings of a client that checks certificates and shows none.
///
/// # Errors
/// [`TlsError::Roots`] when `SSL_CERT_FILE` is set and not readable.
pub fn client() -> Result<ClientConfig, TlsError> {
    let more = std::env::var_os(ROOTS).filter(|file| !file.is_empty());
    trusting(more.as_deref().map(Path::new))
}

fn trusting(more: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = more {
        add(&mut roots, file).map_err(|why| TlsError::Roots { file: file.display().to_string(), why })?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| TlsError::Settings(e.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), String> {
    let certificates = CertificateDer::pem_file_iter(file).map_err(|e| e.to_string())?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    match roots.add_parsable_certificates(certificates) {
        (0, _) => Err("it has none".into()),
        _ => Ok(()),
    }
}

/// The innermost cause of an error, which names what failed: "Connection refused"; of a
/// certificate that nobody we trust has signed, also what would be right.
pub fn cause(error: &(dyn Error + 'static)) -> String {
    use rustls::CertificateError::UnknownIssuer;
    let mut cause = error;
    while let Some(inner) = inside(cause) {
        cause = inner;
    }
    match cause.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(UnknownIssuer)) => {
            format!("its certificate is not trusted: name the file of its root (PEM) with {ROOTS}")
        }
        _ => cause.to_string(),
    }
}

/// The error within an error. What an I/O error was made of is not its source.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "").unwrap();
        for file in [empty, folder.path().join("absent.pem")] {
            let error = trusting(Some(&file)).unwrap_err().to_string();
            assert!(error.contains(file.to_str().unwrap()) && error.contains(ROOTS), "{error}");
        }
        assert!(trusting(None).is_ok());
    }

    #[test]
    fn an_untrusted_certificate_is_told_from_other_failures() {
        let untrusted = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let wrapped = std::io::Error::other(std::io::Error::other(untrusted.clone()));
        assert!(cause(&untrusted).contains(ROOTS) && cause(&wrapped).contains(ROOTS));
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert!(cause(&std::io::Error::other(expired)).contains("Expired"));
    }
}
