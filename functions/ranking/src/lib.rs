//! Which titles a viewer would watch next, by the newest model of what all viewers watch.

mod answer;
#[cfg(test)]
mod bad_input;
mod fresh;
mod held;

use reel_api::ranking::{MAX_NAMED, MAX_QUESTIONS, MAX_RANKED, Question, Rank, Rankings};
use reel_sdk::{Problem, Request, Response, clock};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["_reel", "rank"]) => rank(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn rank(request: &Request) -> Result<Response, Problem> {
    let Rank { questions } = request.json()?;
    check(&questions)?;
    let held = held::current(clock::now_ms()).await?;
    let answers = questions.iter().map(|question| answer::of(&held.model, question)).collect();
    Response::json(200, &Rankings { version: held.version.clone(), answers })
}

fn check(questions: &[Question]) -> Result<(), Problem> {
    if questions.len() > MAX_QUESTIONS {
        return Err(Problem::invalid(format!("at most {MAX_QUESTIONS} questions are answered at once")));
    }
    for (at, question) in questions.iter().enumerate() {
        if question.limit > MAX_RANKED {
            return Err(Problem::invalid(format!("question {at}: limit is at most {MAX_RANKED}")));
        }
        if question.watched.len() + question.leave_out.len() > MAX_NAMED {
            return Err(Problem::invalid(format!("question {at} names more than {MAX_NAMED} titles")));
        }
    }
    Ok(())
}
