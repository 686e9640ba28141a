//! What a request says its body is.

use crate::Problem;

/// Admits a body that is declared as JSON. A form of another site cannot declare that
/// without being asked for leave first, which keeps it from speaking for a browser.
///
/// # Errors
/// A 415 problem that names what came and what would be right.
pub fn expect_json(content_type: Option<&str>) -> Result<(), Problem> {
    let declared = content_type.unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let came = if declared.is_empty() { "none".into() } else { format!("{declared:?}") };
    Err(Problem::new(
        415,
        "unsupported-media-type",
        "The body is of another type",
        format!("send content-type: application/json, not {came}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::expect_json;

    #[test]
    fn only_json_is_json() {
        assert!(expect_json(Some("application/json")).is_ok());
        assert!(expect_json(Some("Application/JSON; charset=utf-8")).is_ok());
        for other in [None, Some("text/plain"), Some("application/jsonx"), Some("text/plain; application/json")] {
            assert_eq!(expect_json(other).unwrap_err().status, 415, "{other:?}");
        }
    }
}
