//! Which titles a viewer would watch next, by a scorer of the operator's own or by the newest model of what all
//! viewers watch.

mod answer;
#[cfg(test)]
mod bad_input;
mod fresh;
mod held;
mod scorer;

use reel_api::ranking::{Rank, Rankings};
use reel_sdk::{Problem, Request, Response, clock};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["_reel", "rank"]) => rank(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn rank(request: &Request) -> Result<Response, Problem> {
    let rank: Rank = request.json()?;
    rank.check()?;
    let now = clock::now_ms();
    let held = held::current(now).await;
    if let Some(Rankings { version, answers }) = scorer::ask(&rank.questions, now).await {
        let trained = held.as_ref().ok().map(|held| &held.content);
        let scored = rank.questions.iter().zip(answers);
        let answers = scored.map(|(question, scored)| answer::by_scorer(trained, question, scored)).collect();
        return Response::json(200, &Rankings { version, answers });
    }
    let held = held?;
    let answers = rank.questions.iter().map(|question| answer::of(&held.content, question)).collect();
    Response::json(200, &Rankings { version: held.version.clone(), answers })
}
