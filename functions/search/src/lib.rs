//! Titles by what is typed, from an index in memory that follows the catalogue.

mod asked;
#[cfg(test)]
mod bad_input;
mod shelf;
mod taste;

use asked::Asked;
use reel_api::availability::{COUNTRY_HEADER, Viewing};
use reel_api::catalogue::hidden;
use reel_api::content::languages_of;
use reel_api::search::{Facet, Found, Suggestion, SuggestionKind, Suggestions};
use reel_api::{Principal, TitleId};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock};
use reel_search::{Count, Filter, Query};
use shelf::Shelf;
use std::collections::HashSet;

const CONTENT: Function = Function("content");
const HISTORY: Function = Function("history");
/// How many suggestions there are at most.
const SUGGESTED: usize = 8;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "search"]) => find(&principal, &Asked::read(&request)?, &Viewer::of(&request, &principal)).await,
        ("GET", ["v1", "search", "suggestions"]) => {
            suggest(&principal, &asked::text(&request)?, &Viewer::of(&request, &principal)).await
        }
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// Who searches, as far as that decides what is found, and in which language.
struct Viewer {
    viewing: Viewing,
    languages: Vec<String>,
}

impl Viewer {
    fn of(request: &Request, principal: &Principal) -> Self {
        let viewing = Viewing::of(principal, clock::now_ms(), request.header(COUNTRY_HEADER));
        Self { viewing, languages: languages_of(request.header("accept-language").unwrap_or_default()) }
    }

    /// What this one may not find.
    fn hidden(&self, shelf: &Shelf) -> HashSet<TitleId> {
        match self.viewing.maturity {
            None => hidden(shelf.windowed.iter().map(|title| &**title), &self.viewing),
            Some(_) => hidden(shelf.titles.values().map(|title| &**title), &self.viewing),
        }
    }
}

async fn find(principal: &Principal, asked: &Asked, viewer: &Viewer) -> Result<Response, Problem> {
    let now = viewer.viewing.now;
    let shelf = shelf::current(principal, now).await?;
    let taste = taste::of(principal, &shelf, now).await;
    let Asked { text, genre, from, to, playable, limit } = asked;
    let hidden = viewer.hidden(&shelf);
    let filter = Filter {
        genre: genre.as_deref(),
        from: *from,
        to: *to,
        playable: *playable,
        hidden: Some(&hidden),
        ..Filter::default()
    };
    let query = Query { text, filter, taste: taste.as_deref(), limit: *limit, facets: true, ..Query::default() };
    let found = shelf.index.search(&query).map_err(|e| Problem::internal(e.to_string()))?;
    Response::json(200, &answer(&shelf, found, &viewer.languages))
}

fn answer(shelf: &Shelf, found: reel_search::Found, languages: &[String]) -> Found {
    let titles = found
        .hits
        .iter()
        .filter_map(|hit| shelf.titles.get(&hit.id))
        .map(|title| (**title).clone().in_language(languages));
    let facets = found.facets.unwrap_or_default();
    let mut decades: Vec<_> = facets.decades.into_iter().map(facet).collect();
    decades.sort_by(|a, b| b.name.cmp(&a.name));
    let genres = facets.genres.into_iter().map(facet).collect();
    Found { titles: titles.collect(), total: whole(found.total), genres, decades }
}

fn facet<T: ToString>(count: Count<T>) -> Facet {
    Facet { name: count.value.to_string(), count: whole(count.count) }
}

fn whole(count: usize) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

async fn suggest(principal: &Principal, text: &str, viewer: &Viewer) -> Result<Response, Problem> {
    let shelf = shelf::current(principal, viewer.viewing.now).await?;
    let hidden = viewer.hidden(&shelf);
    let may = |suggestion: &reel_search::Suggestion| match &suggestion.kind {
        reel_search::SuggestionKind::Title(id) => !hidden.contains(id),
        _ => true,
    };
    let suggested = shelf.index.suggest(text, SUGGESTED + hidden.len().min(SUGGESTED)).into_iter().filter(may);
    let suggestions = suggested.take(SUGGESTED).map(suggestion).collect();
    Response::json(200, &Suggestions { suggestions })
}

fn suggestion(suggestion: reel_search::Suggestion) -> Suggestion {
    let kind = match suggestion.kind {
        reel_search::SuggestionKind::Title(_) => SuggestionKind::Title,
        reel_search::SuggestionKind::Person => SuggestionKind::Person,
        reel_search::SuggestionKind::Genre => SuggestionKind::Genre,
    };
    Suggestion { text: suggestion.text, kind }
}
