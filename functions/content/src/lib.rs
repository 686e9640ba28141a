//! Titles and their artwork.

mod artwork;
#[cfg(test)]
mod bad_input;
mod draft;
mod list;
mod slug;
mod store;
mod title;

use draft::Draft;
use reel_api::content::{EncodingNews, Entered, MAX_NEW_TITLES, NewTitle, NewTitles};
use reel_api::media_type::expect_json;
use reel_api::{Role, TitleId};
use reel_sdk::{Problem, Request, Response, clock, decode, random};
use serde::de::DeserializeOwned;
use store::Creation;
use title::Stored;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "titles"]) => list::list(&request).await,
        ("POST", ["v1", "titles"]) => create(&request).await,
        ("POST", ["v1", "catalogue"]) => enter(&request).await,
        ("GET", ["v1", "titles", id_or_slug]) => show(&request, &decode(id_or_slug)).await,
        ("GET", ["artwork", key @ ..]) => artwork::forward(&request, key).await,
        ("GET", ["_reel", "changes"]) => list::changes(&request).await,
        ("POST", ["_reel", "encoding"]) => note(&body(&request)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn create(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let (title, is_new) = make(body(request)?).await?;
    Response::json(if is_new { 201 } else { 200 }, &title.to_title())
}

/// Makes many titles; what is wrong with one holds up no other.
async fn enter(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let NewTitles { titles } = body(request)?;
    if titles.len() > MAX_NEW_TITLES {
        return Err(Problem::invalid(format!("there are {} titles; {MAX_NEW_TITLES} go at once", titles.len())));
    }
    let mut entered = Entered { made: 0, problems: Vec::with_capacity(titles.len()) };
    for title in titles {
        let made = make(title).await;
        entered.made += u32::from(matches!(made, Ok((_, true))));
        entered.problems.push(made.err());
    }
    Response::json(200, &entered)
}

/// The title, and whether it is new.
async fn make(new: NewTitle) -> Result<(Stored, bool), Problem> {
    let (given, now) = (new.id, clock::now_ms());
    let draft = Draft::check(new)?;
    let id = given.unwrap_or_else(|| TitleId::new(now, &random::bytes()));
    for slug in draft.slugs(id)? {
        let title = draft.title(id, slug, now);
        match store::create(&title).await? {
            Creation::Made => return Ok((title, true)),
            Creation::IdTaken(there) => return again(&draft, *there).map(|there| (there, false)),
            Creation::SlugTaken => {}
        }
    }
    Err(Problem::conflict("slug-taken", format!("the slug {} is taken: choose another", draft.wanted_slug()?)))
}

/// The same title again is no error; another one under its id is.
fn again(draft: &Draft, there: Stored) -> Result<Stored, Problem> {
    if there.name == draft.name() {
        return Ok(there);
    }
    Err(Problem::conflict(
        "id-taken",
        format!("{} is the id of {:?}: leave the id out to get a new one", there.id, there.name),
    ))
}

async fn show(request: &Request, id_or_slug: &str) -> Result<Response, Problem> {
    let sees_all = request.principal()?.role >= Role::Editor;
    let title = store::find(id_or_slug).await?.filter(|title| sees_all || title.shown_since().is_some());
    let title = title.ok_or_else(|| Problem::not_found(format!("there is no title {id_or_slug:?}")))?;
    Response::json(200, &title.to_title())
}

async fn note(news: &EncodingNews) -> Result<Response, Problem> {
    let now = clock::now_ms();
    store::update(title::subject(news), |title| title.note(news, now)).await?;
    Ok(Response::empty(204))
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}
