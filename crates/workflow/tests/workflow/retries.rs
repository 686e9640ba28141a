//! `Retry` and `Catch`.

use crate::support::{Functions, World, finish, one, outcome, run};
use reel_capabilities::workflow::Workflows;
use reel_workflow::TaskError;
use serde_json::{Value, json};

fn machine(task: Value) -> Value {
    let mut state = json!({ "Type": "Task", "Next": "Good" });
    for (name, value) in task.as_object().expect("an object") {
        state[name] = value.clone();
    }
    json!({ "StartAt": "S", "States": {
        "S": state,
        "Good": { "Type": "Pass", "Parameters": { "good.$": "$" }, "End": true },
        "Bad": { "Type": "Pass", "Parameters": { "bad.$": "$" }, "End": true },
    } })
}

#[tokio::test(start_paused = true)]
async fn transient_errors_are_tried_again_later() {
    let retry =
        json!([{ "ErrorEquals": ["Reel.Unavailable"], "IntervalSeconds": 2, "BackoffRate": 3.0, "MaxAttempts": 2 }]);
    let caught = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Bad" }]);
    let world = World::new(&machine(json!({ "Resource": "${flaky}", "Retry": retry, "Catch": caught })));
    let began = world.now();
    let output = outcome(finish(&world.runner(), &json!(7)).await);
    assert_eq!(output, Ok(json!({ "good": 7 })));
    assert_eq!(world.now() - began, 2_000 + 6_000);
    let names: Vec<_> = world.functions.calls().into_iter().map(|call| call.invocation).collect();
    assert_eq!(names, ["flow/run-1/00000.00/S", "flow/run-1/00000.01/S", "flow/run-1/00000.02/S"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_listed_fails_at_once() {
    let retry = json!([{ "ErrorEquals": ["Reel.Unavailable"] }]);
    let caught = json!([{ "ErrorEquals": ["Other"], "Next": "Bad" }]);
    let world = World::new(&machine(json!({ "Resource": "${fail}", "Retry": retry, "Catch": caught })));
    let failure = outcome(finish(&world.runner(), &json!({ "error": "Reel.Invalid", "cause": "no" })).await);
    assert_eq!(failure, Err(("Reel.Invalid".into(), "no".into())));
    assert_eq!(world.functions.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn caught_errors_go_on() {
    let input = json!({ "error": "E", "cause": "C" });
    let seen = json!({ "Error": "E", "Cause": "C" });
    let added = json!({ "error": "E", "cause": "C", "f": seen });
    for (catch, expected) in [
        (json!([{ "ErrorEquals": ["E"], "Next": "Bad" }]), seen.clone()),
        (json!([{ "ErrorEquals": ["E"], "Next": "Bad", "ResultPath": "$.f" }]), added.clone()),
        (json!([{ "ErrorEquals": ["E"], "Next": "Bad", "ResultPath": null }]), input.clone()),
        (
            json!([{ "ErrorEquals": ["X"], "Next": "Good" }, { "ErrorEquals": ["States.ALL"], "Next": "Bad", "ResultPath": "$.f" }]),
            added.clone(),
        ),
        (json!([{ "ErrorEquals": ["States.TaskFailed"], "Next": "Bad", "ResultPath": "$.f" }]), added.clone()),
    ] {
        let machine =
            machine(json!({ "Resource": "${fail}", "Catch": catch, "InputPath": "$", "OutputPath": "$.error" }));
        assert_eq!(run(&machine, &input).await, Ok(json!({ "bad": expected })), "{catch}");
    }
}

#[tokio::test(start_paused = true)]
async fn wildcards_leave_out_what_aws_leaves_out() {
    for (task, caught_by, caught) in [
        (json!({ "Resource": "${hang}", "TimeoutSeconds": 1 }), "States.ALL", true),
        (json!({ "Resource": "${hang}", "TimeoutSeconds": 1 }), "States.Timeout", true),
        (json!({ "Resource": "${hang}", "TimeoutSeconds": 1 }), "States.TaskFailed", false),
        (json!({ "Resource": "${big}" }), "States.ALL", false),
        (json!({ "Resource": "${big}" }), "States.DataLimitExceeded", true),
        (json!({ "Resource": "${echo}", "InputPath": "$.lost" }), "States.ALL", false),
        (json!({ "Resource": "${echo}", "ResultPath": "$.a.b" }), "States.ResultPathMatchFailure", true),
        (json!({ "Resource": "${echo}", "Parameters": { "a.$": "States.ArrayLength($)" } }), "States.ALL", true),
    ] {
        let mut task = task;
        task["Catch"] = json!([{ "ErrorEquals": [caught_by], "Next": "Bad", "ResultPath": null }]);
        let output = run(&machine(task.clone()), &json!({ "a": 1 })).await;
        assert_eq!(output == Ok(json!({ "bad": { "a": 1 } })), caught, "{task}: {output:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retried_map_begins_anew() {
    let retry = json!([{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 2 }]);
    let item = json!({ "StartAt": "I", "States": { "I": { "Type": "Task", "Resource": "${flaky}", "End": true } } });
    let state = json!({ "Type": "Map", "ItemProcessor": item, "Retry": retry, "End": true });
    let world = World::new(&json!({ "StartAt": "M", "States": { "M": state } }));
    let runner = world.runner();
    // `flaky` answers in the Map's third attempt, for the attempt is part of the name.
    assert_eq!(outcome(finish(&runner, &json!([1, 2])).await), Ok(json!([1, 2])));
    let names: Vec<_> = world.functions.calls().into_iter().map(|call| call.invocation).collect();
    let paths = ["00000.00/000000", "00000.01/000000", "00000.02/000000", "00000.02/000001"];
    assert_eq!(names, paths.map(|path| format!("flow/run-1/{path}/00000.00/I")));
    assert_eq!(runner.describe("flow", "run-1").await.expect("known").progress[0].done, 2);
}

#[tokio::test(start_paused = true)]
async fn an_endless_cause_is_cut() {
    let fail = |_: &str, _: &str, _: &Value| Err(TaskError { error: "E".repeat(1_000), cause: "ä".repeat(500_000) });
    let world =
        World::new(&one(json!({ "Type": "Task", "Resource": "${echo}", "End": true }))).functions(Functions::new(fail));
    let (error, cause) = outcome(finish(&world.runner(), &json!(1)).await).expect_err("a failure");
    assert_eq!((error.len(), cause.len()), (256, 32 * 1024));
}
