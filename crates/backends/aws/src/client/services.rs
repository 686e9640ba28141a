//! The clients of all services but S3, each with the patience that its calls deserve.

use super::{Aws, CONNECT};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use std::time::Duration;

/// How often a small call is made at most.
const ATTEMPTS: u32 = 8;
/// How long the second attempt waits at most; each further one may wait twice as long.
const BACKOFF: Duration = Duration::from_millis(50);
/// How long one attempt at such a call may take; the largest carries 4 MB.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How long such a call may take with all its attempts: less than a function has.
const CALL: Duration = Duration::from_secs(25);
/// How long one attempt at an append may take.
const APPEND: Duration = Duration::from_secs(12);
/// How long a mail may take to be accepted.
const MAIL: Duration = Duration::from_secs(10);
/// The same for a call whose answer is long.
const LONG_ATTEMPT: Duration = Duration::from_secs(20);
const LONG_CALL: Duration = Duration::from_secs(60);

impl Aws {
    /// DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.called(brief(), soon()))
    }

    /// Kinesis.
    pub fn kinesis(&self) -> aws_sdk_kinesis::Client {
        aws_sdk_kinesis::Client::new(&self.called(appends(), soon()))
    }

    /// Lambda. A call is made once: who asks for it knows whether it may be made again.
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.called(timeouts(LONG_CALL, LONG_CALL), RetryConfig::disabled()))
    }

    /// Parameter Store.
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.called(brief(), soon()))
    }

    /// Step Functions.
    pub fn sfn(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(&self.called(brief(), soon()))
    }

    /// SES. It makes each call once: one that was answered too late has sent its message.
    pub fn ses(&self) -> aws_sdk_ses::Client {
        aws_sdk_ses::Client::new(&self.called(timeouts(MAIL, MAIL), RetryConfig::disabled()))
    }

    /// Secrets Manager.
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.called(brief(), soon()))
    }

    /// The settings of a client whose calls are waited for so long, and made so often.
    fn called(&self, timeouts: TimeoutConfig, retries: RetryConfig) -> SdkConfig {
        self.config.to_builder().timeout_config(timeouts).retry_config(retries).build()
    }
}

/// An object takes as long as it takes; all else is answered soon or not at all.
fn brief() -> TimeoutConfig {
    timeouts(ATTEMPT, CALL)
}

/// For events. One that is given up too soon is made again, and then stands in the log twice.
fn appends() -> TimeoutConfig {
    timeouts(APPEND, CALL)
}

/// For a call whose answer may have 10 MB.
pub(crate) fn long_answers() -> TimeoutConfig {
    timeouts(LONG_ATTEMPT, LONG_CALL)
}

fn timeouts(attempt: Duration, call: Duration) -> TimeoutConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT);
    timeouts.operation_attempt_timeout(attempt).operation_timeout(call).build()
}

/// What is answered within milliseconds is tried again within milliseconds.
fn soon() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF)
}
