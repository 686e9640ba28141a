//! Titles and their artwork.

mod artwork;
mod asker;
#[cfg(test)]
mod bad_input;
mod check;
mod details;
mod draft;
mod due;
mod edit;
mod faults;
mod import;
mod list;
mod lists;
mod outbox;
mod poster;
mod series;
mod slug;
mod store;
mod title;

use asker::Asker;
use reel_api::content::EncodingNews;
use reel_api::media_type::expect_json;
use reel_sdk::{Problem, Request, Response, decode};
use serde::de::DeserializeOwned;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "titles"]) => list::list(&request).await,
        ("POST", ["v1", "titles"]) => edit::create(&request).await,
        ("GET", ["v1", "titles", id_or_slug]) => show(&request, &decode(id_or_slug)).await,
        ("PUT", ["v1", "titles", id]) => edit::edit(&request, id).await,
        ("DELETE", ["v1", "titles", id]) => edit::delete(&request, id).await,
        ("PUT", ["v1", "titles", id, "poster"]) => poster::put(&request, id).await,
        ("DELETE", ["v1", "titles", id, "poster"]) => poster::delete(&request, id).await,
        ("GET", ["v1", "titles", id, "changes"]) => edit::changes(&request, id).await,
        ("GET", ["v1", "titles", id_or_slug, "episodes"]) => series::episodes(&request, &decode(id_or_slug)).await,
        ("GET", ["v1", "titles", id_or_slug, "next"]) => series::next(&request, &decode(id_or_slug)).await,
        ("GET", ["v1", "titles", id_or_slug, "trailers"]) => series::trailers(&request, &decode(id_or_slug)).await,
        ("POST", ["v1", "imports"]) => import::import(&request).await,
        ("GET", ["artwork", key @ ..]) => artwork::forward(&request, key).await,
        ("GET", ["_reel", "changes"]) => list::changes(&request).await,
        ("GET", ["_reel", "catalogue"]) => list::catalogue(&request).await,
        ("GET", ["_reel", "titles", id]) => Response::json(200, &Asker::function().title(id).await?),
        ("POST", ["_reel", "encoding"]) => note(&body(&request)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn show(request: &Request, id_or_slug: &str) -> Result<Response, Problem> {
    let title = Asker::of(request)?.title(id_or_slug).await?;
    let tag = format!("\"{}\"", title.version);
    let answer = Response::json(200, &title)?.with_header("etag", &tag);
    Ok(answer.with_header("vary", "accept-language"))
}

/// What an encoding came to is told of whoever it is.
async fn note(news: &EncodingNews) -> Result<Response, Problem> {
    let noted = |title: &mut title::Stored| {
        title.note(news);
        Ok(())
    };
    store::change(title::subject(news), None, noted).await?;
    outbox::send().await;
    Ok(Response::empty(204))
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}
