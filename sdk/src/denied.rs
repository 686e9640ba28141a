//! What a capability's refusals mean to a caller.

use reel_api::Problem;

/// A grant that `reel.toml` does not have: our mistake, not the caller's.
pub(crate) fn denied(what: &str, name: &str) -> Problem {
    let detail = format!("this function is not granted {what} {name}: add it to [functions.*.grants] in reel.toml");
    Problem::new(500, "misconfigured", "Something is wrong on our side", detail)
}

/// A limit or rule that a function itself broke.
pub(crate) fn broken(what: &str, why: &str) -> Problem {
    Problem::internal(format!("{what} refused the request: {why}"))
}

/// What cannot answer now.
pub(crate) fn unavailable(what: &str, why: &str) -> Problem {
    Problem::unavailable(format!("{what} cannot answer: {why}"), 1)
}
