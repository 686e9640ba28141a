//! What a title is about, and whether it is dark or light, told from the words that describe it.

use crate::stem::stems;
use std::collections::HashMap;

/// How dark a theme is: 1 dark, -1 light, 0 either.
type Dark = i8;

/// Themes of films and series at large, each with English words that tell of it.
const THEMES: &[(Dark, &str)] = &[
    (1, "missing vanish disappear disappearance abduct kidnap abduction"),
    (0, "child children kid boy girl childhood toddler orphan orphaned"),
    (0, "uncover unearth discover reveal expose investigate investigation truth answer clue"),
    (1, "mystery mysterious secret enigma enigmatic strange puzzle cryptic riddle bizarre unexplained"),
    (
        1,
        "supernatural ghost spirit haunted haunting paranormal demon possessed curse witch vampire monster occult undead",
    ),
    (1, "terrifying terror horror nightmare chilling sinister deadly eerie creepy evil dark darkness twisted menacing"),
    (
        1,
        "crime criminal murder killer killing detective cop police gang mafia mob heist thief robbery drug cartel prison",
    ),
    (0, "lawyer trial court judge justice attorney jury legal convicted innocence"),
    (1, "war soldier army military battle troop combat nazi conflict rebel invasion"),
    (0, "spy agent undercover espionage cia assassin mission terrorist"),
    (1, "revenge vengeance avenge payback betrayal betrayed"),
    (0, "power king queen prince princess throne empire emperor royal dynasty politics president election politician"),
    (-1, "love romance romantic lover passion heart affair attraction crush dating"),
    (0, "marriage married wedding bride groom wife husband couple engaged divorce"),
    (0, "family father mother son daughter parent brother sister sibling generation dad mom grandfather grandmother"),
    (-1, "friend friendship buddy pal bond"),
    (-1, "school college student teacher teen teenage teenager classmate campus university"),
    (0, "town village rural suburban community neighborhood island"),
    (0, "future futuristic dystopian apocalypse apocalyptic robot android technology virtual cyber"),
    (0, "space alien planet galaxy astronaut universe earth spaceship"),
    (0, "time timeline past generations loop travel decade century era"),
    (-1, "magic magical wizard fairy dragon fantasy enchanted mythical legend legendary kingdom"),
    (0, "scientist experiment laboratory research science medical doctor virus"),
    (1, "survive survival survivor stranded wilderness escape trapped danger dangerous desperate"),
    (-1, "adventure quest journey treasure explore explorer expedition"),
    (-1, "comedy comedian comic joke hilarious funny humor laugh antics hijinks sketch riff"),
    (-1, "music musician singer band concert song rapper rock pop tour album"),
    (-1, "dance dancer dancing ballet choreography"),
    (0, "sport team football soccer boxing boxer basketball athlete racing coach champion wrestling cricket"),
    (-1, "food chef cooking restaurant kitchen culinary baking baker"),
    (0, "nature animal wildlife ocean species dog horse environmental"),
    (0, "artist painter writer author novelist poet filmmaker actor actress director"),
    (0, "money business company rich wealthy fortune entrepreneur corporate debt poor"),
    (0, "faith god church priest religious religion jesus christian muslim"),
    (1, "death dying grief loss tragedy tragic illness cancer mourning suicide"),
    (0, "gay lesbian queer transgender identity gender"),
    (0, "history historical ancient medieval"),
];

/// Genres that are dark or light, by a word in their names. A genre says more than a theme.
const GENRES: &[(Dark, &str)] = &[
    (1, "horror thriller mystery crime noir war"),
    (-1, "comedy children kids family stand romantic romance reality music musical sitcom"),
];
const GENRE: f32 = 3.0;

/// The themes, by the words that tell of them.
pub(crate) struct Themes {
    words: HashMap<String, Vec<u16>>,
    genres: HashMap<String, Dark>,
}

impl Themes {
    pub(crate) fn new() -> Self {
        let mut words: HashMap<String, Vec<u16>> = HashMap::new();
        for (theme, (_, list)) in (0..).zip(THEMES) {
            stems(list).for_each(|word| words.entry(word).or_default().push(theme));
        }
        let genres = GENRES.iter().flat_map(|(dark, list)| stems(list).map(move |word| (word, *dark))).collect();
        Self { words, genres }
    }

    /// The themes of a text, each once, in order.
    pub(crate) fn of(&self, text: &str) -> Vec<u16> {
        let mut found: Vec<u16> = stems(text).filter_map(|word| self.words.get(&word)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The tone of a title with these themes and genres: from -1, light, to 1, dark.
    pub(crate) fn tone(&self, themes: &[u16], genres: &[String]) -> f32 {
        let mut sides = (0.0, 0.0);
        let mut add = |dark: Dark, weight: f32| match dark {
            1.. => sides.0 += weight,
            0 => {}
            _ => sides.1 += weight,
        };
        themes.iter().for_each(|theme| add(THEMES[usize::from(*theme)].0, 1.0));
        let mut of_genres: Vec<Dark> =
            genres.iter().flat_map(|genre| stems(genre)).filter_map(|word| self.genres.get(&word)).copied().collect();
        of_genres.sort_unstable();
        of_genres.dedup();
        of_genres.into_iter().for_each(|dark| add(dark, GENRE));
        let (dark, light) = sides;
        (dark - light) / (dark + light + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_theme_meet_and_tones_part() {
        let themes = Themes::new();
        assert_eq!(themes.of("A boy vanishes."), themes.of("The missing children"));
        assert!(themes.of("Nothing of the kind, окно").is_empty());
        let tone = |text: &str, genre: &str| themes.tone(&themes.of(text), &[genre.to_owned()]);
        assert!(tone("A killer haunts a village", "Horror Movies") > 0.5);
        assert!(tone("Friends fall in love", "TV Comedies") < -0.5);
        assert_eq!(tone("", "Documentaries"), 0.0);
    }
}
