//! From a title to its features.
//!
//! A title has two vectors: what one like it should have (`wanted`), and what it has itself
//! (`given`). They differ in the themes alone, where having more of them is no fault.

use crate::stem::stems;
use crate::themes::Themes;
use crate::vector::{Sparse, Values, scaled, summed};
use reel_api::content::Title;
use std::collections::{BTreeMap, HashMap};
use std::f32::consts::FRAC_PI_2;

/// What each kind of feature counts; together 1 when directors are shared too. They were set by hand on a
/// real catalogue: the themes tell most, genres and tone keep the company.
const THEMES: f32 = 0.36;
const TONE: f32 = 0.22;
const TEXT: f32 = 0.14;
const PEOPLE: f32 = 0.11;
const GENRES: f32 = 0.04;
const GENRE_WORDS: f32 = 0.05;
const DIRECTORS: f32 = 0.03;
const YEAR: f32 = 0.05;

/// A word in a larger share of all titles tells nothing.
const COMMON: f32 = 0.1;
/// Who stands at place n of a cast counts 1 / sqrt(1 + n / 4).
const BILLING: f32 = 4.0;
/// Titles so many years apart have nothing of their years in common.
const YEARS: u16 = 8;

/// The features of all titles.
pub(crate) struct Features {
    pub(crate) wanted: Vec<Sparse>,
    pub(crate) given: Vec<Sparse>,
    pub(crate) count: usize,
}

/// What is known of a title, before it is weighed.
struct Known {
    text: Vec<String>,
    themes: Vec<u16>,
    tone: f32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Text,
    Theme,
    Person,
    Director,
    Genre,
    GenreWord,
    Tone,
    Year,
}

type Key = (Kind, String);

/// Numbers features, and counts the titles that have each.
#[derive(Default)]
struct Numbers {
    numbers: HashMap<Key, u32>,
    titles: Vec<u32>,
}

impl Numbers {
    fn of(&mut self, kind: Kind, name: &str) -> u32 {
        let next = self.titles.len() as u32;
        let number = *self.numbers.entry((kind, name.to_owned())).or_insert(next);
        if number == next {
            self.titles.push(0);
        }
        number
    }

    fn count<'a>(&mut self, kind: Kind, names: impl IntoIterator<Item = &'a str>) {
        let mut numbers: Vec<u32> = names.into_iter().map(|name| self.of(kind, name)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().for_each(|number| self.titles[number as usize] += 1);
    }
}

struct Weighing<'a> {
    numbers: Numbers,
    total: f32,
    /// Each genre with what a title of it has of all genres.
    genres: HashMap<&'a str, Values>,
}

impl Features {
    pub(crate) fn of(titles: &[&Title]) -> Self {
        let themes = Themes::new();
        let known: Vec<Known> = titles.iter().map(|title| Known::of(title, &themes)).collect();
        let mut weighing = Weighing::new(titles, &known);
        let mut features = Self { wanted: Vec::new(), given: Vec::new(), count: 0 };
        for (title, known) in titles.iter().zip(&known) {
            let shared = weighing.shared(title, known);
            let (wanted, given) = weighing.themes(known);
            features.wanted.push(Sparse::new(shared.iter().copied().chain(wanted).collect()));
            features.given.push(Sparse::new(shared.into_iter().chain(given).collect()));
        }
        features.count = weighing.numbers.titles.len();
        features
    }
}

impl Known {
    fn of(title: &Title, themes: &Themes) -> Self {
        let text = stems(&title.name).chain(stems(&title.description)).collect();
        let found = themes.of(&title.description);
        let tone = themes.tone(&found, &title.genres);
        Self { text, themes: found, tone }
    }
}

impl<'a> Weighing<'a> {
    fn new(titles: &[&'a Title], known: &[Known]) -> Self {
        let mut numbers = Numbers::default();
        for (title, known) in titles.iter().zip(known) {
            numbers.count(Kind::Text, known.text.iter().map(String::as_str));
            numbers.count(Kind::Person, title.cast.iter().map(String::as_str));
            numbers.count(Kind::Genre, title.genres.iter().map(String::as_str));
            known.themes.iter().for_each(|theme| numbers.count(Kind::Theme, [theme.to_string().as_str()]));
        }
        let mut weighing = Self { numbers, total: titles.len() as f32, genres: HashMap::new() };
        weighing.genres = weighing.company(titles);
        weighing
    }

    /// How rare a feature is: 0 when every title has it.
    fn rarity(&self, number: u32) -> f32 {
        ((1.0 + self.total) / (1.0 + self.titles(number))).ln()
    }

    fn titles(&self, number: u32) -> f32 {
        self.numbers.titles[number as usize] as f32
    }

    /// Each genre with those it is found together with.
    fn company(&mut self, titles: &[&'a Title]) -> HashMap<&'a str, Values> {
        let mut together: BTreeMap<(&'a str, &'a str), u32> = BTreeMap::new();
        for title in titles {
            for genre in &title.genres {
                title.genres.iter().for_each(|other| *together.entry((genre, other)).or_default() += 1);
            }
        }
        let mut company: HashMap<&'a str, Values> = HashMap::new();
        for ((genre, other), count) in together {
            let (a, b) = (self.numbers.of(Kind::Genre, genre), self.numbers.of(Kind::Genre, other));
            let near = count as f32 / (self.titles(a) * self.titles(b)).sqrt();
            company.entry(genre).or_default().push((b, near.min(1.0) * self.rarity(b)));
        }
        company.values_mut().for_each(|values| scaled(values, 1.0));
        company
    }

    /// The features that are wanted as they are given.
    fn shared(&mut self, title: &Title, known: &Known) -> Values {
        let mut all = self.text(known);
        all.extend(self.people(title));
        all.extend(self.genres(title));
        let words = title.genres.iter().flat_map(|genre| stems_of_genre(genre));
        let words = words.map(|word| (self.numbers.of(Kind::GenreWord, &word), 1.0)).collect();
        all.extend(weighed(words, GENRE_WORDS));
        // Two tones are as alike as their angles: half a turn from the lightest to the darkest.
        let angle = known.tone * FRAC_PI_2;
        let tone = [("even", angle.cos()), ("dark", angle.sin())];
        all.extend(tone.map(|(name, value)| (self.numbers.of(Kind::Tone, name), TONE.sqrt() * value)));
        all.extend(self.year(title));
        all
    }

    fn text(&self, known: &Known) -> Values {
        let mut times: BTreeMap<u32, f32> = BTreeMap::new();
        for word in &known.text {
            if let Some(number) = self.numbers.numbers.get(&(Kind::Text, word.clone())) {
                *times.entry(*number).or_default() += 1.0;
            }
        }
        let common = (self.total * COMMON).max(2.0);
        let telling = times.into_iter().filter(|(number, _)| self.titles(*number) <= common);
        weighed(telling.map(|(number, times)| (number, (1.0 + times.ln()) * self.rarity(number))).collect(), TEXT)
    }

    fn people(&mut self, title: &Title) -> Values {
        let cast = title.cast.iter().enumerate().map(|(place, name)| {
            let number = self.numbers.of(Kind::Person, name);
            (number, self.rarity(number) / (1.0 + place as f32 / BILLING).sqrt())
        });
        let mut people = weighed(cast.collect(), PEOPLE);
        let directors = title.directors.iter().map(|name| (self.numbers.of(Kind::Director, name), 1.0));
        people.extend(weighed(directors.collect(), DIRECTORS));
        people
    }

    fn genres(&mut self, title: &Title) -> Values {
        let mut sum: BTreeMap<u32, f32> = BTreeMap::new();
        for genre in &title.genres {
            let own = self.numbers.of(Kind::Genre, genre);
            let rarity = self.rarity(own);
            for (other, near) in self.genres.get(genre.as_str()).into_iter().flatten() {
                *sum.entry(*other).or_default() += near * rarity;
            }
        }
        weighed(sum.into_iter().collect(), GENRES)
    }

    /// A year is between two posts, and has of each as much as it is near.
    fn year(&mut self, title: &Title) -> Values {
        let Some(year) = title.year else { return Vec::new() };
        let (post, on) = (year / YEARS, f32::from(year % YEARS) / f32::from(YEARS));
        let posts = [(post, 1.0 - on), (post + 1, on)];
        let values = posts.map(|(post, near)| (self.numbers.of(Kind::Year, &post.to_string()), near));
        weighed(values.to_vec(), YEAR)
    }

    /// The themes as they are wanted, the rare ones more, and as they are given.
    fn themes(&mut self, known: &Known) -> (Values, Values) {
        let numbers: Vec<u32> =
            known.themes.iter().map(|theme| self.numbers.of(Kind::Theme, &theme.to_string())).collect();
        let all: f32 = numbers.iter().map(|number| self.rarity(*number)).sum();
        let all = if all > 0.0 { all } else { 1.0 };
        let wanted = numbers.iter().map(|number| (*number, THEMES * self.rarity(*number) / all)).collect();
        (wanted, numbers.into_iter().map(|number| (number, 1.0)).collect())
    }
}

/// The words of a genre's name: what makes a series one is said there alone (`TV Dramas`).
fn stems_of_genre(genre: &str) -> Vec<String> {
    genre
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

/// Values at length `sqrt(weight)`, so that two that are the same multiply to the weight.
fn weighed(values: Values, weight: f32) -> Values {
    let mut values = summed(values);
    scaled(&mut values, weight.sqrt());
    values
}
