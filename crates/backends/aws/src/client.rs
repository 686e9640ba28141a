//! The clients that the backends share: one configuration, one pool of connections.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use std::time::Duration;

#[cfg(feature = "all")]
mod services;

#[cfg(feature = "all")]
pub(crate) use services::long_answers;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
/// Whose certificates AWS' own have: the roots of Amazon Trust Services, in PEM.
const ROOTS: &[u8] = include_bytes!("client/roots.pem");
/// The variable that Lambda sets.
const IN_LAMBDA: &str = "AWS_LAMBDA_FUNCTION_NAME";
/// The variables that name other certificates.
const OTHER_ROOTS: [&str; 3] = ["SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE"];
/// The variables that lead S3 elsewhere.
const S3_ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/// Where AWS is and who asks: yields the client of each service.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    path_style: bool,
}

impl Aws {
    /// As the environment says, by the variables and files that every AWS tool reads
    /// (`AWS_REGION`, `AWS_ENDPOINT_URL`, a Lambda's role, …).
    pub async fn from_env() -> Self {
        let config = loader().load().await;
        let path_style = S3_ENDPOINTS.iter().any(|name| std::env::var_os(name).is_some());
        Self { config, path_style }
    }

    /// An emulator, which takes any credentials.
    pub async fn emulator(endpoint: &str) -> Self {
        let credentials = Credentials::new("test", "test", None, None, "emulator");
        let config = loader()
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        Self { config: config.load().await, path_style: true }
    }

    /// What the clients are made from.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// S3. Emulators have no host name for each bucket, so the bucket goes into the path.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        aws_sdk_s3::Client::from_conf(config.force_path_style(self.path_style).build())
    }
}

/// Whom the clients trust: what the system does, but in a Lambda Amazon alone. To read the system's roots takes a
/// quarter of a cold start.
fn trust() -> TrustStore {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match set(IN_LAMBDA) && !OTHER_ROOTS.iter().any(|name| set(name)) {
        true => TrustStore::empty().with_pem_certificate(ROOTS),
        false => TrustStore::default(),
    }
}

/// The connections, which trust these roots.
fn https(roots: TrustStore) -> SharedHttpClient {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => http.tls_context(context),
        // It refuses nothing that it is given here.
        Err(_) => http,
    }
    .build_https()
}

/// A named version, so that an update of the SDK changes no default unnoticed.
fn loader() -> aws_config::ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(https(trust()))
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its PEM is parsed by the first client that is made; one that is broken would end every Lambda.
    #[test]
    fn the_roots_of_amazon_are_certificates() {
        let client = https(TrustStore::empty().with_pem_certificate(ROOTS));
        let config = SdkConfig::builder().http_client(client).behavior_version(BehaviorVersion::v2026_01_12());
        let config = config.region(Region::new("us-east-1")).build();
        aws_sdk_s3::Client::new(&config);
        assert_eq!(ROOTS.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"-----BEGIN")).count(), 5);
    }
}
