//! The context object (`$$`).

use super::frame::Frame;
use super::journal::Position;
use crate::data::Context;
use reel_capabilities::Millis;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// AWS names things by ARN; here they have no region and no account.
const ARN: &str = "arn:aws:states:local:000000000000";

/// The execution as its states see it: the whole one, or one item of a distributed Map.
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) input: Value,
    pub(super) started: Millis,
}

impl Identity {
    pub(super) fn of_execution(workflow: &str, name: &str, input: Value, started: Millis) -> Self {
        Self { id: format!("{ARN}:execution:{workflow}:{name}"), name: name.into(), input, started }
    }

    pub(super) fn of_item(workflow: &str, label: &str, name: String, input: Value, started: Millis) -> Self {
        Self { id: format!("{ARN}:execution:{workflow}/{label}:{name}"), name, input, started }
    }
}

pub(super) fn machine_arn(workflow: &str) -> String {
    format!("{ARN}:stateMachine:{workflow}")
}

pub(super) fn map_run_arn(workflow: &str, label: &str, id: &str) -> String {
    format!("{ARN}:mapRun:{workflow}/{label}:{id}")
}

/// RFC 3339, in UTC.
pub(super) fn timestamp(millis: Millis) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000);
    time.ok().and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

impl Frame<'_> {
    /// The context object of a state.
    pub(super) fn context<'c>(&'c self, at: &'c Position) -> Context<'c> {
        let item = self.item.as_ref().map(|(index, value)| (*index, value));
        Context::new(Box::new(move || self.build_context(at, item)))
    }

    /// The context object of a Map's state while it selects an item.
    pub(super) fn item_context<'c>(&'c self, at: &'c Position, index: usize, item: &'c Value) -> Context<'c> {
        Context::new(Box::new(move || self.build_context(at, Some((index, item)))))
    }

    fn build_context(&self, at: &Position, item: Option<(usize, &Value)>) -> Value {
        let Identity { id, name, input, started } = &*self.identity;
        let workflow = &self.run.workflow;
        let mut context = json!({
            "Execution": { "Id": id, "Name": name, "Input": input, "StartTime": timestamp(*started) },
            "State": { "Name": at.state, "EnteredTime": timestamp(at.at), "RetryCount": at.retries() },
            "StateMachine": { "Id": machine_arn(workflow), "Name": workflow },
        });
        if let (Some(fields), Some((index, value))) = (context.as_object_mut(), item) {
            fields.insert("Map".into(), json!({ "Item": { "Index": index, "Value": value } }));
        }
        context
    }
}
