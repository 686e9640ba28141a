//! One process and its runtime endpoint.

use crate::endpoint::{Answer, Endpoint, Invocation};
use crate::{Lambda, LambdaError, MAX_PAYLOAD, process};
use bytes::Bytes;
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};

/// A process that waits for invocations.
pub(crate) struct Worker {
    name: String,
    child: Child,
    /// Its process has said that it takes no invocation.
    spent: bool,
    invocations: mpsc::Sender<Invocation>,
    _endpoint: Endpoint,
}

impl Worker {
    pub(crate) async fn start(lambda: &Lambda) -> Result<Self, LambdaError> {
        let failed = |e: std::io::Error| LambdaError::Start {
            program: lambda.program.display().to_string(),
            reason: e.to_string(),
        };
        let (invocations, queue) = mpsc::channel(1);
        let endpoint = Endpoint::open(&lambda.name, queue).await.map_err(failed)?;
        let child = process::start(lambda, endpoint.address())?;
        Ok(Self { name: lambda.name.clone(), child, spent: false, invocations, _endpoint: endpoint })
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        !self.spent && matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) async fn invoke(&mut self, payload: Bytes, timeout: Duration) -> Result<Value, LambdaError> {
        let (reply, answer) = oneshot::channel();
        let invocation =
            Invocation { id: uuid::Uuid::now_v7().to_string(), deadline_ms: deadline(timeout), payload, reply };
        let crashed = || LambdaError::Crashed(self.name.clone());
        self.invocations.send(invocation).await.map_err(|_| crashed())?;
        let answer = tokio::select! {
            // A process may answer and end at once: then the answer counts.
            biased;
            answer = answer => answer.map_err(|_| crashed())?,
            _ = self.child.wait() => return Err(crashed()),
        };
        self.spent = matches!(answer, Answer::InitError(_));
        read(answer)
    }
}

fn deadline(timeout: Duration) -> u128 {
    (SystemTime::now() + timeout).duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis())
}

fn read(answer: Answer) -> Result<Value, LambdaError> {
    let invalid =
        |e: serde_json::Error| LambdaError::Function { kind: "Runtime.InvalidResponse".into(), message: e.to_string() };
    match answer {
        Answer::Response(body) => serde_json::from_slice(&body).map_err(invalid),
        Answer::TooLarge => Err(LambdaError::Function {
            kind: "Function.ResponseSizeTooLarge".into(),
            message: format!("the answer has more than the {MAX_PAYLOAD} bytes that are allowed"),
        }),
        Answer::Error(body) | Answer::InitError(body) => {
            let error: Value = serde_json::from_slice(&body).map_err(invalid)?;
            let text = |name: &str| error[name].as_str().unwrap_or("unknown").to_owned();
            Err(LambdaError::Function { kind: text("errorType"), message: text("errorMessage") })
        }
    }
}
