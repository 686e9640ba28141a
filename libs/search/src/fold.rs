//! Text as it is compared: case and accents folded, cut into words.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RawTokenizer, TextAnalyzer, TokenStream};

/// The letters of a word that count; a pattern of edits has no room for more.
pub(crate) const LONGEST_WORD: usize = 63;

/// Lower case without accents; letters that have no ASCII form stay as they are.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // An accent typed as a character of its own would part the word.
    let composed: String = text.chars().filter(|c| !is_accent(*c)).collect();
    let mut analyzer =
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let mut stream = analyzer.token_stream(&composed);
    if stream.advance() { stream.token().text.to_lowercase() } else { String::new() }
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`')
}

/// The vowel signs of Indic scripts are no letters, yet part of words.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (matches!(c, '\u{900}'..='\u{dff}') && !matches!(c, '\u{964}' | '\u{965}'))
}

/// Scripts written without spaces: each character is a word.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// The words of a text, folded: `Schitt's Creek & Co` is `schitts creek and co`.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    for c in fold(text).chars() {
        match c {
            c if stands_alone(c) => {
                words.end();
                words.word.push(c);
                words.end();
            }
            c if is_letter(c) => words.push(c),
            c if is_apostrophe(c) => {}
            '&' => {
                words.end();
                words.all.push("and".to_owned());
            }
            _ => words.end(),
        }
    }
    words.end();
    words.all
}

/// The words of a text to be found by, with those joined by a hyphen or a dot as one word too.
pub(crate) fn words_and_compounds(text: &str) -> Vec<String> {
    let mut all = words(text);
    for piece in text.split_whitespace().filter(|piece| piece.contains(['-', '.', ':', '/'])) {
        let parts = words(piece);
        if parts.len() > 1 {
            all.push(parts.concat().chars().take(LONGEST_WORD).collect());
        }
    }
    all
}

#[derive(Default)]
struct Words {
    all: Vec<String>,
    word: String,
    letters: usize,
}

impl Words {
    fn push(&mut self, c: char) {
        self.letters += 1;
        if self.letters <= LONGEST_WORD {
            self.word.push(c);
        }
    }

    fn end(&mut self) {
        self.letters = 0;
        if !self.word.is_empty() {
            self.all.push(std::mem::take(&mut self.word));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_fold_and_other_scripts_stay() {
        assert_eq!(words("Élite ØSTENFOR"), ["elite", "ostenfor"]);
        assert_eq!(words("Poke\u{301}mon"), ["pokemon"]);
        assert_eq!(words("ДЖЕНТЛЬМЕНЫ удачи"), ["джентльмены", "удачи"]);
        assert_eq!(words("電影 abc"), ["電", "影", "abc"]);
        assert_eq!(words("क्या"), ["क्या"]);
    }

    #[test]
    fn signs_part_words_and_apostrophes_do_not() {
        assert_eq!(words("Schitt's Creek & Co."), ["schitts", "creek", "and", "co"]);
        assert_eq!(words("+\"(:*~)-"), [""; 0]);
        assert_eq!(words_and_compounds("Spider-Man 2"), ["spider", "man", "2", "spiderman"]);
    }

    #[test]
    fn a_word_ends_at_63_letters() {
        assert_eq!(words(&"a".repeat(10_000))[0].len(), LONGEST_WORD);
    }
}
