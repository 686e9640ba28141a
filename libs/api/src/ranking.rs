//! `ranking`: which titles a viewer would watch next, by a model of what all viewers watch.
//! `training`: makes the models.

use crate::{CallError, Client, TitleId, Transport};
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
    /// How much it counts; a play to the end counts 1. At 0 and below it does not count.
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

    /// Starts a training.
    pub async fn start_training(&self) -> Result<TrainingStatus, CallError> {
        self.post("/v1/trainings", &serde_json::json!({})).await
    }

    /// How far a training is.
    pub async fn training(&self, name: &str) -> Result<TrainingStatus, CallError> {
        self.get(&format!("/v1/trainings/{name}")).await
    }
}
