//! Who asks for titles, as far as that decides which are answered, and in which language.

use crate::store;
use crate::title::Stored;
use reel_api::availability::{COUNTRY_HEADER, Viewing};
use reel_api::content::{Title, is_language, languages_of};
use reel_api::{Millis, Role};
use reel_sdk::{Problem, Request, clock};

/// The languages that mean: as editors wrote it first.
const AS_WRITTEN: &str = "*";

/// Who asks.
pub(crate) struct Asker {
    /// Editors see everything.
    pub(crate) is_editor: bool,
    viewing: Viewing,
    languages: Vec<String>,
}

impl Asker {
    /// Who makes a request. The parameter `language` stands above the header; `*` is as editors wrote it first.
    ///
    /// # Errors
    /// A 401 problem when nobody is known, a 400 problem when the language is none.
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let principal = request.principal()?;
        let viewing = Viewing::of(&principal, clock::now_ms(), request.header(COUNTRY_HEADER));
        let languages = match request.query("language") {
            Some(tag) if tag == AS_WRITTEN => Vec::new(),
            Some(tag) if is_language(&tag) => vec![tag],
            Some(other) => {
                return Err(Problem::invalid(format!(
                    "language is {other:.40?}; it is a language tag such as de, or *"
                )));
            }
            None => languages_of(request.header("accept-language").unwrap_or_default()),
        };
        Ok(Self { is_editor: principal.role >= Role::Editor, viewing, languages })
    }

    /// A function, which decides itself who may see the answer.
    pub(crate) fn function() -> Self {
        let viewing = Viewing { now: clock::now_ms(), ..Viewing::default() };
        Self { is_editor: true, viewing, languages: Vec::new() }
    }

    pub(crate) fn now(&self) -> Millis {
        self.viewing.now
    }

    /// The titles of a list that this one may see, in their language.
    pub(crate) fn seen(&self, titles: Vec<Title>) -> Vec<Title> {
        let may = |title: &Title| self.is_editor || (title.status.is_shown() && title.admit(&self.viewing).is_ok());
        titles.into_iter().filter(may).map(|title| title.in_language(&self.languages)).collect()
    }

    /// A title as it is now, to who may see it.
    ///
    /// # Errors
    /// A 404 problem when there is none, or viewers do not see it; a 403 problem when it is not for this viewer.
    pub(crate) async fn title(&self, id_or_slug: &str) -> Result<Title, Problem> {
        let found = store::find(id_or_slug).await?.map(|title| self.settled(title));
        let found = found.filter(|title| self.is_editor || title.shown_since().is_some());
        let found = found.ok_or_else(|| unknown(id_or_slug))?;
        let series = self.series_of(&found).await?;
        let title = match &series {
            Some(series) => found.to_title().of_series(series),
            None => found.to_title(),
        };
        if !self.is_editor {
            title.admit(&self.viewing)?;
        }
        Ok(title.in_language(&self.languages))
    }

    /// The series of an episode. Viewers see an episode while they see its series.
    async fn series_of(&self, episode: &Stored) -> Result<Option<Title>, Problem> {
        let Some(place) = episode.details.series else { return Ok(None) };
        let series = store::by_id(place.id).await?.map(|series| self.settled(series));
        match series.filter(|series| self.is_editor || series.shown_since().is_some()) {
            Some(series) => Ok(Some(series.to_title().in_language(&self.languages))),
            None if self.is_editor => Ok(None),
            None => Err(unknown(&episode.slug)),
        }
    }

    fn settled(&self, mut title: Stored) -> Stored {
        title.settle(self.now());
        title
    }
}

pub(crate) fn unknown(id_or_slug: &str) -> Problem {
    Problem::not_found(format!("there is no title {id_or_slug:.100?}"))
}
