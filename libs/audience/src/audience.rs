//! What viewers expect of the titles there are.

use crate::chance::Chance;
use crate::film::Film;
use crate::household::Member;
use crate::taste::liking;
use crate::visit::Visit;
use reel_api::TitleId;
use reel_api::content::Title;
use std::collections::HashMap;

/// A catalogue, as the viewers of a seed see it.
pub struct Audience {
    films: Vec<Film>,
    places: HashMap<TitleId, usize>,
}

impl Audience {
    /// A catalogue; its order does not matter.
    pub fn new(seed: u64, titles: &[Title]) -> Self {
        let newest = titles.iter().filter_map(|title| title.year).max().unwrap_or_default();
        let mut films: Vec<_> = titles.iter().map(|title| Film::new(title, Chance::new(seed), newest)).collect();
        films.sort_by_key(|film| film.id);
        let places = films.iter().enumerate().map(|(place, film)| (film.id, place)).collect();
        Self { films, places }
    }

    /// Whether there is no title.
    pub fn is_empty(&self) -> bool {
        self.films.is_empty()
    }

    /// Whether a title can be played; an announced one cannot, and what is not known.
    pub fn plays(&self, title: TitleId) -> bool {
        self.film(title).is_some_and(|film| film.playable)
    }

    pub(crate) fn films(&self) -> &[Film] {
        &self.films
    }

    pub(crate) fn film(&self, title: TitleId) -> Option<&Film> {
        self.places.get(&title).map(|place| &self.films[*place])
    }

    /// What a viewer expects of a title on a visit.
    pub(crate) fn expected(&self, member: &Member, visit: &Visit, title: TitleId) -> Option<f64> {
        Some(self.worth(member, visit, self.film(title)?))
    }

    pub(crate) fn worth(&self, member: &Member, visit: &Visit, film: &Film) -> f64 {
        let moment = member.chance.of("moment").nth(visit.at).of(&film.name);
        liking(member, film) + moment.gumbel()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use reel_api::content::TitleStatus;

    pub(crate) fn title(number: u64, name: &str, genres: &[&str]) -> Title {
        Title {
            year: Some(2000 + (number % 20) as u16),
            genres: genres.iter().map(|genre| (*genre).into()).collect(),
            ..Title::announced(TitleId::new(number, &[0; 10]), format!("t-{number}"), name)
        }
    }

    pub(crate) fn catalogue(titles: u64) -> Vec<Title> {
        const GENRES: [&str; 8] =
            ["Dramas", "Comedies", "Horror", "TV Crime", "Documentaries", "Kids' TV", "Romance", "Sci-Fi"];
        let genres = |n: u64| [GENRES[(n % 8) as usize], GENRES[(n / 3 % 8) as usize]];
        (1..=titles).map(|n| title(n, &format!("The long name of title {n}"), &genres(n))).collect()
    }

    #[test]
    fn a_few_titles_have_most_of_the_appeal() {
        let audience = Audience::new(1, &catalogue(1_000));
        let mut appeals: Vec<f64> = audience.films().iter().map(|film| film.appeal.exp()).collect();
        appeals.sort_by(|a, b| b.total_cmp(a));
        let share = appeals[..100].iter().sum::<f64>() / appeals.iter().sum::<f64>();
        assert!(share > 0.4, "{share}");
    }

    #[test]
    fn only_what_is_published_plays() {
        let published = Title { status: TitleStatus::Published, ..title(1, "A", &[]) };
        let audience = Audience::new(1, &[published.clone(), title(2, "B", &[])]);
        assert!(audience.plays(published.id) && !audience.plays(title(2, "B", &[]).id));
        assert!(!audience.plays(TitleId::new(9, &[9; 10])) && !audience.is_empty());
    }
}
