use async_trait::async_trait;
use reel_workflow::{TaskError, Tasks};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::sync::Notify;

/// Answers for a function, its invocation's name and its input.
type Answer = dyn Fn(&str, &str, &Value) -> Result<Value, TaskError> + Send + Sync;

/// Functions that remember how they were invoked.
pub(crate) struct Functions {
    answer: Box<Answer>,
    calls: Mutex<Vec<Call>>,
    active: AtomicUsize,
    most_active: AtomicUsize,
    /// The call (from 1) that never returns; 0: none.
    hang_at: AtomicUsize,
    /// Told when that call is under way.
    pub(crate) hung: Notify,
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) function: String,
    pub(crate) invocation: String,
    pub(crate) input: Value,
}

pub(crate) fn error(name: &str, cause: &str) -> TaskError {
    TaskError { error: name.into(), cause: cause.into() }
}

/// `echo` answers its input, `fail` fails as its input says, `flaky` fails until its third
/// attempt, `big` answers more than may be, `hang` never answers, `panic` panics.
fn standard(function: &str, invocation: &str, input: &Value) -> Result<Value, TaskError> {
    let text = |field: &str| input[field].as_str().unwrap_or_default();
    match function {
        "echo" => Ok(input.clone()),
        "fail" => Err(error(text("error"), text("cause"))),
        "flaky" if !invocation.contains(".02/") => Err(error("Reel.Unavailable", "busy")),
        "flaky" => Ok(input.clone()),
        "big" => Ok("x".repeat(256 * 1024).into()),
        other => panic!("{other} was invoked"),
    }
}

impl Default for Functions {
    fn default() -> Self {
        Self::new(standard)
    }
}

impl Functions {
    pub(crate) fn new(answer: impl Fn(&str, &str, &Value) -> Result<Value, TaskError> + Send + Sync + 'static) -> Self {
        Self {
            answer: Box::new(answer),
            calls: Mutex::default(),
            active: AtomicUsize::new(0),
            most_active: AtomicUsize::new(0),
            hang_at: AtomicUsize::new(0),
            hung: Notify::new(),
        }
    }

    /// Lets one call, counted from 1 over all, never return.
    pub(crate) fn hang_at(&self, call: usize) {
        self.hang_at.store(call, SeqCst);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("unpoisoned").clone()
    }

    pub(crate) fn most_active(&self) -> usize {
        self.most_active.load(SeqCst)
    }

    /// How often each invocation was seen.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.invocation).or_default() += 1;
        }
        counts
    }
}

#[async_trait]
impl Tasks for Functions {
    async fn invoke(&self, function: &str, invocation: &str, input: Value) -> Result<Value, TaskError> {
        let number = {
            let mut calls = self.calls.lock().expect("unpoisoned");
            calls.push(Call { function: function.into(), invocation: invocation.into(), input: input.clone() });
            calls.len()
        };
        self.most_active.fetch_max(self.active.fetch_add(1, SeqCst) + 1, SeqCst);
        // Others come in before this one is answered.
        tokio::task::yield_now().await;
        if function == "hang" || number == self.hang_at.load(SeqCst) {
            self.hung.notify_one();
            std::future::pending::<()>().await;
        }
        self.active.fetch_sub(1, SeqCst);
        (self.answer)(function, invocation, &input)
    }
}
