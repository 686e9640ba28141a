//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal, refusal};

#[test]
fn what_is_no_batch_is_refused() {
    assert_eq!(refusal(super::handle, "POST", "/_reel/events", &[JSON], "{").0, 400);
    assert_eq!(refusal(super::handle, "GET", "/v1/archive/x", &[], "").0, 404);
    let operator = (PRINCIPAL, &*principal("operator", true));
    assert_eq!(refusal(super::handle, "GET", "/v1/archive?cursor=%00", &[operator], "").0, 400);
}

#[test]
fn only_an_operator_sees_the_files() {
    assert_eq!(refusal(super::handle, "GET", "/v1/archive", &[], "").0, 401);
    let editor = (PRINCIPAL, &*principal("editor", true));
    assert_eq!(refusal(super::handle, "GET", "/v1/archive", &[editor], "").0, 403);
}
