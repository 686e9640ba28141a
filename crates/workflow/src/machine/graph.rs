//! Checks how states lead to one another.

use super::fields::Fields;
use super::{Graph, LoadError, State};
use std::collections::HashSet;

/// Every way leads to a state, and a way leads to every state.
pub(super) fn check_edges(graph: &Graph, fields: &Fields) -> Result<(), LoadError> {
    if !graph.states.contains_key(&graph.start_at) {
        return Err(fields.error(Some("StartAt"), format!("there is no state {:?} beside it", graph.start_at)));
    }
    let mut reached = HashSet::from([graph.start_at.as_str()]);
    let mut open = vec![graph.start_at.as_str()];
    while let Some(state) = open.pop().and_then(|name| graph.states.get(name)) {
        for next in state.successors() {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    for (name, state) in &graph.states {
        check_state(graph, fields, name, state, reached.contains(name.as_str()))?;
    }
    Ok(())
}

fn check_state(graph: &Graph, fields: &Fields, name: &str, state: &State, reached: bool) -> Result<(), LoadError> {
    let scope = fields.state();
    let path = if scope.is_empty() { name.to_owned() } else { format!("{scope}/{name}") };
    let at =
        |field: Option<&str>, problem| LoadError { state: Some(path.clone()), field: field.map(Into::into), problem };
    if let Some(next) = state.successors().into_iter().find(|next| !graph.states.contains_key(*next)) {
        return Err(at(Some("Next"), format!("there is no state {next:?} beside it")));
    }
    if !reached {
        return Err(at(None, format!("nothing leads to it from {:?}, where the machine starts", graph.start_at)));
    }
    Ok(())
}

/// A name stands for one state of the whole machine.
pub(super) fn check_names(graph: &Graph) -> Result<(), LoadError> {
    fn collect<'a>(graph: &'a Graph, seen: &mut HashSet<&'a str>) -> Option<&'a str> {
        graph.states.iter().find_map(|(name, state)| {
            if !seen.insert(name) {
                return Some(name.as_str());
            }
            match state {
                State::Map(map) => collect(&map.processor, seen),
                _ => None,
            }
        })
    }
    match collect(graph, &mut HashSet::new()) {
        None => Ok(()),
        Some(name) => {
            let problem = "two states have this name: names are unique in the whole machine".into();
            Err(LoadError { state: Some(name.into()), field: None, problem })
        }
    }
}
