//! Words of a text, brought to one form.

/// What does without meaning is left out by how common it is; these few never say anything.
const SHORTEST: usize = 3;

/// The words of a text, lower case, English endings cut off.
pub(crate) fn stems(text: &str) -> impl Iterator<Item = String> {
    let text = text.to_lowercase().replace("'s", "").replace("’s", "");
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST)
        .map(|word| stem(word).to_owned())
        .collect();
    words.into_iter()
}

/// A word without its English ending, when three letters are left: `investigates` and
/// `investigating` are one word. No more exact than likeness needs.
fn stem(word: &str) -> &str {
    if !word.is_ascii() {
        return word;
    }
    let cut = ["ingly", "ings", "ing", "edly", "ies", "ied", "es", "ed", "s", "ly", "y", "e"];
    // Of `family` the y alone goes.
    let least = |ending: &str| if ending == "ly" { SHORTEST + 2 } else { SHORTEST };
    let stem = cut.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() >= least(ending)));
    stem.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        let one = |text: &str| stems(text).collect::<Vec<_>>();
        assert_eq!(one("Investigates investigating investigated"), ["investigat"; 3]);
        assert_eq!(one("mystery mysteries family's families"), ["myster", "myster", "famil", "famil"]);
        assert_eq!(one("a in тайна, Élan"), ["тайна", "élan"]);
    }
}
