//! Reel's index, asked what its peers are asked: `run.py` runs this as WebAssembly, as the function runs.
//!
//! In, one JSON object: `{"titles": [{"name", "cast": [], "directors": [], "genres": [], "description", "year"}],
//! "queries": ["…"], "warm": n}`; out: `{"index_ms": x, "answers": [[place, …]], "micros": [x, …]}`, the places in the
//! list of the best three titles for each query, and the time that each took. The first `warm` queries are asked
//! once more before.

use reel_api::TitleId;
use reel_search::{Document, Index, Query};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// So many titles are looked at.
const TOP: usize = 3;

#[derive(Deserialize)]
struct Asked {
    titles: Vec<Title>,
    queries: Vec<String>,
    warm: usize,
}

#[derive(Deserialize)]
struct Title {
    name: String,
    cast: Vec<String>,
    directors: Vec<String>,
    genres: Vec<String>,
    description: String,
    year: Option<u16>,
}

#[derive(Serialize)]
struct Answer {
    index_ms: f64,
    answers: Vec<Vec<u64>>,
    micros: Vec<f64>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Asked { titles, queries, warm } = serde_json::from_reader(std::io::stdin().lock())?;
    let documents: Vec<Document> = (0..).zip(titles).map(document).collect();
    let begin = Instant::now();
    let index = Index::build(documents)?;
    let index_ms = begin.elapsed().as_secs_f64() * 1e3;
    for query in queries.iter().take(warm) {
        ask(&index, query)?;
    }
    let (mut answers, mut micros) = (Vec::new(), Vec::new());
    for query in &queries {
        let begin = Instant::now();
        answers.push(ask(&index, query)?);
        micros.push(begin.elapsed().as_secs_f64() * 1e6);
    }
    println!("{}", serde_json::to_string(&Answer { index_ms, answers, micros })?);
    Ok(())
}

/// The id of a title tells its place in the list.
fn document((place, title): (u64, Title)) -> Document {
    let Title { name, cast, directors, genres, description, year } = title;
    let id = TitleId::new(place, &[0; 10]);
    Document { other_names: vec![], id, name, description, year, genres, cast, directors, kind: None, playable: true }
}

fn ask(index: &Index, text: &str) -> Result<Vec<u64>, reel_search::SearchError> {
    let found = index.search(&Query { text, limit: TOP, ..Query::default() })?;
    Ok(found.hits.iter().map(|hit| hit.id.made_at()).collect())
}
