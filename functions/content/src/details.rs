//! What editors say of a title, as it is stored.

use reel_api::availability::Window;
use reel_api::content::{CrewMember, EpisodeOf, NewTitle, Release, SeasonName, Texts, TitleKind};
use reel_api::{Millis, TitleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What editors say of a title. What rows of earlier versions do not have is as in a film of which no more is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    pub(crate) kind: TitleKind,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) year: Option<u16>,
    pub(crate) genres: Vec<String>,
    pub(crate) cast: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) characters: BTreeMap<String, String>,
    pub(crate) directors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) crew: Vec<CrewMember>,
    pub(crate) language: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) texts: BTreeMap<String, Texts>,
    pub(crate) maturity: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tone: Vec<String>,
    pub(crate) series: Option<EpisodeOf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) seasons: Vec<SeasonName>,
    pub(crate) trailer_of: Option<TitleId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) windows: Vec<Window>,
    pub(crate) release: Release,
    #[serde(with = "reel_api::moment")]
    pub(crate) publish_at: Option<Millis>,
    pub(crate) credit: Option<String>,
    pub(crate) external_id: Option<String>,
}

impl From<NewTitle> for Details {
    fn from(new: NewTitle) -> Self {
        let NewTitle {
            id: _,
            slug: _,
            announced: _,
            kind,
            name,
            description,
            year,
            genres,
            cast,
            characters,
            directors,
            crew,
            language,
            texts,
            maturity,
            tags,
            tone,
            series,
            seasons,
            trailer_of,
            windows,
            release,
            publish_at,
            credit,
            external_id,
        } = new;
        Self {
            kind,
            name,
            description,
            year,
            genres,
            cast,
            characters,
            directors,
            crew,
            language,
            texts,
            maturity,
            tags,
            tone,
            series,
            seasons,
            trailer_of,
            windows,
            release,
            publish_at,
            credit,
            external_id,
        }
    }
}
