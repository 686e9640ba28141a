//! The clients that the backends share: one configuration, one pool of connections.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use std::time::Duration;

#[cfg(feature = "all")]
mod services;

#[cfg(feature = "all")]
pub(crate) use services::long_answers;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
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

/// A named version, so that an update of the SDK changes no default unnoticed.
fn loader() -> aws_config::ConfigLoader {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
}
