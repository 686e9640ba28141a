//! `ranking`: which titles a viewer would watch next, by a model of what all viewers watch.
//! `training`: makes the models.
//! `scorer`: a model of the operator's own, which is asked in place of the trained one.

use crate::{CallError, Client, Problem, TitleId, Transport};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// `POST /_reel/rank`: one list for each of the questions, by the same model. Without a model the
/// answer is a 503 problem, `no-model`.
pub const RANK_PATH: &str = "/_reel/rank";
/// The most questions of a [`Rank`].
pub const MAX_QUESTIONS: usize = 16;
/// The most titles of an answer.
pub const MAX_RANKED: usize = 500;
/// The most titles that a question names.
pub const MAX_NAMED: usize = 2_000;
/// The code of the problem that there is no model.
pub const NO_MODEL: &str = "no-model";

/// What is asked of the model: at most [`MAX_QUESTIONS`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// The questions.
    pub questions: Vec<Question>,
}

impl Rank {
    /// Whether it keeps to the limits.
    ///
    /// # Errors
    /// A 400 problem that names the one that it does not keep to.
    pub fn check(&self) -> Result<(), Problem> {
        if self.questions.len() > MAX_QUESTIONS {
            return Err(Problem::invalid(format!("at most {MAX_QUESTIONS} questions are answered at once")));
        }
        for (at, question) in self.questions.iter().enumerate() {
            if question.limit > MAX_RANKED {
                return Err(Problem::invalid(format!("question {at}: limit is at most {MAX_RANKED}")));
            }
            if question.watched.len() + question.leave_out.len() > MAX_NAMED {
                return Err(Problem::invalid(format!("question {at} names more than {MAX_NAMED} titles")));
            }
        }
        Ok(())
    }
}

/// What to watch after what was watched; without anything watched, what most watch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What was watched and liked; it is not answered. With `leave_out` at most [`MAX_NAMED`].
    #[serde(default)]
    pub watched: Vec<Liked>,
    /// What else is not answered.
    #[serde(default)]
    pub leave_out: Vec<TitleId>,
    /// How many titles, at most [`MAX_RANKED`].
    pub limit: usize,
}

/// A title that was watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Liked {
    /// The title.
    pub title_id: TitleId,
    /// How much it counts; a play to the end counts 1. Below 0 it was disliked: a scorer is told how
    /// much, for a trained model it does not count.
    pub weight: f32,
}

/// The answers, in the order of the questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rankings {
    /// Which model answered.
    pub version: String,
    /// For each question the titles, best first; fewer where the model knows fewer.
    pub answers: Vec<Vec<Scored>>,
}

/// A title and its score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The title.
    pub title_id: TitleId,
    /// Higher is better; comparable within one answer alone.
    pub score: f32,
}

/// The bucket of models, and of what they are learnt from.
pub const MODELS: &str = "models";
/// What the keys of models begin with; the version follows. Versions order as they were made, and
/// a model is written once and never changed: the last key names the model that counts.
pub const MODEL_PREFIX: &str = "ranking/";

/// `POST /_reel/score`: a [`Rank`] as `ranking` is asked, answered by the scorer that is set. It answers what
/// names a title that it knows; a question without one has an empty answer. Without a scorer the answer is
/// a 503 problem, `no-scorer`.
pub const SCORE_PATH: &str = "/_reel/score";
/// The code of the problem that no scorer is set.
pub const NO_SCORER: &str = "no-scorer";
/// How long `ranking` waits for a scorer, in milliseconds: a first page waits 150 in all.
pub const SCORER_PATIENCE_MS: u64 = 80;
/// What the keys of scorers in [`MODELS`] begin with; the version follows, as after [`MODEL_PREFIX`].
pub const SCORER_PREFIX: &str = "scorer/";
/// Where a scorer is set, shown and removed, by an owner.
pub const SCORER_PATH: &str = "/v1/scorer";
/// The most bytes of a body that sets a scorer: on AWS it passes through a Lambda, in base64, whose limit is 6 MB.
pub const MAX_SCORER: usize = 4 << 20;

/// `PUT /v1/scorer`, by an owner: sets the scorer. `GET`: which one is set. `DELETE` removes it.
///
/// A scorer is an ONNX model of the operator's own. It has one input, float32 of the shape [batch or 1, N]: for
/// each of N titles how much it counts in a viewer's history ([`Liked::weight`]), 0 where it was not watched.
/// It has one output of the same type and shape: a score for each title, higher is better. The body is
/// [`scorer_body`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scorer {
    /// Its version; a first page that it had a say in names it as `model`.
    pub version: String,
    /// How many titles it scores.
    pub titles: u64,
    /// How long the model is, in bytes.
    pub bytes: u64,
    /// How long it took to score one history when it was read, in milliseconds.
    pub milliseconds: f64,
}

/// The body that sets a scorer: the ids of the titles in the order of the model's columns, one a line, an empty
/// line, and the bytes of the ONNX file.
pub fn scorer_body(titles: &[TitleId], onnx: &[u8]) -> Vec<u8> {
    let mut body: String = titles.iter().map(|title| format!("{title}\n")).collect();
    body.push('\n');
    [body.as_bytes(), onnx].concat()
}

/// The titles and the ONNX file of a body that sets a scorer.
///
/// # Errors
/// A 400 problem that says what the body should be, or which line names no title.
pub fn read_scorer_body(body: &[u8]) -> Result<(Vec<TitleId>, &[u8]), Problem> {
    let mut titles = Vec::new();
    let mut rest = body;
    loop {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            let what = "the body is the ids of the titles, one a line, an empty line, and the ONNX file";
            return Err(Problem::invalid(format!("{what}; this has no empty line after {} titles", titles.len())));
        };
        let line = rest[..end].trim_ascii();
        rest = &rest[end + 1..];
        if line.is_empty() {
            return Ok((titles, rest));
        }
        let id = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok());
        let named = || String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned();
        titles.push(id.ok_or_else(|| {
            Problem::invalid(format!("line {} is the id of a title, not {:?}", titles.len() + 1, named()))
        })?);
    }
}

/// `POST /v1/trainings`, by an owner: starts a training. `GET /v1/trainings/{name}`: how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrainingStatus {
    /// Its name.
    pub name: String,
    /// `running`, `succeeded` or `failed`.
    pub status: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained: Option<Trained>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What keys of histories begin with in [`MODELS`]; the run, the shard and a number follow.
pub const HISTORIES_PREFIX: &str = "histories/";

/// One shard of the viewers: what the workflow hands to `training`, which answers [`Gathered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Names the run, so that its objects are its own: the execution's name.
    pub run: String,
    /// The shard, below [`SHARDS`](crate::history::SHARDS).
    pub shard: u32,
}

/// The histories of one shard, in objects of [`MODELS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// Their keys.
    pub keys: Vec<String>,
    /// How many viewers are in them.
    pub viewers: u64,
}

/// What the workflow hands to `train`, which answers [`Trained`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The run.
    pub run: String,
    /// When it began, RFC 3339: the version of its model begins with it.
    pub started: String,
    /// What there is to learn from.
    pub gathered: Vec<Gathered>,
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trained {
    /// The version of the model; none when there was too little to learn from.
    pub version: Option<String>,
    /// How many viewers it learnt from.
    pub viewers: u64,
    /// How many titles it knows.
    pub titles: u64,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl<T: Transport> Client<T> {
    /// What to watch next.
    pub async fn rank(&self, questions: Vec<Question>) -> Result<Rankings, CallError> {
        self.post(RANK_PATH, &Rank { questions }).await
    }

    /// What to watch next, by the scorer that is set.
    pub async fn score(&self, questions: Vec<Question>) -> Result<Rankings, CallError> {
        self.post(SCORE_PATH, &Rank { questions }).await
    }

    /// Sets the scorer; the body is [`scorer_body`].
    pub async fn set_scorer(&self, body: Bytes) -> Result<Scorer, CallError> {
        self.put_bytes(SCORER_PATH, "application/octet-stream", body).await
    }

    /// Which scorer is set.
    pub async fn scorer(&self) -> Result<Scorer, CallError> {
        self.get(SCORER_PATH).await
    }

    /// Removes the scorer.
    pub async fn remove_scorer(&self) -> Result<(), CallError> {
        self.delete(SCORER_PATH).await
    }

    /// Starts a training.
    pub async fn start_training(&self) -> Result<TrainingStatus, CallError> {
        self.post("/v1/trainings", &serde_json::json!({})).await
    }

    /// How far a training is.
    pub async fn training(&self, name: &str) -> Result<TrainingStatus, CallError> {
        self.get(&format!("/v1/trainings/{name}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scorers_body_is_read_as_it_was_written() {
        let titles = [1, 2].map(|n| TitleId::new(n, &[n as u8; 10]));
        let body = scorer_body(&titles, b"\n\0onnx\n\n");
        assert_eq!(read_scorer_body(&body), Ok((titles.to_vec(), &b"\n\0onnx\n\n"[..])));
        let lines = String::from_utf8(scorer_body(&titles, b"")).unwrap().replace('\n', "\r\n");
        assert_eq!(read_scorer_body(lines.as_bytes()), Ok((titles.to_vec(), &b""[..])));
        let wrong = |body: &[u8]| read_scorer_body(body).unwrap_err().detail;
        assert!(wrong(b"").contains("no empty line after 0 titles"), "{}", wrong(b""));
        assert!(
            wrong(b"sintel\n\n").contains("line 1 is the id of a title, not \"sintel\""),
            "{}",
            wrong(b"sintel\n\n")
        );
        assert_eq!(read_scorer_body(&[0xff, b'\n']).unwrap_err().status, 400);
    }
}
