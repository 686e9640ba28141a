//! Starting, following and stopping executions.

use crate::support::{NAME, WORKFLOW, World, finish, one, outcome};
use reel_capabilities::workflow::{Progress, Status, WorkflowError, Workflows};
use serde_json::{Value, json};
use std::time::Duration;

fn echo() -> Value {
    one(json!({ "Type": "Task", "Resource": "${echo}", "End": true }))
}

fn hang() -> Value {
    one(json!({ "Type": "Task", "Resource": "${hang}", "End": true }))
}

#[tokio::test(start_paused = true)]
async fn a_start_can_be_repeated() {
    let world = World::new(&echo());
    let runner = world.runner();
    finish(&runner, &json!({ "a": 1 })).await;
    for runner in [runner, world.runner()] {
        assert_eq!(runner.start(WORKFLOW, NAME, json!({ "a": 1 })).await, Ok(()));
        let refused = runner.start(WORKFLOW, NAME, json!({ "a": 2 })).await;
        assert!(matches!(refused, Err(WorkflowError::Invalid(why)) if why.contains("another input")));
    }
    assert_eq!(world.functions.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn starts_at_the_same_time_start_once() {
    let world = World::new(&echo());
    let runner = world.runner();
    let starts = (0..8).map(|_| runner.start(WORKFLOW, NAME, json!(1)));
    assert!(futures::future::join_all(starts).await.into_iter().all(|start| start.is_ok()));
    runner.wait(WORKFLOW, NAME).await.expect("ended");
    assert_eq!(world.functions.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn wrong_starts_are_refused() {
    let runner = World::new(&echo()).runner();
    let start = |workflow: &'static str, name: String, input: Value| {
        let runner = &runner;
        async move { runner.start(workflow, &name, input).await }
    };
    assert_eq!(start("other", "a".into(), json!(1)).await, Err(WorkflowError::NotFound("other".into())));
    for name in ["", "a/b", "a b", "ä"].map(String::from).into_iter().chain(["x".repeat(81)]) {
        assert!(matches!(start(WORKFLOW, name, json!(1)).await, Err(WorkflowError::Invalid(_))));
    }
    let large = json!("x".repeat(256 * 1024));
    assert!(
        matches!(start(WORKFLOW, "a".into(), large).await, Err(WorkflowError::Invalid(why)) if why.contains("262144"))
    );
    assert!(matches!(runner.describe(WORKFLOW, "a").await, Err(WorkflowError::NotFound(_))));
    assert!(matches!(runner.describe("other", "a").await, Err(WorkflowError::NotFound(_))));
}

#[tokio::test(start_paused = true)]
async fn the_largest_input_is_carried() {
    let world = World::new(&echo());
    let input = json!("x".repeat(256 * 1024 - 2));
    assert_eq!(outcome(finish(&world.runner(), &input).await), Ok(input));
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_while_it_is_made() {
    let item = json!({ "StartAt": "I", "States": { "I": { "Type": "Task", "Resource": "${echo}", "End": true } } });
    let world = World::new(&json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Next": "M" }, "M": { "Type": "Map", "ItemProcessor": item, "End": true } } }));
    world.functions.hang_at(3);
    let runner = world.runner();
    runner.start(WORKFLOW, NAME, json!([1, 2, 3, 4])).await.expect("started");
    world.functions.hung.notified().await;
    let expected =
        |done| vec![Progress { state: "A".into(), total: 1, done: 1 }, Progress { state: "M".into(), total: 4, done }];
    let execution = runner.describe(WORKFLOW, NAME).await.expect("known");
    assert_eq!((execution.status, execution.progress), (Status::Running, expected(2)));
    drop(runner);
    let runner = world.runner();
    assert_eq!(runner.resume().await, Ok(1));
    assert_eq!(runner.resume().await, Ok(0), "it is at work already");
    let execution = runner.wait(WORKFLOW, NAME).await.expect("ended");
    assert_eq!((execution.status, execution.progress), (Status::Succeeded, expected(4)));
    assert_eq!(world.runner().describe(WORKFLOW, NAME).await.expect("known").output, Some(json!([1, 2, 3, 4])));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_no_task() {
    let world = World::new(&hang());
    let runner = world.runner();
    runner.start(WORKFLOW, NAME, json!(1)).await.expect("started");
    world.functions.hung.notified().await;
    runner.shutdown().await;
    assert!(matches!(runner.start(WORKFLOW, "later", json!(1)).await, Err(WorkflowError::Unavailable(_))));
    assert!(matches!(runner.resume().await, Err(WorkflowError::Unavailable(_))));
    assert!(matches!(runner.wait(WORKFLOW, NAME).await, Err(WorkflowError::Unavailable(_))));
    assert_eq!(runner.describe(WORKFLOW, NAME).await.expect("known").status, Status::Running);
    assert_eq!(world.runner().resume().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_start_given_up_after_its_write_is_taken_up_by_the_next() {
    let world = World::new(&echo());
    world.tables.die_at(1, crate::support::Death::After);
    let runner = world.runner();
    tokio::select! {
        biased;
        () = world.tables.dead.notified() => {}
        _ = runner.start(WORKFLOW, NAME, json!(1)) => panic!("the write does not return"),
    }
    world.tables.revive();
    assert_eq!(outcome(finish(&runner, &json!(1)).await), Ok(json!(1)));
    assert_eq!(world.functions.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_on_without_the_journal() {
    let world = World::new(&json!({ "StartAt": "S", "States": {
        "S": { "Type": "Task", "Resource": "${echo}", "Next": "T" }, "T": { "Type": "Task", "Resource": "${echo}", "End": true } } }));
    let runner = world.runner();
    runner.start(WORKFLOW, NAME, json!(1)).await.expect("started");
    world.tables.refuse(5);
    assert_eq!(runner.wait(WORKFLOW, NAME).await.expect("ended").status, Status::Succeeded);
    assert_eq!(world.functions.calls().len(), 2);
    world.tables.refuse(1);
    assert!(matches!(runner.start(WORKFLOW, "b", json!(1)).await, Err(WorkflowError::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn who_asks_learns_what_keeps_the_journal_from_being_written() {
    let world = World::new(&echo());
    let runner = world.runner();
    runner.start(WORKFLOW, NAME, json!(1)).await.expect("started");
    world.tables.refuse(usize::MAX);
    // The clock goes on once everything else waits for it.
    tokio::time::sleep(Duration::from_secs(60)).await;
    let asked = runner.describe(WORKFLOW, NAME).await;
    assert!(matches!(asked, Err(WorkflowError::Unavailable(why)) if why.contains("out of order")));
    world.tables.refuse(0);
    let mended = tokio::time::Instant::now();
    runner.describe(WORKFLOW, NAME).await.expect("asking repeats what was refused");
    assert_eq!(runner.wait(WORKFLOW, NAME).await.expect("ended").status, Status::Succeeded);
    assert!(mended.elapsed().is_zero(), "nobody waits for the next turn");
}

#[tokio::test(start_paused = true)]
async fn a_state_that_a_new_machine_lacks_fails_the_execution() {
    let old = World::new(&hang());
    let runner = old.runner();
    runner.start(WORKFLOW, NAME, json!(1)).await.expect("started");
    drop(runner);
    let mut new = World::new(&json!({ "StartAt": "Other", "States": { "Other": { "Type": "Succeed" } } }));
    new.tables = old.tables.clone();
    let runner = new.runner();
    assert_eq!(runner.resume().await, Ok(1));
    let (error, cause) = runner.wait(WORKFLOW, NAME).await.expect("ended").failure.expect("a failure");
    assert!(error == "States.Runtime" && cause.contains("\"S\""), "{error}: {cause}");
}
