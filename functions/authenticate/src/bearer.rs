//! The `Authorization` header (RFC 6750, section 2.1).

use crate::refusal::Refusal;

/// The token of a header `Bearer TOKEN`; the scheme's case does not matter (RFC 9110, section 11.1).
pub(crate) fn token(authorization: Option<&str>) -> Result<&str, Refusal> {
    let authorization = authorization.ok_or(Refusal::Missing)?;
    let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::Missing);
    }
    let token = token.trim_matches(' ');
    if token.is_empty() { Err(Refusal::Malformed("it is empty".into())) } else { Ok(token) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_follows_the_scheme() {
        assert_eq!(token(Some("Bearer a.b.c")), Ok("a.b.c"));
        assert_eq!(token(Some("bearer  a.b.c")), Ok("a.b.c"));
    }

    #[test]
    fn another_scheme_is_no_token_and_none_is_malformed() {
        for none in [None, Some("Basic a:b"), Some(""), Some("Bearera.b.c")] {
            assert_eq!(token(none), Err(Refusal::Missing), "{none:?}");
        }
        for empty in ["Bearer", "Bearer  "] {
            assert!(matches!(token(Some(empty)), Err(Refusal::Malformed(_))), "{empty:?}");
        }
    }
}
