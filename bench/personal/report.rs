//! All figures in one object, those that are held against a target by name.

use crate::bandit;
use crate::likeness::Place;
use crate::models::REEL;
use crate::peer::PEERS;
use crate::table::Row;
use serde_json::{Map, Value, json};

/// What was measured. What was left out is null.
pub(crate) struct Report {
    pub(crate) models: Vec<Row>,
    pub(crate) bandits: Vec<bandit::Row>,
    pub(crate) likeness: Option<Vec<Place>>,
    pub(crate) search: Option<Value>,
}

impl Report {
    /// One object: `ndcg_20`, `recall_20` and the other figures, then the tables that they are from.
    pub(crate) fn json(&self) -> Value {
        let mut all = Map::from_iter([("bench".to_owned(), json!("personal"))]);
        all.extend(self.recommendations());
        all.extend(self.exploration());
        all.extend(self.found());
        let place = self.likeness.as_ref().and_then(|places| places.first()?.place);
        all.insert("likeness_place".into(), json!(place));
        let tables = json!({
            "models": self.models, "bandits": self.bandits, "likeness": self.likeness, "search": self.search,
        });
        all.extend(tables.as_object().cloned().unwrap_or_default());
        Value::Object(all)
    }

    fn recommendations(&self) -> Map<String, Value> {
        let model = |name: &str| {
            let row = self.models.iter().find(|row| row.model == name);
            row.map_or(Value::Null, |row| serde_json::to_value(row).unwrap_or_default())
        };
        let (reel, implicit) = (model(REEL), model(PEERS[0].0));
        let figures = ["ndcg_20", "ndcg_20_spread", "recall_20", "recall_20_spread", "train_to_implicit"];
        let mut all: Map<_, _> = figures.iter().map(|name| ((*name).to_owned(), reel[*name].clone())).collect();
        all.insert("ndcg_20_implicit".into(), implicit["ndcg_20"].clone());
        all.insert("recall_20_implicit".into(), implicit["recall_20"].clone());
        all.insert("score_ms_3700_films".into(), model(&format!("{REEL}, 3,700 films"))["score_ms"].clone());
        all
    }

    fn exploration(&self) -> Map<String, Value> {
        let named = |begin: &str, end: &str| {
            let row = self.bandits.iter().find(|row| row.name.starts_with(begin) && row.name.ends_with(end));
            row.map_or(Value::Null, |row| serde_json::to_value(row).unwrap_or_default())
        };
        // The least floor gives up nothing for evaluations, as the best fixed arm does not.
        let least = format!("floor {}", bandit::LEAST_FLOOR);
        let mut all = Map::from_iter([
            ("bandit_best_fixed_arm".to_owned(), named("best fixed arm", "")["value"].clone()),
            ("bandit_lin_ts".to_owned(), named("LinTS", &least)["value"].clone()),
            ("bandit_lin_ucb".to_owned(), named("LinUCB", &least)["value"].clone()),
            ("bandit_hindsight".to_owned(), named("hindsight", "")["value"].clone()),
        ]);
        let own = format!("floor {}", reel_exploration::Settings::new(1).floor);
        for (key, name) in [("ips", "IPS"), ("snips", "SNIPS"), ("doubly_robust", "doubly robust")] {
            for (key, log) in [
                (format!("{key}_covered_of_chance"), "a log of chance"),
                (format!("{key}_covered_of_lin_ts"), own.as_str()),
            ] {
                all.insert(key, named(&format!("{name} from"), log)["covered"].clone());
            }
        }
        all
    }

    fn found(&self) -> Map<String, Value> {
        let search = self.search.as_ref().unwrap_or(&Value::Null);
        let reel = &search["engines"]["reel"];
        let mut all = Map::new();
        for kind in ["whole", "typo", "prefix_4", "rarest_4"] {
            all.insert(format!("search_{kind}_top_3"), reel["top_3"][kind].clone());
        }
        for figure in ["index_ms", "p50_us", "p99_us"] {
            all.insert(format!("search_{figure}"), reel[figure].clone());
        }
        for figure in ["first_ms", "p50_ms", "p99_ms"] {
            all.insert(format!("search_http_{figure}"), search["http"][figure].clone());
        }
        all
    }
}
