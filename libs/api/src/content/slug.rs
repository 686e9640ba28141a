//! Names of titles in addresses.

use crate::Problem;
use icu_normalizer::DecomposingNormalizerBorrowed;

/// A slug made from a name: lower case without accents, words joined by -, at most 80 characters.
///
/// # Errors
/// The name has no Latin letter and no digit to make one of.
pub fn slug_of(name: &str) -> Result<String, Problem> {
    let mut slug = String::new();
    let letters = name.chars().flat_map(char::to_lowercase);
    // An accent becomes a character of its own (UAX 15, form KD).
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(letters) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            _ if plain(c).is_some() => slug.extend(plain(c)),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= 80 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-').to_owned();
    if slug.is_empty() {
        return Err(Problem::invalid(format!(
            "no slug can be made from the name {name:?}: give one of a-z, 0-9 and -"
        )));
    }
    Ok(slug)
}

/// What stands for a letter that is no other with an accent.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ð' | 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn a_name_becomes_a_slug() {
        assert_eq!(slug_of("Big Buck Bunny: The Trailer!").unwrap(), "big-buck-bunny-the-trailer");
        assert!(slug_of("电影").is_err());
        for (name, slug) in [
            ("Crème brûlée", "creme-brulee"),
            ("Pokémon", "pokemon"),
            ("Poke\u{301}mon", "pokemon"),
            ("ØSTENFOR ß Łódź", "ostenfor-ss-lodz"),
            ("Æon ½", "aeon-1-2"),
        ] {
            assert_eq!(slug_of(name).unwrap(), slug);
        }
    }
}
