//! Slugs: the names of titles in addresses.

use reel_api::{Problem, TitleId};

/// The longest slug, in characters.
const MAX: usize = 80;

/// Admits a slug. What reads as an id is none: an address names a title by either.
///
/// # Errors
/// A 400 problem that says what a slug is.
pub(crate) fn check(slug: &str) -> Result<(), Problem> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let formed =
        (1..=MAX).contains(&slug.len()) && slug.bytes().all(allowed) && !slug.starts_with('-') && !slug.ends_with('-');
    if formed && slug.parse::<TitleId>().is_err() {
        return Ok(());
    }
    let detail = format!(
        "slug is 1 to {MAX} of a-z, 0-9 and -, neither begins nor ends with - and is no id; {slug:.80?} is not that"
    );
    Err(Problem::invalid(detail))
}

/// A slug and what to try when it is taken: with 2 to 9 behind it, then with the end of
/// the title's id, which nobody else has.
pub(crate) fn variations(slug: &str, id: TitleId) -> Vec<String> {
    let tail: String = id.to_string().chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
    let suffixes = (2..=9).map(|n| n.to_string()).chain([tail]);
    let plain = check(slug).is_ok().then(|| slug.to_owned());
    plain.into_iter().chain(suffixes.map(|suffix| with_suffix(slug, &suffix))).collect()
}

fn with_suffix(slug: &str, suffix: &str) -> String {
    let stem: String = slug.chars().take(MAX - 1 - suffix.len()).collect();
    format!("{}-{suffix}", stem.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_no_id() {
        assert!(check("big-buck-bunny-2").is_ok());
        let id = TitleId::new(1, &[1; 10]).to_string();
        for bad in ["", "-a", "a-", "A", "a b", "ü", &"a".repeat(81), &id, &id.replace('-', "")] {
            assert_eq!(check(bad).unwrap_err().status, 400, "{bad:?}");
        }
    }

    #[test]
    fn every_variation_is_a_slug_of_its_own() {
        let id = TitleId::new(1, &[7; 10]);
        for slug in ["a", &"a".repeat(80), &id.to_string().replace('-', "")] {
            let all = variations(slug, id);
            assert!(all.iter().all(|slug| check(slug).is_ok()), "{all:?}");
            assert!(all.last().unwrap().ends_with("070707070707"));
            let mut unique = all.clone();
            unique.dedup();
            assert_eq!(unique, all);
        }
    }
}
