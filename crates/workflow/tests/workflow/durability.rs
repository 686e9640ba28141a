//! A process that dies anywhere loses no finished task, and the result is the same.

use crate::support::{Death, Functions, NAME, WORKFLOW, World};
use futures::FutureExt;
use reel_capabilities::workflow::{Execution, Workflows};
use reel_workflow::TaskError;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A machine with everything that the journal must carry over a death: a retried task,
/// choices, a wait, a distributed Map of two tasks an item, a nested Map, a caught error.
fn everything() -> Value {
    let retry = json!([{ "ErrorEquals": ["Reel.Unavailable"], "MaxAttempts": 3 }]);
    let task = |name: &str, next: &str| json!({ "Type": "Task", "Resource": format!("${{{name}}}"), "ResultPath": format!("$.{next}"), "Next": next });
    let with_retry = |mut task: Value| {
        task["Retry"] = retry.clone();
        task
    };
    let choice = |yes: &str, no: &str| json!({ "Type": "Choice", "Choices": [{ "Variable": "$.odd", "BooleanEquals": true, "Next": yes }], "Default": no });
    let inner_map = json!({ "Type": "Map", "ItemsPath": "$.parts", "ResultPath": "$.joined", "Next": "ItemEnd",
        "ItemProcessor": { "StartAt": "Part", "States": { "Part": { "Type": "Task", "Resource": "${echo}", "End": true } } } });
    json!({ "StartAt": "First", "States": {
        "First": task("echo", "Flaky"),
        "Flaky": with_retry(task("flaky", "Pause")),
        "Pause": { "Type": "Wait", "Seconds": 30, "Next": "Each" },
        "Each": { "Type": "Map", "ResultPath": "$.each", "Next": "Broken",
            "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
                "Parameters": { "Bucket": "items", "Key": "l" } },
            "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "out", "Prefix": "r" } },
            "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "Encode", "States": {
                "Encode": with_retry(task("flaky", "Odd")),
                "Odd": choice("Protect", "Parts"),
                "Protect": task("echo", "Parts"),
                "Parts": inner_map,
                "ItemEnd": { "Type": "Pass", "InputPath": "$.joined", "End": true },
            } } },
        "Broken": { "Type": "Task", "Resource": "${fail}", "Next": "Gone",
            "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Last" }] },
        "Gone": { "Type": "Succeed" },
        "Last": { "Type": "Task", "Resource": "${echo}", "End": true },
    } })
}

fn world(concurrency: usize) -> World {
    let world = World::new(&everything()).concurrency(concurrency);
    let items: Value = (0..4).map(|n| json!({ "n": n, "odd": n % 2 == 1, "parts": [n, 0.1 + f64::from(n)] })).collect();
    world.blobs.put_json("items", "l", &items);
    world
}

fn input() -> Value {
    json!({ "error": "Reel.Invalid", "cause": "it is broken", "ratio": 0.1 + 0.2 })
}

/// What a run leaves behind.
#[derive(Debug, PartialEq)]
struct Trace {
    execution: Execution,
    invocations: Vec<String>,
    objects: Vec<String>,
    rows: Vec<String>,
}

async fn trace(world: &World, execution: Execution) -> Trace {
    // The last deletions follow the end; they are made when a shut down runner resumes, too.
    let runner = world.runner();
    while world.tables.keys().iter().any(|key| key.starts_with("running")) {
        runner.resume().await.expect("resumed");
        tokio::task::yield_now().await;
    }
    let invocations = world.functions.counts().into_keys().collect();
    Trace { execution, invocations, objects: world.blobs.names(), rows: world.tables.keys() }
}

/// Runs to the end, or until the tables die or a function hangs.
async fn live(world: &World) -> Option<Execution> {
    // Several writes can meet one death, and each tells of it.
    let _ = world.tables.dead.notified().now_or_never();
    let runner = world.runner();
    let life = async {
        runner.resume().await.expect("resumed");
        if runner.describe(WORKFLOW, NAME).await.is_err() {
            let started = runner.start(WORKFLOW, NAME, input()).await;
            started.expect("started");
        }
        runner.wait(WORKFLOW, NAME).await.expect("ended")
    };
    tokio::select! {
        biased;
        () = world.tables.dead.notified() => None,
        () = world.functions.hung.notified() => None,
        execution = life => Some(execution),
    }
}

/// Lives once more, undisturbed.
async fn live_again(world: &World) -> Trace {
    world.tables.revive();
    world.functions.hang_at(0);
    let execution = live(world).await.expect("nothing disturbs this life");
    trace(world, execution).await
}

async fn undisturbed() -> (Trace, usize, usize) {
    let world = world(1);
    let execution = live(&world).await.expect("nothing disturbs this life");
    let trace = trace(&world, execution).await;
    assert!(world.functions.counts().values().all(|count| *count == 1));
    (trace, world.tables.writes(), world.functions.calls().len())
}

/// The invocations that were made more than once.
fn repeated(counts: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    counts.into_iter().filter(|(_, count)| *count > 1).collect()
}

#[tokio::test(start_paused = true)]
async fn the_undisturbed_run_is_what_it_should_be() {
    let (trace, writes, calls) = undisturbed().await;
    let output = trace.execution.output.expect("an output");
    assert_eq!(output["failure"], json!({ "Error": "Reel.Invalid", "Cause": "it is broken" }));
    assert!(output["each"]["ResultWriterDetails"]["Key"].is_string());
    let states: Vec<_> = trace.execution.progress.iter().map(|p| (p.state.as_str(), p.total, p.done)).collect();
    assert_eq!(
        states,
        [("First", 1, 1), ("Flaky", 1, 1), ("Pause", 1, 1), ("Each", 4, 4), ("Broken", 1, 0), ("Last", 1, 1)]
    );
    // First, 3 × Flaky, 4 × 3 Encode, 2 × Protect, 4 × 2 Part, Broken, Last
    assert_eq!(calls, 1 + 3 + 12 + 2 + 8 + 1 + 1);
    assert_eq!(trace.rows, ["flow/run-1 execution", "flow/run-1 input"]);
    eprintln!("{calls} calls, {writes} writes");
}

#[tokio::test(start_paused = true)]
async fn dying_before_any_write_repeats_one_task_at_most() {
    let (expected, writes, _) = undisturbed().await;
    for write in 1..=writes {
        let world = world(1);
        world.tables.die_at(write, Death::Before);
        // The end is known one write before the last: the deletion of what is left over.
        assert!(live(&world).await.is_none() || write >= writes, "write {write}");
        assert_eq!(live_again(&world).await, expected, "write {write}");
        let repeated = repeated(world.functions.counts());
        assert!(repeated.len() <= 1 && repeated.iter().all(|(_, count)| *count == 2), "write {write}: {repeated:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn dying_after_any_write_repeats_nothing() {
    let (expected, writes, _) = undisturbed().await;
    for write in 1..=writes {
        let world = world(1);
        world.tables.die_at(write, Death::After);
        assert!(live(&world).await.is_none() || write >= writes, "write {write}");
        assert_eq!(live_again(&world).await, expected, "write {write}");
        assert_eq!(repeated(world.functions.counts()), [], "write {write}");
    }
}

#[tokio::test(start_paused = true)]
async fn dying_in_any_task_repeats_that_task_alone() {
    let (expected, _, calls) = undisturbed().await;
    for call in 1..=calls {
        let world = world(1);
        world.functions.hang_at(call);
        assert!(live(&world).await.is_none(), "call {call}");
        let hung = world.functions.calls().last().expect("a call").clone();
        assert_eq!(live_again(&world).await, expected, "call {call}");
        assert_eq!(repeated(world.functions.counts()), [(hung.invocation.clone(), 2)], "call {call}");
        let inputs: Vec<_> =
            world.functions.calls().into_iter().filter(|c| c.invocation == hung.invocation).map(|c| c.input).collect();
        assert_eq!(inputs[0], inputs[1], "call {call}: a repeated invocation has the same input");
    }
}

#[tokio::test(start_paused = true)]
async fn dying_at_each_write_of_a_concurrent_map_repeats_what_was_in_flight() {
    let (expected, writes, _) = undisturbed().await;
    for death in [Death::Before, Death::After] {
        for write in 1..=writes {
            let world = world(3);
            world.tables.die_at(write, death);
            let _ = live(&world).await;
            assert_eq!(live_again(&world).await, expected, "{death:?} write {write}");
            // Three items at a time, each with up to two parts in its nested Map.
            let repeated = repeated(world.functions.counts());
            assert!(
                repeated.len() <= 6 && repeated.iter().all(|(_, count)| *count == 2),
                "write {write}: {repeated:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn dying_at_every_write_still_ends() {
    let (expected, ..) = undisturbed().await;
    let world = world(1);
    let mut lives = 0;
    let execution = loop {
        world.tables.die_at(1, Death::After);
        lives += 1;
        assert!(lives < 200, "no end");
        if let Some(execution) = live(&world).await {
            break execution;
        }
    };
    world.tables.revive();
    assert_eq!(trace(&world, execution).await, expected);
    assert_eq!(repeated(world.functions.counts()), []);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_waits_continue_after_a_death() {
    let retry = json!([{ "ErrorEquals": ["E"], "IntervalSeconds": 100, "BackoffRate": 1.0, "MaxAttempts": 2 }]);
    let machine = json!({ "StartAt": "S", "States": { "S": { "Type": "Task", "Resource": "${echo}", "Retry": retry, "End": true } } });
    let fail = |_: &str, _: &str, _: &Value| Err(TaskError { error: "E".into(), cause: String::new() });
    let world = World::new(&machine).functions(Functions::new(fail));
    let began = world.now();
    // Start, first failure; the process dies at the second failure, after 100 s.
    world.tables.die_at(3, Death::After);
    assert!(live(&world).await.is_none());
    world.tables.revive();
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    let execution = live(&world).await.expect("the end");
    assert_eq!(execution.failure.map(|f| f.0), Some("E".into()));
    assert_eq!(world.functions.calls().len(), 3);
    assert_eq!(world.now() - began, 200_000, "the second wait is not begun anew");
}

#[tokio::test(start_paused = true)]
async fn a_changed_list_of_items_is_noticed() {
    let world = world(1);
    // First, 3 × Flaky, then within the first item.
    world.functions.hang_at(6);
    assert!(live(&world).await.is_none());
    world.blobs.put_json("items", "l", &json!([1]));
    world.functions.hang_at(0);
    let execution = live(&world).await.expect("the end");
    let (error, cause) = execution.failure.expect("a failure");
    assert!(error == "States.ItemReaderFailed" && cause.contains("changed"), "{error}: {cause}");
}
