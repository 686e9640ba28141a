//! What an editor wants a title to be.

use crate::check;
use crate::details::Details;
use crate::faults::Faults;
use crate::slug;
use crate::title::Stored;
use reel_api::content::{NewTitle, TitleKind, TitleStatus, slug_of};
use reel_api::{Millis, Problem, TitleId};

/// What a title is to be, checked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) details: Details,
    announced: bool,
    slug: Option<String>,
}

impl Draft {
    /// Admits what can be a title.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub(crate) fn check(new: NewTitle) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let (announced, slug) = (new.announced, new.slug.clone());
        if let Some(Err(problem)) = slug.as_deref().map(slug::check) {
            faults.add("slug", "is none", problem.detail);
        }
        let details = check::details(new.into(), &mut faults);
        faults.none(Self { details, announced, slug })
    }

    pub(crate) fn name(&self) -> &str {
        &self.details.name
    }

    /// The slug given, or the one made from the name.
    pub(crate) fn wanted_slug(&self) -> Result<String, Problem> {
        self.slug.clone().map_or_else(|| slug_of(self.name()), Ok)
    }

    /// The slugs to try in turn: the one given and no other, or variations of the name's.
    pub(crate) fn slugs(&self, id: TitleId) -> Result<Vec<String>, Problem> {
        let wanted = self.wanted_slug()?;
        Ok(if self.slug.is_some() { vec![wanted] } else { slug::variations(&wanted, id) })
    }

    /// The title, before anything was encoded for it.
    pub(crate) fn title(&self, id: TitleId, slug: String, now: Millis) -> Stored {
        let mut title = Stored {
            id,
            slug,
            details: self.details.clone(),
            status: TitleStatus::Draft,
            failure: None,
            duration_ms: None,
            revision: None,
            artwork: None,
            poster: None,
            created_at: now,
            published_at: None,
            announced_at: self.announced.then_some(now),
            changed_at: now,
            version: 1,
            edited: 1,
            noted: None,
        };
        title.settle(now);
        title
    }

    /// Makes a title what the editor wants it to be.
    ///
    /// # Errors
    /// A 409 problem: a series stays one, and nothing else becomes one.
    pub(crate) fn apply(&self, title: &mut Stored, now: Millis) -> Result<(), Problem> {
        let (was, is) = (title.details.kind, self.details.kind);
        if was != is && [was, is].contains(&TitleKind::Series) {
            let detail = format!("{} is a {}, which cannot become a {}", title.details.name, was.name(), is.name());
            return Err(Problem::conflict("kind", detail));
        }
        title.details = self.details.clone();
        title.announced_at = if self.announced { title.announced_at.or(Some(now)) } else { None };
        if let Some(slug) = &self.slug {
            title.slug.clone_from(slug);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn draft(fields: Value) -> Result<Draft, Problem> {
        let mut new = json!({ "name": "Big Buck Bunny" });
        new.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        Ok(Draft::check(serde_json::from_value(new).unwrap())?)
    }

    #[test]
    fn a_genre_stands_there_once() {
        let draft = draft(json!({ "genres": ["Comedy", " comedy ", "Animation"] })).unwrap();
        let title = draft.title(TitleId::new(1, &[1; 10]), "s".into(), 5);
        assert_eq!(title.details.genres, ["Comedy", "Animation"]);
    }

    #[test]
    fn only_a_slug_that_nobody_gave_is_varied() {
        let id = TitleId::new(1, &[1; 10]);
        assert_eq!(draft(json!({ "slug": "bunny" })).unwrap().slugs(id).unwrap(), ["bunny"]);
        let slugs = draft(json!({})).unwrap().slugs(id).unwrap();
        assert_eq!(&slugs[..2], ["big-buck-bunny", "big-buck-bunny-2"]);
        assert_eq!(draft(json!({ "slug": "Big Bunny" })).unwrap_err().status, 400);
    }

    #[test]
    fn a_name_without_latin_letters_needs_a_slug() {
        let named = draft(json!({ "name": "电影" })).unwrap();
        assert_eq!(named.slugs(TitleId::new(1, &[1; 10])).unwrap_err().status, 400);
    }

    #[test]
    fn an_edit_replaces_what_editors_say_and_nothing_else() {
        let id = TitleId::new(1, &[1; 10]);
        let mut title = draft(json!({ "year": 2008, "announced": true })).unwrap().title(id, "bunny".into(), 5);
        draft(json!({ "name": "Bunny", "announced": true })).unwrap().apply(&mut title, 9).unwrap();
        let Details { name, year, .. } = &title.details;
        assert_eq!((name.as_str(), *year, title.slug.as_str(), title.announced_at), ("Bunny", None, "bunny", Some(5)));
        draft(json!({ "slug": "hare" })).unwrap().apply(&mut title, 9).unwrap();
        assert_eq!((title.slug.as_str(), title.announced_at), ("hare", None));
        let series = draft(json!({ "kind": "series" })).unwrap();
        assert_eq!(series.apply(&mut title, 9).unwrap_err().code, "kind");
    }
}
