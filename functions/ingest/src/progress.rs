//! How far an encoding is.

use reel_api::encoding::Failure;
use reel_api::ingest::{Encoding, Stage};
use reel_api::{RevisionId, TitleId};
use reel_sdk::workflow::{Error, Execution, Progress, Status, Workflow};
use reel_sdk::{Problem, Response};
use serde::Deserialize;

pub(crate) const ENCODING: Workflow = Workflow("encoding");
/// The states of the workflow that are shown, and what they do.
const STAGES: [(&str, &str); 5] = [
    ("Probe", "reading the film"),
    ("Plan", "planning the encoding"),
    ("EncodeAll", "encoding"),
    ("Package", "packaging"),
    ("Publish", "publishing"),
];

/// The name of an encoding's execution: 73 characters of the 80 that are allowed.
pub(crate) fn execution(title: TitleId, revision: RevisionId) -> String {
    format!("{title}-{revision}")
}

/// Answers with how far an encoding is.
pub(crate) async fn show(title: TitleId, revision: RevisionId) -> Result<Response, Problem> {
    let execution = match ENCODING.describe(&execution(title, revision)).await {
        Err(Error::NotFound(_)) => {
            return Err(Problem::not_found(format!("there is no encoding {revision} of title {title}")));
        }
        execution => execution?,
    };
    Response::json(200, &encoding(title, revision, &execution))
}

/// Whether an encoding is known to have failed.
pub(crate) async fn has_failed(title: TitleId, revision: RevisionId) -> Result<bool, Problem> {
    match ENCODING.describe(&execution(title, revision)).await {
        Ok(execution) => Ok(execution.status == Status::Failed),
        Err(Error::NotFound(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

fn encoding(title_id: TitleId, revision: RevisionId, execution: &Execution) -> Encoding {
    let status = match execution.status {
        Status::Running => "running",
        Status::Succeeded => "succeeded",
        Status::Failed => "failed",
    };
    let stages = STAGES.iter().map(|(name, _)| stage(name, &execution.progress)).collect();
    let Planned { frames, renditions } = planned(execution);
    Encoding { title_id, revision, status: status.into(), stages, failure: failure(execution), frames, renditions }
}

/// What an execution's output tells of its plan.
#[derive(Debug, Default, Deserialize)]
struct Planned {
    frames: Option<u64>,
    renditions: Option<u32>,
}

fn planned(execution: &Execution) -> Planned {
    #[derive(Deserialize)]
    struct Output {
        plan: Planned,
    }
    let output = execution.output.as_deref().and_then(|output| serde_json::from_str::<Output>(output).ok());
    output.map(|output| output.plan).unwrap_or_default()
}

fn stage(name: &str, progress: &[Progress]) -> Stage {
    let (total, done) =
        progress.iter().find(|state| state.state == name).map_or((0, 0), |state| (state.total, state.done));
    Stage { name: name.into(), total, done }
}

/// A sentence: at what it failed and why.
fn failure(execution: &Execution) -> Option<String> {
    let (error, cause) = execution.failure.clone()?;
    let entered = |name: &str| execution.progress.iter().any(|state| state.state == name);
    let at = STAGES.iter().rev().find(|(name, _)| entered(name)).map_or("the encoding", |(_, doing)| doing);
    Some(format!("{at} failed: {}", Failure { error, cause }.reason()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(status: Status, states: &[(&str, u32, u32)], failure: Option<(&str, &str)>) -> Encoding {
        let progress =
            states.iter().map(|(state, total, done)| Progress { state: (*state).into(), total: *total, done: *done });
        let failure = failure.map(|(error, cause)| (error.to_owned(), cause.to_owned()));
        let execution = Execution { status, progress: progress.collect(), output: None, failure };
        encoding(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), &execution)
    }

    #[test]
    fn every_stage_is_shown_from_the_start() {
        let encoding = execution(Status::Running, &[("Probe", 1, 1), ("Plan", 1, 1), ("EncodeAll", 120, 7)], None);
        let stages: Vec<_> =
            encoding.stages.iter().map(|stage| (stage.name.as_str(), stage.total, stage.done)).collect();
        assert_eq!(
            stages,
            [("Probe", 1, 1), ("Plan", 1, 1), ("EncodeAll", 120, 7), ("Package", 0, 0), ("Publish", 0, 0)]
        );
        assert_eq!((encoding.status.as_str(), encoding.failure), ("running", None));
    }

    #[test]
    fn an_encoding_that_succeeded_tells_what_was_made() {
        let output = Some(r#"{"plan":{"frames":1310,"renditions":5,"items":9},"package":{}}"#.into());
        let execution = Execution { status: Status::Succeeded, progress: Vec::new(), output, failure: None };
        let encoding = encoding(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), &execution);
        assert_eq!((encoding.frames, encoding.renditions), (Some(1310), Some(5)));
        assert!(planned(&Execution { output: Some("{}".into()), ..execution }).frames.is_none());
    }

    #[test]
    fn a_failure_is_a_sentence() {
        let states = [("Probe", 1, 0), ("MarkFailed", 1, 1), ("Failed", 1, 1)];
        let cause = r#"{"type":"urn:reel:problem:invalid","detail":"the file holds no picture"}"#;
        let encoding = execution(Status::Failed, &states, Some(("Reel.Invalid", cause)));
        assert_eq!(encoding.failure.as_deref(), Some("reading the film failed: the file holds no picture"));
        let early = execution(Status::Failed, &[], Some(("States.Runtime", "no definition")));
        assert_eq!(early.failure.as_deref(), Some("the encoding failed: no definition"));
    }
}
