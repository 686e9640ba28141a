//! The encoding workflow, as `infra/workflows/encoding.asl.json` has it.

use crate::support::{Functions, World, finish, outcome};
use reel_workflow::{Machine, TaskError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ENCODING: &str = include_str!("../../../../infra/workflows/encoding.asl.json");

fn machine() -> Machine {
    let names = ["Probe", "Plan", "Encode", "Protect", "Package", "Publish"];
    let resources: BTreeMap<_, _> = names.map(|name| (name.to_owned(), name.to_lowercase())).into();
    Machine::load(ENCODING, &resources).expect("the workflow loads")
}

fn input() -> Value {
    json!({ "title_id": "t1", "revision": "r1", "source": { "bucket": "uploads", "key": "film.mp4" } })
}

/// The functions; `broken` names those that fail, and how.
fn functions(broken: &'static [(&'static str, &'static str)]) -> Functions {
    Functions::new(move |function, invocation, input| {
        if let Some((_, error)) = broken.iter().find(|(name, _)| *name == function) {
            let marks = input.get("failure").is_some();
            let transient =
                *error == "Reel.Unavailable" && !invocation.contains(".00/P") && !invocation.contains(".00/E");
            if !marks && !transient {
                return Err(TaskError { error: (*error).into(), cause: format!("{function} is broken") });
            }
        }
        Ok(match function {
            "probe" => json!({ "duration": 12 }),
            "plan" => {
                json!({ "bucket": "work", "items_key": "t1/items.json" })
            }
            "encode" => json!({ "bytes": input["n"] }),
            other => json!({ "by": other }),
        })
    })
}

fn world(functions: Functions) -> World {
    let world = World::of(machine()).functions(functions).concurrency(2);
    let items: Value = (0..6).map(|n| json!({ "n": n, "protect": n % 3 == 0 })).collect();
    world.blobs.put_json("work", "t1/items.json", &items);
    world
}

fn inputs(world: &World, function: &str) -> Vec<Value> {
    world.functions.calls().into_iter().filter(|call| call.function == function).map(|call| call.input).collect()
}

#[tokio::test(start_paused = true)]
async fn a_title_goes_from_probe_to_publish() {
    let world = world(functions(&[]));
    let execution = finish(&world.runner(), &input()).await;
    let states: Vec<_> = execution.progress.iter().map(|p| (p.state.as_str(), p.total, p.done)).collect();
    assert_eq!(states, [("Probe", 1, 1), ("Plan", 1, 1), ("EncodeAll", 6, 6), ("Package", 1, 1), ("Publish", 1, 1)]);
    assert_eq!(outcome(execution).expect("it succeeds")["published"], json!({ "by": "publish" }));
    assert_eq!(inputs(&world, "probe"), [input()]);
    assert_eq!(inputs(&world, "plan")[0]["probe"], json!({ "duration": 12 }));
    assert_eq!(inputs(&world, "encode")[1], json!({ "n": 1, "protect": false }));
    assert_eq!(
        inputs(&world, "protect"),
        [0, 3].map(|n| json!({ "n": n, "protect": true, "encoded": { "bytes": n } }))
    );
    let packaged = &inputs(&world, "package")[0];
    assert_eq!(packaged["plan"]["items_key"], "t1/items.json");
    assert!(
        packaged["encoded"]["ResultWriterDetails"]["Key"].as_str().is_some_and(|key| key.starts_with("t1/r1/results/"))
    );
    assert_eq!(inputs(&world, "publish")[0]["package"], json!({ "by": "package" }));
}

#[tokio::test(start_paused = true)]
async fn transient_errors_are_tried_again() {
    for function in ["probe", "plan", "encode", "protect", "package", "publish"] {
        let broken: &'static [_] = Box::leak(Box::new([(function, "Reel.Unavailable")]));
        let world = world(functions(broken));
        assert!(outcome(finish(&world.runner(), &input()).await).is_ok(), "{function}");
        let tried = inputs(&world, function).len();
        let expected = match function {
            "encode" => 12,
            "protect" => 4,
            _ => 2,
        };
        assert_eq!(tried, expected, "{function}");
    }
}

#[tokio::test(start_paused = true)]
async fn permanent_errors_are_marked_and_end_the_execution() {
    for function in ["probe", "plan", "encode", "protect", "package", "publish"] {
        let broken: &'static [_] = Box::leak(Box::new([(function, "Reel.Invalid")]));
        let world = world(functions(broken));
        let execution = finish(&world.runner(), &input()).await;
        let ends: Vec<_> = execution.progress.iter().rev().take(2).map(|p| p.state.as_str()).collect();
        assert_eq!(ends, ["Failed", "MarkFailed"], "{function}");
        let (error, cause) = outcome(execution).expect_err("a failure");
        let in_map = matches!(function, "encode" | "protect");
        assert_eq!(error, if in_map { "States.ExceedToleratedFailureThreshold" } else { "Reel.Invalid" }, "{function}");
        assert!(cause.contains(&format!("{function} is broken")), "{cause}");
        let marked = inputs(&world, "publish").pop().expect("publish marks it");
        assert_eq!(marked["failure"], json!({ "Error": error, "Cause": cause }));
        assert_eq!(marked["title_id"], "t1");
    }
}

#[tokio::test(start_paused = true)]
async fn too_large_an_answer_is_marked_too() {
    let world = world(Functions::new(|function, _, _| {
        Ok(if function == "probe" { json!("x".repeat(300_000)) } else { json!({}) })
    }));
    let (error, _) = outcome(finish(&world.runner(), &input()).await).expect_err("a failure");
    assert_eq!(error, "States.DataLimitExceeded");
    assert_eq!(inputs(&world, "publish").len(), 1);
}
