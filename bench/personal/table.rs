//! What is printed.

use crate::Run;
use crate::bandit;
use crate::likeness::Place;
use crate::measure::{Quality, bootstrap, deviation, mean, median};
use serde::Serialize;

/// A line of the table. What was not measured is left out.
#[derive(Serialize, Default)]
pub(crate) struct Row {
    pub(crate) model: String,
    #[serde(flatten)]
    pub(crate) quality: Option<Measured>,
    /// Seconds to train, the median over the seeds.
    pub(crate) train_s: f64,
    /// The same over that of `implicit`'s ALS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) train_to_implicit: Option<f64>,
    /// Milliseconds from one history to its list, the mean over users and the median over the seeds.
    pub(crate) score_ms: f64,
}

/// Means over users and seeds; `_spread` is the standard deviation over the seeds, `_users` that of
/// a mean over users drawn anew.
#[derive(Serialize)]
pub(crate) struct Measured {
    pub(crate) ndcg_20: f64,
    recall_20: f64,
    ndcg_20_spread: f64,
    recall_20_spread: f64,
    ndcg_20_users: f64,
    recall_20_users: f64,
}

/// A row for each model that ran.
pub(crate) fn rows(runs: &[(&str, Vec<Run>)]) -> Vec<Row> {
    let seconds = |runs: &[Run]| median(runs.iter().map(|run| run.train_s).collect());
    let implicit = runs.iter().find(|(name, _)| *name == crate::peer::PEERS[0].0).map(|(_, runs)| seconds(runs));
    let row = |(name, runs): &(&str, Vec<Run>)| Row {
        model: (*name).to_owned(),
        quality: Some(measured(runs)),
        train_s: seconds(runs),
        train_to_implicit: implicit.map(|implicit| seconds(runs) / implicit),
        score_ms: median(runs.iter().map(|run| run.score_ms).collect()),
    };
    runs.iter().map(row).collect()
}

fn measured(runs: &[Run]) -> Measured {
    let means: Vec<Quality> = runs.iter().map(|run| mean(&run.qualities)).collect();
    let spread = |of: fn(&Quality) -> f64| deviation(&means.iter().map(of).collect::<Vec<_>>());
    let (all, users) = (mean(&means), bootstrap(&runs[0].qualities));
    Measured {
        ndcg_20: all.ndcg,
        recall_20: all.recall,
        ndcg_20_spread: spread(|mean| mean.ndcg),
        recall_20_spread: spread(|mean| mean.recall),
        ndcg_20_users: users.ndcg,
        recall_20_users: users.recall,
    }
}

/// Prints all of it as tables.
pub(crate) fn print(models: &[Row], bandits: &[bandit::Row], places: &[Place]) {
    print_models(models);
    print_bandits(bandits);
    println!("\nof {} titles, by attributes alone", places.first().map_or(0, |place| place.of));
    for Place { from, to, place, .. } in places {
        println!("{from} leads to {to} at place {}", place.map_or("none".to_owned(), |place| place.to_string()));
    }
}

fn print_models(rows: &[Row]) {
    println!(
        "{:28} {:>7} {:>7} {:>7} {:>9} {:>7} {:>7} {:>8} {:>9} {:>9}",
        "model", "NDCG@20", "±seeds", "±users", "recall@20", "±seeds", "±users", "train s", "/implicit", "score ms"
    );
    for row in rows {
        let quality = row.quality.as_ref().map_or(String::new(), |q| {
            let ndcg = format!("{:7.4} {:7.4} {:7.4}", q.ndcg_20, q.ndcg_20_spread, q.ndcg_20_users);
            format!("{ndcg} {:9.4} {:7.4} {:7.4}", q.recall_20, q.recall_20_spread, q.recall_20_users)
        });
        let ratio = row.train_to_implicit.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        println!("{:28} {quality:49} {:8.3} {ratio:>9} {:9.3}", row.model, row.train_s, row.score_ms);
    }
}

fn print_bandits(rows: &[bandit::Row]) {
    println!("\n{:52} {:>7} {:>7} {:>7} {:>7} {:>7}", "bandit", "reward", "±seeds", "error", "truth", "within");
    let number = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
    for row in rows {
        let [spread, error, truth, covered] = [row.spread, row.standard_error, row.truth, row.covered].map(number);
        println!("{:52} {:7.4} {spread:>7} {error:>7} {truth:>7} {covered:>7}", row.name, row.value);
    }
}
