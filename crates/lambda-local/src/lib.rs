//! Runs native Lambdas on this machine through the Lambda Runtime API, so that the
//! binary that runs here is the one that is deployed.
//!
//! Each worker is one process with a runtime endpoint of its own on loopback. A worker
//! handles one invocation at a time, as in AWS Lambda, and is kept for the next; one
//! that crashes or overruns its time-out is ended and takes only its invocation along.
#![deny(missing_docs)]

mod endpoint;
mod process;
mod worker;

use bytes::Bytes;
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Semaphore;
use worker::Worker;

/// The most bytes of JSON that an invocation carries, and its answer, as in AWS Lambda.
pub const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// A native Lambda.
#[derive(Debug, Clone)]
pub struct Lambda {
    /// The function's name.
    pub name: String,
    /// The program: a `bootstrap` in AWS's words.
    pub program: PathBuf,
    /// What its environment holds beside that of the Lambda runtime and `PATH`.
    pub env: Vec<(String, String)>,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// The most invocations at once.
    pub concurrency: usize,
}

/// Why an invocation has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LambdaError {
    /// There is no such Lambda.
    #[error("there is no native function {0}")]
    Unknown(String),
    /// The program could not be started.
    #[error("{program} cannot be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// Why not.
        reason: String,
    },
    /// The payload is larger than [`MAX_PAYLOAD`]; nothing was invoked.
    #[error("the payload for {name} has {bytes} bytes, at most {MAX_PAYLOAD} are allowed: keep large data in a bucket")]
    TooLarge {
        /// The function.
        name: String,
        /// The payload's length.
        bytes: usize,
    },
    /// The function answered with an error.
    #[error("{kind}: {message}")]
    Function {
        /// The error's type, as the function names it.
        kind: String,
        /// What went wrong.
        message: String,
    },
    /// The process ended before it answered.
    #[error("the process of {0} ended before it answered")]
    Crashed(String),
    /// The invocation took too long; the process was ended.
    #[error("{name} took longer than {seconds} s and was ended")]
    TimedOut {
        /// The function.
        name: String,
        /// Its time-out.
        seconds: u64,
    },
}

/// The native Lambdas of a platform, and their processes.
pub struct Lambdas {
    pools: HashMap<String, Pool>,
}

struct Pool {
    lambda: Lambda,
    permits: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

impl Lambdas {
    /// Takes the Lambdas; starts no process yet.
    pub fn new(lambdas: impl IntoIterator<Item = Lambda>) -> Self {
        let pools = lambdas.into_iter().map(|lambda| (lambda.name.clone(), Pool::new(lambda)));
        Self { pools: pools.collect() }
    }

    /// Invokes a Lambda and waits for its answer.
    ///
    /// # Errors
    /// [`LambdaError`] says whether the function, its process or its start failed.
    pub async fn invoke(&self, name: &str, payload: &Value) -> Result<Value, LambdaError> {
        let pool = self.pools.get(name).ok_or_else(|| LambdaError::Unknown(name.to_owned()))?;
        let payload = Bytes::from(payload.to_string());
        match payload.len() {
            bytes if bytes > MAX_PAYLOAD => Err(LambdaError::TooLarge { name: name.to_owned(), bytes }),
            _ => pool.invoke(payload).await,
        }
    }

    /// Ends the idle processes; those at work end when their invocation is dropped.
    pub fn shutdown(&self) {
        self.pools.values().for_each(|pool| pool.idle().clear());
    }
}

impl Pool {
    fn new(lambda: Lambda) -> Self {
        let permits = Semaphore::new(lambda.concurrency.max(1));
        Self { lambda, permits, idle: Mutex::default() }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn invoke(&self, payload: Bytes) -> Result<Value, LambdaError> {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await.map_err(|_| LambdaError::Crashed(self.lambda.name.clone()))?;
        let mut worker = self.worker().await?;
        let result = tokio::time::timeout(self.lambda.timeout, worker.invoke(payload, self.lambda.timeout)).await;
        match result {
            Ok(Err(LambdaError::Crashed(name))) => Err(LambdaError::Crashed(name)),
            Ok(answer) => {
                self.idle().push(worker);
                answer
            }
            Err(_) => {
                Err(LambdaError::TimedOut { name: self.lambda.name.clone(), seconds: self.lambda.timeout.as_secs() })
            }
        }
    }

    async fn worker(&self) -> Result<Worker, LambdaError> {
        loop {
            let Some(mut worker) = self.idle().pop() else {
                return Worker::start(&self.lambda).await;
            };
            if worker.is_alive() {
                return Ok(worker);
            }
        }
    }
}
