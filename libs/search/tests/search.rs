//! What is found, in which order, in a small catalogue.

use reel_api::TitleId;
use reel_search::{Document, Filter, Index, Query, SuggestionKind, Taste};
use std::collections::HashSet;

fn id(number: u64) -> TitleId {
    TitleId::new(number, &[0; 10])
}

fn document(number: u64, name: &str) -> Document {
    Document {
        id: id(number),
        name: name.to_owned(),
        other_names: Vec::new(),
        description: String::new(),
        year: None,
        genres: Vec::new(),
        cast: Vec::new(),
        directors: Vec::new(),
        kind: None,
        playable: true,
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Titles made up to stand in each other's way.
fn catalogue() -> Vec<Document> {
    let about = |number, name, year, genres: &[&str], cast: &[&str], description: &str| Document {
        year: Some(year),
        genres: texts(genres),
        cast: texts(cast),
        description: description.to_owned(),
        kind: Some(if number % 2 == 0 { "Movie" } else { "Series" }.to_owned()),
        ..document(number, name)
    };
    vec![
        about(1, "Harbour", 2019, &["Dramas"], &["Mira Okafor"], "A pilot comes home."),
        about(2, "Harbour Lights", 2014, &["Comedies"], &["Jon Vale"], "Two sisters open a bakery."),
        about(3, "The Old Harbour", 2001, &["Dramas"], &["Ana Ruiz"], "A keeper of secrets."),
        about(4, "Night Train", 2020, &["Thrillers"], &["Lou Harbour"], "Nobody gets off."),
        about(5, "Salt", 1998, &["Dramas"], &["Jon Vale"], "A fishing harbour in winter."),
        about(6, "Élan vital", 2021, &["Documentaries"], &["Zoë Ångström"], "What keeps us alive."),
        about(7, "Джентльмены удачи", 1971, &["Comedies"], &["Евгений Леонов"], "Воры и двойник."),
        about(8, "千と千尋", 2001, &["Animation"], &[], "A bath house of spirits."),
        about(9, "Spider-Moth", 2011, &["Animation"], &["Ana Ruiz"], "Small hero, large city."),
        about(10, "Schitz's Brook & Sons", 2015, &["Comedies"], &[], "A family loses all."),
    ]
}

fn index() -> Index {
    Index::build(catalogue()).unwrap()
}

fn names(index: &Index, query: &Query) -> Vec<u64> {
    index.search(query).unwrap().hits.iter().map(|hit| hit.id.made_at()).collect()
}

fn found(text: &str) -> Vec<u64> {
    names(&index(), &Query { text, ..Query::default() })
}

#[test]
fn titles_come_first_the_exact_one_before_all() {
    assert_eq!(found("harbour"), [1, 2, 3, 4, 5]);
}

#[test]
fn every_beginning_of_a_title_finds_it() {
    for (number, name) in [(2, "Harbour Lights"), (4, "Night Train"), (7, "Джентльмены удачи"), (8, "千と千尋")]
    {
        for end in 1..=name.chars().count() {
            let text: String = name.chars().take(end).collect();
            assert!(found(&text).contains(&number), "{text}");
        }
    }
}

#[test]
fn each_word_may_be_begun_last() {
    assert_eq!(found("lights harb")[0], 2);
    assert_eq!(found("vale sal")[0], 5);
    assert_eq!(found("winter"), [5]);
}

#[test]
fn a_typo_is_forgiven() {
    for text in
        ["hrabour lights", "harbuor lights", "harbour ligts", "harbour lightxs", "harboulights", "harbourlights"]
    {
        assert_eq!(found(text)[0], 2, "{text}");
    }
    for text in ["tarin", "trian", "tran", "traiin"] {
        assert_eq!(found(text)[0], 4, "{text}");
    }
    assert_eq!(found("dokumentareis"), [6], "two in a long word");
    assert_eq!(found("джентельмены")[0], 7);
    assert_eq!(found("sal")[0], 5);
    assert!(found("sqt").is_empty(), "none in a short word");
}

#[test]
fn case_accents_and_signs_do_not_matter() {
    for text in ["ELAN", "elan vitál", "angstrom", "zoe"] {
        assert_eq!(found(text), [6], "{text}");
    }
    for text in ["spidermoth", "spider moth", "SPIDER-MOTH"] {
        assert_eq!(found(text)[0], 9, "{text}");
    }
    for text in ["schitzs brook and sons", "Schitz’s Brook & Sons", "schitz's"] {
        assert_eq!(found(text)[0], 10, "{text}");
    }
}

#[test]
fn genres_are_found_in_the_singular_too() {
    assert_eq!(found("comedies"), found("comedy"));
    assert_eq!(found("comedy").len(), 3);
}

#[test]
fn filters_leave_out_what_does_not_pass() {
    let index = index();
    let with = |filter| names(&index, &Query { filter, ..Query::default() });
    assert_eq!(with(Filter { genre: Some("dramas"), ..Filter::default() }), [1, 3, 5]);
    assert_eq!(with(Filter { genre: Some("Westerns"), ..Filter::default() }), [0; 0]);
    assert_eq!(with(Filter { from: Some(2001), to: Some(2014), ..Filter::default() }), [2, 9, 3, 8]);
    assert_eq!(with(Filter { kind: Some("series"), genre: Some("Dramas"), ..Filter::default() }), [1, 3, 5]);
    let draft = Index::build([Document { playable: false, ..document(1, "Harbour") }]).unwrap();
    let query = Query { text: "harbour", ..Query::default() };
    assert_eq!(names(&draft, &query), [1]);
    assert_eq!(names(&draft, &Query { filter: Filter { playable: true, ..Filter::default() }, ..query }), [0; 0]);
}

#[test]
fn facets_count_all_that_is_found_not_only_what_is_shown() {
    let query = Query { text: "harbour", limit: 1, facets: true, ..Query::default() };
    let answer = index().search(&query).unwrap();
    assert_eq!((answer.hits.len(), answer.total), (1, 5));
    let facets = answer.facets.unwrap();
    let genres: Vec<_> = facets.genres.iter().map(|count| (count.value.as_str(), count.count)).collect();
    assert_eq!(genres, [("Dramas", 3), ("Comedies", 1), ("Thrillers", 1)]);
    let decades: Vec<_> = facets.decades.iter().map(|count| (count.value, count.count)).collect();
    assert_eq!(decades, [(2010, 2), (1990, 1), (2000, 1), (2020, 1)]);
    assert_eq!(facets.kinds.iter().map(|count| count.count).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn taste_moves_equals_and_never_an_exact_title() {
    let index = Index::build([
        Document { genres: texts(&["Horror"]), ..document(1, "Lake House") },
        Document { genres: texts(&["Romance"]), ..document(2, "Lake Shore") },
        Document { genres: texts(&["Horror"]), ..document(3, "Lake") },
    ])
    .unwrap();
    let ask = |taste: &Taste| names(&index, &Query { text: "lake", taste: Some(taste), ..Query::default() });
    assert_eq!(ask(&Taste::new([("romance", 1.0), ("horror", -1.0)])), [3, 2, 1]);
    assert_eq!(ask(&Taste::new([("Romance", f32::NEG_INFINITY), ("Horror", f32::NAN)])), [3, 1, 2]);
}

#[test]
fn highlights_are_words_of_the_name() {
    let query = Query { text: "harbuor old", highlights: true, ..Query::default() };
    let hit = index().search(&query).unwrap().hits.remove(0);
    let marked: Vec<&str> = hit.highlights.into_iter().map(|range| &"The Old Harbour"[range]).collect();
    assert_eq!(marked, ["Old", "Harbour"]);
}

#[test]
fn pages_follow_each_other() {
    let index = index();
    let page = |skip, limit| names(&index, &Query { text: "harbour", skip, limit, ..Query::default() });
    assert_eq!([page(0, 2), page(2, 2), page(4, 2), page(6, 2)].concat(), [1, 2, 3, 4, 5]);
    assert_eq!(page(usize::MAX, usize::MAX), [0; 0]);
}

#[test]
fn suggestions_are_titles_people_and_genres() {
    let index = index();
    let suggest = |text: &str| -> Vec<_> { index.suggest(text, 8).into_iter().map(|found| found.text).collect() };
    assert_eq!(suggest("harbour"), ["Harbour", "Harbour Lights", "Lou Harbour", "The Old Harbour"]);
    assert_eq!(suggest("com"), ["Comedies"]);
    assert_eq!(suggest("angst"), ["Zoë Ångström"]);
    assert_eq!(suggest("harbuor lig"), ["Harbour Lights"]);
    assert_eq!(index.suggest("salt", 1)[0].kind, SuggestionKind::Title(id(5)));
    assert!(index.suggest("", 8).is_empty() && index.suggest("harbour", 0).is_empty());
}

#[test]
fn what_changes_is_found_as_it_is_now_and_readers_keep_what_they_have() {
    let before = index();
    let renamed = Document { name: "Quay".to_owned(), ..catalogue().remove(0) };
    let after = before.with([renamed, document(11, "Harbour Walls")], [id(2)]).unwrap();
    let ask = |index: &Index, text| names(index, &Query { text, ..Query::default() });
    assert_eq!(ask(&before, "harbour"), [1, 2, 3, 4, 5]);
    assert_eq!(ask(&after, "harbour"), [11, 3, 4, 5]);
    assert_eq!(ask(&after, "quay"), [1]);
    assert_eq!((before.len(), after.len()), (10, 10));
    assert!(after.suggest("harbour l", 8).is_empty());
    let again = after.with([document(1, "Pier"), document(2, "Harbour Lights")], [id(11), id(99)]).unwrap();
    assert_eq!(ask(&again, "harbour")[0], 2);
    assert!(ask(&again, "quay").is_empty());
    assert_eq!(again.len(), 10);
}

#[test]
fn many_changes_answer_as_one_build_does() {
    let all: Vec<Document> = (0..600).map(|number| document(number, &format!("Harbour {number}"))).collect();
    let grown = Index::build(all[..50].to_vec()).unwrap();
    let grown = all[50..].chunks(110).fold(grown, |index, some| index.with(some.to_vec(), []).unwrap());
    let built = Index::build(all).unwrap();
    for (text, limit) in [("harbour", 50), ("harbour 59", 50), ("", 50), ("harbor 123", 1)] {
        let query = Query { text, limit, ..Query::default() };
        assert_eq!(names(&grown, &query), names(&built, &query), "{text}");
    }
}

#[test]
fn any_text_is_a_query() {
    let index = index();
    let long = "harbour ".repeat(1_250);
    let unbroken = "h".repeat(10_000);
    let wide = "é".repeat(5_000);
    let odd = [
        "+",
        "-",
        "\"",
        "(",
        ")",
        ":",
        "*",
        "~",
        "title:harbour",
        "\"harbour",
        "harbour~2 AND (",
        "\0\u{1}\u{7f}",
        "\\",
        "\u{202e}harbour",
        "🎬",
        "a\u{300}\u{300}",
        "^",
        "[a TO",
        "\r\n\t",
        &long,
        &unbroken,
        &wide,
    ];
    for text in odd {
        let query = Query { text, facets: true, highlights: true, ..Query::default() };
        index.search(&query).unwrap();
        index.suggest(text, 8);
    }
    assert_eq!(found("+harbour -lights")[0], 2);
    assert_eq!(found("\"(*harbour*)~\"")[0], 1);
}

#[test]
fn without_a_word_all_are_found_the_newest_first() {
    assert_eq!(found(" \t*"), [6, 4, 1, 10, 2, 9, 3, 8, 5, 7]);
}

#[test]
fn an_empty_index_and_odd_titles_are_fine() {
    let empty = Index::build([]).unwrap();
    assert!(empty.is_empty() && names(&empty, &Query { text: "harbour", ..Query::default() }).is_empty());
    let odd = Index::build([document(1, ""), document(2, "???"), document(3, &"x".repeat(100_000))]).unwrap();
    assert_eq!(odd.len(), 3);
    assert_eq!(names(&odd, &Query { text: "xxxxxxxx", ..Query::default() }), [3]);
}

#[test]
fn a_title_is_found_by_its_name_in_any_language() {
    let dark = Document { other_names: texts(&["Scuro", "The Night Harbour"]), ..document(20, "Dark") };
    let index = Index::build(catalogue().into_iter().chain([dark])).unwrap();
    let found = |text| names(&index, &Query { text, ..Query::default() })[0];
    assert_eq!([found("dark"), found("scuro"), found("the night harbour"), found("night har")], [20, 20, 20, 20]);
    assert_eq!(found("harbour"), 1);
}

#[test]
fn what_is_hidden_is_neither_found_nor_counted() {
    let hidden = HashSet::from([id(1), id(3)]);
    let filter = Filter { hidden: Some(&hidden), ..Filter::default() };
    let found = index().search(&Query { text: "harbour", filter, facets: true, ..Query::default() }).unwrap();
    assert!(found.hits.iter().all(|hit| !hidden.contains(&hit.id)));
    assert_eq!(found.total, found.hits.len());
    assert_eq!(
        found.facets.unwrap().genres.iter().find(|genre| genre.value == "Dramas").map(|genre| genre.count),
        Some(1)
    );
}
