//! Which titles are found alike, in a small catalogue.

mod titles;

use reel_api::TitleId;
use reel_api::content::Title;
use reel_likeness::{Alike, Likeness};
use titles::bare;

fn id(number: u64) -> TitleId {
    bare(number).id
}

fn title(number: u64, name: &str, genres: &[&str], cast: &[&str], year: u16, description: &str) -> Title {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Title {
        name: name.to_owned(),
        description: description.to_owned(),
        year: Some(year),
        genres: texts(genres),
        cast: texts(cast),
        ..bare(number)
    }
}

fn catalogue() -> Vec<Title> {
    let baking = "Bakers open a small kitchen and cook for the whole valley.";
    vec![
        title(1, "Fog", &["Horror"], &["Ida Moss"], 2019, "A child vanishes and a village hides a terrible mystery."),
        title(
            2,
            "The Well",
            &["Thrillers"],
            &["Ole Brandt"],
            2020,
            "Missing boys, a secret under an old town, enigmas.",
        ),
        title(3, "Crumbs", &["Comedies"], &["Pia Lund"], 2018, baking),
        title(4, "Second Helping", &["Comedies"], &["Tom Ray"], 2017, "A chef returns to the restaurant of his youth."),
        title(5, "Offside", &["Sports"], &["Pia Lund"], 2003, "A football coach and her team."),
        title(6, "Orbit", &["Sci-Fi"], &["Ida Moss"], 1999, "Astronauts lose their way between planets."),
    ]
}

fn likeness() -> Likeness {
    Likeness::build(&catalogue())
}

fn numbers(alike: &[Alike]) -> Vec<u64> {
    alike.iter().map(|alike| alike.id.made_at()).collect()
}

#[test]
fn a_theme_in_other_words_makes_titles_alike() {
    let likeness = likeness();
    assert_eq!(likeness.alike(id(1), 1)[0].id, id(2));
    assert_eq!(likeness.alike(id(2), 1)[0].id, id(1));
    assert_eq!(likeness.alike(id(3), 1)[0].id, id(4));
}

#[test]
fn a_title_is_not_its_own_neighbour_and_all_others_are_listed_once() {
    let mut alike = numbers(&likeness().alike(id(3), 100));
    alike.sort_unstable();
    assert_eq!(alike, [1, 2, 4, 5, 6]);
    assert_eq!(likeness().alike(id(3), 2), likeness().alike(id(3), 100)[..2]);
}

#[test]
fn what_titles_share_counts() {
    let plain = |number| title(number, "", &[], &[], 2000, "");
    let score = |change: &dyn Fn(&mut Title)| {
        let (mut a, mut b) = (plain(1), plain(2));
        change(&mut a);
        change(&mut b);
        let others = (3..9).map(|number| title(number, "Other", &["Westerns"], &["Nobody"], 1950, "Cattle."));
        let all: Vec<Title> = [a, b].into_iter().chain(others).collect();
        Likeness::build(&all).alike(id(1), 1)[0]
    };
    let nothing = score(&|_| {});
    let text = |text: &str| text.to_owned();
    let changes: [&dyn Fn(&mut Title); 5] = [
        &|title| title.cast.push(text("Ida Moss")),
        &|title| title.directors.push(text("Ole Brandt")),
        &|title| title.genres.push(text("Sci-Fi")),
        &|title| title.description.push_str("Lanterns in amber."),
        &|title| title.description.push_str("A kidnapping."),
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let shared = score(change);
        assert_eq!(shared.id, id(2));
        assert!(shared.score > nothing.score + 0.02, "{place}: {} {}", shared.score, nothing.score);
        assert!(shared.score <= 1.001);
    }
}

#[test]
fn a_profile_is_drawn_to_what_was_liked_and_off_what_was_not() {
    let likeness = likeness();
    let best = |watched: &[(TitleId, f32)]| numbers(&likeness.rank(&likeness.profile(watched.iter().copied()), 10));
    assert_eq!(best(&[(id(1), 1.0), (id(3), 0.1)])[0], 2);
    assert_eq!(best(&[(id(1), 0.1), (id(3), 1.0)])[0], 4);
    assert_eq!(best(&[(id(3), -1.0)]).last(), Some(&4));
    assert!(best(&[(id(1), 1.0), (id(3), 1.0)]).iter().all(|number| ![1, 3].contains(number)));
}

#[test]
fn what_is_not_known_is_nothing() {
    let likeness = likeness();
    assert!(likeness.alike(id(99), 10).is_empty());
    let nothing = likeness.profile([(id(99), 1.0), (id(1), f32::NAN)]);
    assert!(nothing.is_empty() && likeness.rank(&nothing, 10).is_empty());
    assert_eq!(likeness.likeness(id(1), id(99)), 0.0);
    let empty = Likeness::build([]);
    assert!(empty.is_empty() && empty.alike(id(1), 3).is_empty());
    let blank = Title { year: None, ..title(1, "", &[], &[], 0, "") };
    let blanks = Likeness::build(&[blank.clone(), Title { id: id(2), ..blank }]);
    assert!(blanks.alike(id(1), 3)[0].score.is_finite());
}

#[test]
fn the_later_of_two_with_one_id_counts() {
    let mut all = catalogue();
    all.push(title(5, "Second Course", &["Comedies"], &["Tom Ray"], 2017, "A chef and a restaurant, again."));
    let likeness = Likeness::build(&all);
    assert_eq!((likeness.len(), likeness.alike(id(4), 1)[0].id), (6, id(5)));
}

#[test]
fn variety_parts_what_is_alike() {
    let mut all = catalogue();
    all.push(title(
        7,
        "Fog Again",
        &["Horror"],
        &["Ida Moss"],
        2019,
        "A child vanishes and a village hides a mystery.",
    ));
    let likeness = Likeness::build(&all);
    let from: Vec<Alike> =
        [(1, 0.9), (7, 0.8), (3, 0.5)].map(|(number, score)| Alike { id: id(number), score }).to_vec();
    assert_eq!(numbers(&likeness.varied(&from, 3, 0.0)), [1, 7, 3]);
    assert_eq!(numbers(&likeness.varied(&from, 3, 0.8)), [1, 3, 7]);
    assert_eq!(numbers(&likeness.varied(&from, 2, f32::NAN)), [1, 7]);
    assert!(likeness.varied(&[], 3, 0.5).is_empty());
}
