//! Filter: notes what editors, operators and owners change, before it is changed, and what came of it.
//!
//! What cannot be noted is not done. What came of it may be missing from the log: then it is not known.

use http::Method;
use reel_api::Client;
use reel_api::audit::Act;
use reel_sdk::http::Function;
use reel_sdk::{FilterRequest, Principal, Problem, Response, Role};

const LOG: Function = Function("audit-log");

reel_sdk::filter!(handle);

async fn handle(request: FilterRequest) -> Result<Response, Problem> {
    let Some(act) = act(&request) else { return request.next().await };
    let begun = Client::new(LOG).note_act(&act).await.map_err(|why| {
        eprintln!("an act was not noted, and so not done: {why}");
        Problem::unavailable("it could not be noted in the audit log, so it was not done", 1)
    })?;
    let answer = request.next().await;
    let status = answer.as_ref().map_or_else(|problem| problem.status, Response::status);
    if let Err(why) = Client::new(LOG).note_act(&Act::Ended { begun: begun.number, status }).await {
        eprintln!("what came of act {} was not noted: {status}; {why}", begun.number);
    }
    answer
}

/// What is to be noted; none of what changes nothing, and of what viewers do.
fn act(request: &FilterRequest) -> Option<Act> {
    let principal = request.principal().ok()?;
    let trace = trace_id(&request.header("traceparent").unwrap_or_default());
    noted(&request.method(), &principal, request.path(), trace)
}

fn noted(method: &Method, principal: &Principal, path: String, trace: String) -> Option<Act> {
    if method.is_safe() || principal.role < Role::Editor {
        return None;
    }
    Some(Act::Begun { account: principal.account, role: principal.role, method: method.to_string(), path, trace })
}

/// The trace of a `traceparent` (W3C Trace Context, section 3.2), as the host writes it.
fn trace_id(traceparent: &str) -> String {
    traceparent.split('-').nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{AccountId, SessionId};

    fn noted_of(method: Method, role: Role) -> bool {
        let (account, session) = (AccountId::new(1, &[1; 10]), SessionId::new(1, &[2; 10]));
        let principal = Principal { account, session, profile: None, role, maturity: None };
        noted(&method, &principal, "/v1/titles".into(), String::new()).is_some()
    }

    #[test]
    fn changes_by_those_who_administer_are_noted() {
        for role in [Role::Editor, Role::Operator, Role::Owner] {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                assert!(noted_of(method, role));
            }
            assert!(!noted_of(Method::GET, role) && !noted_of(Method::HEAD, role));
        }
        assert!(!noted_of(Method::POST, Role::Viewer));
    }

    #[test]
    fn a_trace_is_told_by_its_id() {
        assert_eq!(
            trace_id("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(trace_id(""), "");
    }
}
