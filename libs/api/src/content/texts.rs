//! A title in several languages.

use super::Title;
use serde::{Deserialize, Serialize};

/// The most languages beside the first that a title is known in.
pub const MAX_LANGUAGES: usize = 10;

/// What a title is called and about, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// What it is called; as in the first language when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about; as in the first language when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Title {
    /// The title in the first of these languages that it is known in (RFC 4647, lookup); else as it is.
    #[must_use]
    pub fn in_language(mut self, wanted: &[String]) -> Self {
        let known = wanted.iter().find_map(|tag| self.lookup(tag));
        if let Some(texts) = known.and_then(|tag| self.texts.get(&tag)).cloned() {
            self.name = texts.name.unwrap_or(self.name);
            self.description = texts.description.unwrap_or(self.description);
        }
        self
    }

    /// The tag of the texts for a language: `de-AT`, else `de`. The language of the first texts needs none.
    fn lookup(&self, tag: &str) -> Option<String> {
        let mut tag = tag;
        loop {
            let is = |known: &&String| known.eq_ignore_ascii_case(tag);
            if let Some(known) = self.texts.keys().find(is).or(self.language.as_ref().filter(is)) {
                return Some(known.clone());
            }
            tag = tag.rsplit_once('-')?.0;
        }
    }
}

/// Whether a text looks like a language tag (BCP 47): `de`, `pt-BR`, `zh-Hant`.
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && tag.len() <= 35
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The languages of an `Accept-Language` header, most wanted first (RFC 9110, section 12.5.4).
pub fn languages_of(header: &str) -> Vec<String> {
    let range = |(place, range): (usize, &str)| {
        let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
        let weight: f32 = weight.trim().strip_prefix("q=").map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
        let tag = tag.trim();
        (weight > 0.0 && is_language(&tag.to_ascii_lowercase())).then(|| (weight, place, tag.to_owned()))
    };
    let mut ranges: Vec<_> = header.split(',').take(MOST_RANGES).enumerate().filter_map(range).collect();
    ranges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranges.into_iter().map(|(_, _, tag)| tag).collect()
}

/// How many languages of a header count.
const MOST_RANGES: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TitleId;

    #[test]
    fn a_header_names_languages_by_their_weight() {
        assert_eq!(languages_of("en;q=0.5, de-AT, fr;q=0.9, *;q=0.1, xx;q=0"), ["de-AT", "fr", "en"]);
        assert!(languages_of("").is_empty() && languages_of(";;q=,,\u{fc}").is_empty());
    }

    #[test]
    fn a_tag_is_told_from_other_words() {
        assert!(["de", "pt-BR", "zh-Hant", "es-419", "gsw"].iter().all(|tag| is_language(tag)));
        assert!(["", "d", "DE", "german", "de_AT", "de-", "de-a", "de/../x"].iter().all(|tag| !is_language(tag)));
    }

    #[test]
    fn a_title_is_told_in_the_first_language_it_is_known_in() {
        let texts = |name: &str| Texts { name: Some(name.into()), description: None };
        let title = Title {
            description: "About".into(),
            language: Some("en".into()),
            texts: [("de".into(), texts("Dunkel")), ("pt-BR".into(), texts("Escuro"))].into(),
            ..Title::announced(TitleId::new(1, &[1; 10]), "dark", "Dark")
        };
        let name = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|tag| (*tag).to_owned()).collect();
            title.clone().in_language(&wanted).name
        };
        assert_eq!(name(&[]), "Dark");
        assert_eq!(name(&["de-AT", "en"]), "Dunkel");
        assert_eq!(name(&["fr", "PT-br"]), "Escuro");
        assert_eq!(name(&["pt"]), "Dark", "another Portuguese is not this one");
        assert_eq!(name(&["en-GB", "de"]), "Dark", "the first texts are English");
        assert_eq!(title.in_language(&["de".into()]).description, "About");
    }
}
