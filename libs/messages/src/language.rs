//! The languages that there are words in.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language that a BCP 47 tag (`de`, `de-AT`) asks for; English when there are no words in it.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary)).unwrap_or(Self::En)
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_tag_names_a_language_by_its_first_part() {
        for (tag, language) in [("de", "de"), ("DE-at", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("den", "en")]
        {
            assert_eq!(Language::of(tag).tag(), language, "{tag}");
        }
    }
}
