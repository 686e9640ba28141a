//! What an editor wants a new title to be.

use crate::slug;
use crate::title::Stored;
use reel_api::content::{MAX_CAST, MAX_DIRECTORS, MAX_GENRES, NewTitle, TitleStatus, slug_of};
use reel_api::{Millis, Problem, TitleId};
use std::collections::HashSet;

/// A new title that has been checked.
#[derive(Debug)]
pub(crate) struct Draft(NewTitle);

impl Draft {
    /// Admits what can be a title.
    ///
    /// # Errors
    /// A 400 problem that names the field.
    pub(crate) fn check(new: NewTitle) -> Result<Self, Problem> {
        let name = text("name", &new.name, 1, 200)?;
        let description = text("description", &new.description, 0, 5_000)?;
        let credit = new.credit.as_deref().map(|credit| text("credit", credit, 1, 500)).transpose()?;
        let genres = names("genre", &new.genres, MAX_GENRES, 40)?;
        let cast = names("name of the cast", &new.cast, MAX_CAST, 100)?;
        let directors = names("director", &new.directors, MAX_DIRECTORS, 100)?;
        if let Some(year) = new.year.filter(|year| !(1870..=2100).contains(year)) {
            return Err(Problem::invalid(format!("year is {year}; it is 1870 to 2100")));
        }
        if let Some(wanted) = &new.slug {
            slug::check(wanted)?;
        }
        Ok(Self(NewTitle { name, description, credit, genres, cast, directors, ..new }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// The slug given, or the one made from the name.
    pub(crate) fn wanted_slug(&self) -> Result<String, Problem> {
        self.0.slug.clone().map_or_else(|| slug_of(&self.0.name), Ok)
    }

    /// The slugs to try in turn: the one given and no other, or variations of the name's.
    pub(crate) fn slugs(&self, id: TitleId) -> Result<Vec<String>, Problem> {
        let wanted = self.wanted_slug()?;
        Ok(if self.0.slug.is_some() { vec![wanted] } else { slug::variations(&wanted, id) })
    }

    /// The title, before anything was encoded for it.
    pub(crate) fn title(&self, id: TitleId, slug: String, now: Millis) -> Stored {
        let NewTitle { name, description, year, genres, cast, directors, credit, announced, .. } = self.0.clone();
        Stored {
            id,
            slug,
            name,
            description,
            year,
            genres,
            cast,
            directors,
            credit,
            status: if announced { TitleStatus::Announced } else { TitleStatus::Draft },
            failure: None,
            duration_ms: None,
            revision: None,
            artwork: None,
            created_at: now,
            published_at: None,
            announced_at: announced.then_some(now),
            changed_at: now,
            version: 1,
            noted: None,
        }
    }
}

/// So many names of one kind at most, each of so many characters at most, and each once.
fn names(kind: &str, given: &[String], most: usize, length: usize) -> Result<Vec<String>, Problem> {
    if given.len() > most {
        return Err(Problem::invalid(format!("there are {} times a {kind}; a title has at most {most}", given.len())));
    }
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    for name in given {
        let name = text(&format!("a {kind}"), name, 1, length)?;
        if seen.insert(name.to_lowercase()) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The text without space around it. Line breaks are allowed where much text is.
fn text(field: &str, given: &str, least: usize, most: usize) -> Result<String, Problem> {
    let text = given.trim();
    let control = |c: char| c.is_control() && !(most > 1_000 && c == '\n');
    if (least..=most).contains(&text.chars().count()) && !text.contains(control) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid(format!("{field} has {least} to {most} characters, none of them a control character")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn draft(fields: Value) -> Result<Draft, Problem> {
        let mut new = json!({ "name": "Big Buck Bunny" });
        new.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        Draft::check(serde_json::from_value(new).unwrap())
    }

    #[test]
    fn a_field_that_cannot_be_is_named() {
        let wrong = [
            ("name", json!(" ")),
            ("name", json!("x".repeat(201))),
            ("name", json!("a\nb")),
            ("description", json!("x".repeat(5_001))),
            ("credit", json!("")),
            ("year", json!(1800)),
            ("genres", json!(vec!["x"; 11])),
            ("genres", json!([""])),
            ("cast", json!(["x".repeat(101)])),
            ("directors", json!(vec!["x"; 21])),
            ("slug", json!("Big Bunny")),
        ];
        for (field, value) in wrong {
            let problem = draft(json!({ field: value })).unwrap_err();
            assert_eq!(problem.status, 400);
            assert!(problem.detail.contains(field.trim_end_matches('s')), "{}", problem.detail);
        }
    }

    #[test]
    fn a_genre_stands_there_once() {
        let draft = draft(json!({ "genres": ["Comedy", " comedy ", "Animation"] })).unwrap();
        let title = draft.title(TitleId::new(1, &[1; 10]), "s".into(), 5);
        assert_eq!(title.genres, ["Comedy", "Animation"]);
    }

    #[test]
    fn only_a_slug_that_nobody_gave_is_varied() {
        let id = TitleId::new(1, &[1; 10]);
        assert_eq!(draft(json!({ "slug": "bunny" })).unwrap().slugs(id).unwrap(), ["bunny"]);
        let slugs = draft(json!({})).unwrap().slugs(id).unwrap();
        assert_eq!(&slugs[..2], ["big-buck-bunny", "big-buck-bunny-2"]);
    }

    #[test]
    fn a_name_without_latin_letters_needs_a_slug() {
        let named = draft(json!({ "name": "电影" })).unwrap();
        assert_eq!(named.slugs(TitleId::new(1, &[1; 10])).unwrap_err().status, 400);
    }
}
