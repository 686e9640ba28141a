//! `recommendation`: rows of titles for a viewer.

use crate::content::Title;
use crate::experiment::Picture;
use crate::{CallError, Client, DecisionId, Transport};
use serde::{Deserialize, Serialize};

/// `GET /v1/home`: the rows of a viewer's first page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Home {
    /// The rows, top first; no title stands in one twice.
    pub rows: Vec<Row>,
    /// How the rows came about, the best that could be had: `personalised` by what the profile watched
    /// and rated; `attributes`, the same without the model; `popular-in-region`; `trending`
    /// everywhere; `editorial`, chosen by hand.
    pub source: String,
    /// The version of the model that had a say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A row of titles.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// Names its kind: `continue-watching`, `picks`, `because:SLUG`, `trending`, `popular`, `editorial`,
    /// `new`, `genre:Animation`, `announced`.
    pub id: String,
    /// What stands above it.
    pub name: String,
    /// The titles, best first.
    pub items: Vec<Card>,
}

/// A title in a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Card {
    /// The title.
    pub title: Title,
    /// How far the viewer is, 0 to 100, in a row of begun titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_pct: Option<u8>,
    /// The picture that stands for the title, where one is tested or has won; else it is the poster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Set where the title stands to learn whether it is liked: what impressions and plays of it call the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

/// `GET /v1/titles/{id}/similar`: the titles most like it by what is known of them, most alike first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Similar {
    /// The titles.
    pub titles: Vec<Title>,
}

impl<T: Transport> Client<T> {
    /// The rows of the viewer's first page.
    pub async fn home(&self) -> Result<Home, CallError> {
        self.get("/v1/home").await
    }
}
