//! `experiment`: which picture of a title wins the most plays, and for whom; which new titles are worth a place.

use crate::{AccountId, CallError, Client, DecisionId, ExperimentId, ProfileId, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// How many pictures a test compares.
pub const PICTURES: std::ops::RangeInclusive<usize> = 2..=5;

/// `POST /v1/experiments`, by an editor: starts a test of a title's pictures. The title's last test, if
/// it is over, makes way for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewExperiment {
    /// The title, which has artwork.
    pub title_id: TitleId,
    /// So many of its pictures as [`PICTURES`] allows, as its artwork names them; absent: the poster and some
    /// from all along the film.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
}

/// `GET /v1/experiments`, by an editor: the latest test of every title that had one, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Experiments {
    /// The tests, each without its counts.
    pub experiments: Vec<Summary>,
}

/// Where a test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ExperimentStage"))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Each viewer is shown one of the pictures, always the same.
    Running,
    /// A picture has won, and is shown until the next test.
    Decided,
    /// It was ended; the title has its poster again.
    Ended,
}

/// A test in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Its id.
    pub id: ExperimentId,
    /// The title.
    pub title_id: TitleId,
    /// What the title was called when the test started.
    pub title_name: String,
    /// Where it is.
    pub stage: Stage,
    /// When it started, RFC 3339.
    pub started_at: String,
    /// When a picture won, RFC 3339.
    pub decided_at: Option<String>,
    /// The letter of the picture that won.
    pub winner: Option<char>,
}

/// `GET /v1/experiments/{title}`, by an editor: the latest test of a title, as it stands. `DELETE` ends it, and
/// answers the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Experiment {
    /// What it is.
    #[serde(flatten)]
    pub summary: Summary,
    /// The pictures, from A on.
    pub variants: Vec<Variant>,
    /// The tastes that were seen, those with most viewers first.
    pub segments: Vec<Segment>,
    /// The chance of a false winner that is accepted, over all looks together.
    pub alpha: f64,
}

/// One of the pictures, and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Variant {
    /// Its letter.
    pub letter: char,
    /// The picture, relative to the platform's base URL.
    pub picture: String,
    /// To how many viewers it was shown.
    pub shown: u64,
    /// How many of them played the title by it.
    pub clicked: u64,
    /// Their share, 0 to 1.
    pub rate: f64,
    /// The least that the rate may be: an interval that holds at any time.
    pub low: f64,
    /// The most that the rate may be.
    pub high: f64,
    /// How far the evidence is that it is better than every other one: at 1 it has won.
    pub progress: f64,
    /// Whether some other picture is better.
    pub beaten: bool,
}

/// Viewers of one taste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    /// The genres that they watch most: `History + Period Drama`.
    pub taste: String,
    /// The letter of the picture that they are shown in place of the winner.
    pub winner: Option<char>,
    /// Whether viewers of this taste are still shown each picture, after the decision for all: another one is ahead
    /// here, and it is not certain yet.
    pub open: bool,
    /// How often each picture was shown, from A on.
    pub shown: Vec<u64>,
    /// How often it was clicked.
    pub clicked: Vec<u64>,
}

/// `POST /_reel/pictures`, by `recommendation` alone: which pictures a viewer is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PicturesFor {
    /// The viewer.
    pub profile: ProfileId,
    /// The genres that the viewer watches most, as [`Segment::taste`] has them; none when nothing is known.
    pub taste: Option<String>,
    /// The titles that are shown.
    pub titles: Vec<TitleId>,
}

/// The answer to [`PicturesFor`]: the titles that have another picture than their poster, or a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pictures {
    /// The pictures.
    pub pictures: Vec<Hung>,
}

/// The picture of one title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hung {
    /// The title.
    pub title_id: TitleId,
    /// What it is shown by.
    #[serde(flatten)]
    pub picture: Picture,
}

/// A picture that a title is shown by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Picture {
    /// Relative to the platform's base URL.
    pub url: String,
    /// What `thumbnail_impression` and `play_start` call it.
    pub variant: String,
}

/// The path of [`PicturesFor`].
pub const PICTURES_PATH: &str = "/_reel/pictures";

/// The most titles that a choice is made among.
pub const MAX_CANDIDATES: usize = 24;

/// `POST /_reel/choices`, by `recommendation` alone: which title a place is to show that explores. The answer is
/// logged before it is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChoiceFor {
    /// Whose viewer.
    pub account: AccountId,
    /// The viewer.
    pub profile: ProfileId,
    /// The name of the place, 1 to 64 characters: what is learned is learned for it.
    pub slot: String,
    /// The genres that the viewer likes most.
    pub genres: Vec<String>,
    /// 2 to [`MAX_CANDIDATES`] titles.
    pub candidates: Vec<TitleId>,
}

/// The answer to [`ChoiceFor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The title to show.
    pub title_id: TitleId,
    /// What `thumbnail_impression` and `play_start` of it call the decision.
    pub decision: DecisionId,
}

/// `GET /v1/decisions?day=&cursor=`, by an editor: the decisions of one Unix day whose cards were seen, in their
/// order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decisions {
    /// Some decisions; a page may have none and not be the last.
    pub decisions: Vec<LoggedDecision>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// A decision, as it is evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoggedDecision {
    /// Its id.
    pub id: DecisionId,
    /// The place that it was taken for.
    pub slot: String,
    /// When, RFC 3339.
    pub at: String,
    /// What was known of the viewer.
    pub context: Vec<f64>,
    /// The titles that could have been shown, in ascending order.
    pub candidates: Vec<TitleId>,
    /// The one that was.
    pub title_id: TitleId,
    /// The chance with which it was chosen, above 0.
    pub propensity: f64,
    /// Whether the viewer played it within a day.
    pub played: bool,
}

/// The path of [`ChoiceFor`].
pub const CHOICES_PATH: &str = "/_reel/choices";

/// The letter of a picture by its place: A is 0.
pub fn letter(place: usize) -> char {
    char::from(b'A' + place.min(25) as u8)
}

impl<T: Transport> Client<T> {
    /// Starts a test.
    pub async fn start_experiment(&self, new: &NewExperiment) -> Result<Experiment, CallError> {
        self.post("/v1/experiments", new).await
    }

    /// The latest test of a title.
    pub async fn experiment(&self, title: TitleId) -> Result<Experiment, CallError> {
        self.get(&format!("/v1/experiments/{title}")).await
    }

    /// Ends the test of a title.
    pub async fn end_experiment(&self, title: TitleId) -> Result<Experiment, CallError> {
        self.delete(&format!("/v1/experiments/{title}")).await
    }

    /// Which title a place is to show that explores.
    pub async fn choice(&self, of: &ChoiceFor) -> Result<Chosen, CallError> {
        self.post(CHOICES_PATH, of).await
    }

    /// Decisions of a Unix day.
    pub async fn decisions(&self, day: u64, cursor: Option<&str>) -> Result<Decisions, CallError> {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("/v1/decisions?day={day}{more}")).await
    }

    /// Which pictures a viewer is shown.
    pub async fn pictures(&self, of: &PicturesFor) -> Result<Pictures, CallError> {
        self.post(PICTURES_PATH, of).await
    }
}
