//! Which picture of a title wins the most plays, and for whom; which new titles are worth a place.

mod answer;
#[cfg(test)]
mod bad_input;
mod candidates;
mod consume;
mod counted;
#[cfg(test)]
mod crown;
mod decisions;
mod known;
mod name;
mod slot;
mod store;
mod test;

use candidates::candidates;
use reel_api::experiment::{ChoiceFor, Chosen, Decisions, Experiments, Hung, NewExperiment, Pictures, PicturesFor};
use reel_api::media_type::expect_json;
use reel_api::{Client, DecisionId, EventId, ExperimentId, OnBehalf, Role, TitleId};
use reel_events::stream;
use reel_sdk::events::Stream;
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock, random};
use slot::Decision;
use std::cmp::Reverse;
use test::PictureTest;

const CONTENT: Function = Function("content");
const INTERACTIONS: Stream = Stream(stream::INTERACTIONS);

/// No decision is later.
const LAST_DAY: u64 = 1_000_000;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return consume::batch(&request).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["_reel", "pictures"]) => pictures(&request.json()?).await,
        ("POST", ["_reel", "choices"]) => choose(request.json()?).await,
        ("GET", ["v1", "decisions"]) => log(&request).await,
        ("GET", ["v1", "experiments"]) => list(&request).await,
        ("POST", ["v1", "experiments"]) => start(&request).await,
        ("GET", ["v1", "experiments", title]) => show(&request, title).await,
        ("DELETE", ["v1", "experiments", title]) => end(&request, title).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// The pictures that a viewer is shown.
async fn pictures(of: &PicturesFor) -> Result<Response, Problem> {
    let now = clock::now_ms();
    let known = known::tests(now).await?;
    let picture = |title: &TitleId| known.test(*title)?.shown(of.profile, of.taste.as_deref(), now);
    let hung = of.titles.iter().filter_map(|title| Some(Hung { title_id: *title, picture: picture(title)? }));
    Response::json(200, &Pictures { pictures: hung.collect() })
}

/// Chooses what a slot shows, and logs it before anybody sees it.
async fn choose(of: ChoiceFor) -> Result<Response, Problem> {
    let now = clock::now_ms();
    let learned = decisions::learned(&of.slot, now).await?;
    let seed = u64::from_le_bytes(random::bytes());
    let decision = Decision::take(&of, DecisionId::new(now, &random::bytes()), &learned, seed)?;
    decisions::keep(&decision).await?;
    let recorded = decision.recorded(of, EventId::new(now, &random::bytes()));
    INTERACTIONS.append_json(&recorded.key(), &recorded).await?;
    Response::json(200, &Chosen { title_id: decision.title_id, decision: decision.id })
}

/// Decisions whose cards were seen.
async fn log(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let day = request.query("day").and_then(|day| day.parse().ok()).filter(|day| *day <= LAST_DAY);
    let day = day.ok_or_else(|| Problem::invalid("day is the number of whole days since 1970"))?;
    let (decisions, cursor) = decisions::page(day, request.query("cursor").as_deref()).await?;
    let seen = decisions.into_iter().filter(|decision| decision.seen).map(Decision::logged);
    Response::json(200, &Decisions { decisions: seen.collect(), cursor })
}

async fn list(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let mut tests = store::tests().await?;
    tests.sort_by_key(|test| Reverse(test.started_at));
    Response::json(200, &Experiments { experiments: tests.iter().map(PictureTest::summary).collect() })
}

async fn start(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    principal.require(Role::Editor)?;
    expect_json(request.header("content-type"))?;
    let NewExperiment { title_id, pictures } = request.json()?;
    let title = Client::new(OnBehalf::new(CONTENT, principal)).title(&title_id.to_string()).await?;
    let pictures = candidates(&title, pictures)?;
    let now = clock::now_ms();
    let test = PictureTest::new(ExperimentId::new(now, &random::bytes()), &title, pictures, now);
    let started = store::update(title_id, now, |latest| test.clone().after(latest.as_ref()).map(Some)).await?;
    answered(201, &started.unwrap_or(test)).await
}

async fn show(request: &Request, title: &str) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let title = parse(title)?;
    let (test, _) = store::test(title).await?.ok_or_else(|| never_tested(title))?;
    answered(200, &test).await
}

async fn end(request: &Request, title: &str) -> Result<Response, Problem> {
    request.principal()?.require(Role::Editor)?;
    let (title, now) = (parse(title)?, clock::now_ms());
    let ended = store::update(title, now, |test| Ok(test.and_then(|test| test.ending(now)))).await?;
    answered(200, &ended.ok_or_else(|| never_tested(title))?).await
}

async fn answered(status: u16, test: &PictureTest) -> Result<Response, Problem> {
    let counted = store::counted(test.id).await?;
    let answer = answer::answer(test, &counted, clock::now_ms());
    Response::json(status, &answer.map_err(|e| Problem::internal(format!("experiment {}: {e}", test.id)))?)
}

fn never_tested(title: TitleId) -> Problem {
    Problem::not_found(format!("no pictures of title {title} were ever tested"))
}

fn parse(title: &str) -> Result<TitleId, Problem> {
    title.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
