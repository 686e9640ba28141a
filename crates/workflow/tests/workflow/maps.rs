//! Maps, inline and distributed.

use crate::support::{Functions, NAME, WORKFLOW, World, finish, outcome, run};
use reel_capabilities::workflow::Workflows;
use reel_workflow::TaskError;
use serde_json::{Value, json};

fn map(fields: Value, config: Value, inner: Value) -> Value {
    let mut state = json!({ "Type": "Map", "End": true,
        "ItemProcessor": { "ProcessorConfig": config, "StartAt": "I", "States": { "I": inner } } });
    for (name, value) in fields.as_object().expect("an object") {
        state[name] = value.clone();
    }
    json!({ "StartAt": "M", "States": { "M": state } })
}

fn inline(fields: Value, inner: Value) -> Value {
    map(fields, json!({ "Mode": "INLINE" }), inner)
}

fn distributed(fields: Value, inner: Value) -> Value {
    map(fields, json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }), inner)
}

fn task(name: &str) -> Value {
    json!({ "Type": "Task", "Resource": format!("${{{name}}}"), "End": true })
}

fn reader() -> Value {
    json!({ "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
        "Parameters": { "Bucket.$": "$.b", "Key.$": "$.k" } })
}

fn writer(prefix: &str) -> Value {
    json!({ "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket.$": "$.b", "Prefix": prefix } })
}

#[tokio::test(start_paused = true)]
async fn items_become_results_in_order() {
    let echo = || task("echo");
    let numbered = json!({ "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "x.$": "$.x" });
    let seen = json!({ "Type": "Pass", "Parameters": { "v.$": "$$.Map.Item.Value", "n.$": "$$.Execution.Name" }, "End": true });
    for (machine, input, expected) in [
        (inline(json!({}), echo()), json!([3, 1]), json!([3, 1])),
        (inline(json!({}), echo()), json!([]), json!([])),
        (inline(json!({ "ItemsPath": "$.l" }), echo()), json!({ "l": ["a"] }), json!(["a"])),
        (inline(json!({ "InputPath": "$.o", "ItemsPath": "$.l" }), echo()), json!({ "o": { "l": [1] } }), json!([1])),
        (
            inline(json!({ "ItemsPath": "$.l", "ResultPath": "$.r" }), echo()),
            json!({ "l": [1] }),
            json!({ "l": [1], "r": [1] }),
        ),
        (
            inline(json!({ "ItemsPath": "$.l", "ItemSelector": numbered.clone() }), echo()),
            json!({ "l": ["a", "b"], "x": 7 }),
            json!([{ "i": 0, "v": "a", "x": 7 }, { "i": 1, "v": "b", "x": 7 }]),
        ),
        (
            inline(json!({ "ResultSelector": { "n.$": "States.ArrayLength($)" } }), echo()),
            json!([1, 2]),
            json!({ "n": 2 }),
        ),
        (inline(json!({}), seen), json!(["a"]), json!([{ "v": "a", "n": "run-1" }])),
        (
            distributed(json!({ "ItemsPath": "$.l", "ItemSelector": numbered }), echo()),
            json!({ "l": ["a"], "x": 7 }),
            json!([{ "i": 0, "v": "a", "x": 7 }]),
        ),
        (
            distributed(
                json!({}),
                json!({ "Type": "Pass", "Parameters": { "v.$": "$$.Execution.Input" }, "End": true }),
            ),
            json!(["a"]),
            json!([{ "v": "a" }]),
        ),
    ] {
        assert_eq!(run(&machine, &input).await, Ok(expected), "{machine} of {input}");
    }
    let (error, cause) = run(&inline(json!({}), echo()), &json!({})).await.expect_err("no array");
    assert!(error == "States.Runtime" && cause.contains("array"), "{error}: {cause}");
}

#[tokio::test(start_paused = true)]
async fn maps_nest() {
    let inner =
        json!({ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "T", "States": { "T": task("echo") } } });
    let world = World::new(&inline(json!({}), inner)).concurrency(2);
    assert_eq!(outcome(finish(&world.runner(), &json!([[1, 2], [3]])).await), Ok(json!([[1, 2], [3]])));
    let mut names: Vec<_> = world.functions.counts().into_keys().collect();
    names.sort();
    let paths = ["000000/00000.00/000000", "000000/00000.00/000001", "000001/00000.00/000000"];
    assert_eq!(names, paths.map(|path| format!("flow/run-1/00000.00/{path}/00000.00/T")));
}

#[tokio::test(start_paused = true)]
async fn both_limits_of_concurrency_hold() {
    for (machine_limit, runner_limit, expected) in [(0, 3, 3), (2, 3, 2), (9, 3, 3), (1, 3, 1)] {
        let world =
            World::new(&inline(json!({ "MaxConcurrency": machine_limit }), task("echo"))).concurrency(runner_limit);
        let items: Value = (0..10).map(Value::from).collect();
        assert_eq!(outcome(finish(&world.runner(), &items).await), Ok(items));
        assert_eq!(world.functions.most_active(), expected, "{machine_limit} of {runner_limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn items_are_read_from_a_bucket() {
    let world = World::new(&distributed(json!({ "ItemReader": reader() }), task("echo")));
    world.blobs.put_json("items", "list.json", &json!([{ "n": 1 }, { "n": 2 }]));
    let output = outcome(finish(&world.runner(), &json!({ "b": "items", "k": "list.json" })).await);
    assert_eq!(output, Ok(json!([{ "n": 1 }, { "n": 2 }])));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_read_fails_the_map() {
    let caught = json!([{ "ErrorEquals": ["States.ItemReaderFailed"], "Next": "C" }]);
    let mut machine = distributed(json!({ "ItemReader": reader(), "Catch": caught }), task("echo"));
    machine["States"]["C"] = json!({ "Type": "Pass", "OutputPath": "$.Cause", "End": true });
    for (list, part) in [(None, "there is no object"), (Some(json!({ "a": 1 })), "must be a JSON array")] {
        let world = World::new(&machine);
        if let Some(list) = list {
            world.blobs.put_json("items", "l", &list);
        }
        let output = outcome(finish(&world.runner(), &json!({ "b": "items", "k": "l" })).await).expect("caught");
        assert!(output.as_str().is_some_and(|cause| cause.contains(part) && cause.contains("items/l")), "{output}");
    }
}

#[tokio::test(start_paused = true)]
async fn results_are_written_as_aws_writes_them() {
    let fields =
        json!({ "ItemsPath": "$.l", "ResultWriter": writer("results/1/"), "ToleratedFailureCount": 1, "Label": "L" });
    let world =
        World::new(&distributed(fields, task("fail"))).functions(Functions::new(|_, _, input| match input.as_u64() {
            Some(2) => Err(TaskError { error: "E".into(), cause: "two".into() }),
            _ => Ok(json!({ "was": input })),
        }));
    let output = outcome(finish(&world.runner(), &json!({ "b": "out", "l": [1, 2, 3] })).await).expect("tolerated");
    let key = output["ResultWriterDetails"]["Key"].as_str().expect("a key");
    let id = key.strip_prefix("results/1/").and_then(|k| k.strip_suffix("/manifest.json")).expect("prefix and id");
    assert_eq!(output["MapRunArn"], json!(format!("arn:aws:states:local:000000000000:mapRun:flow/L:{id}")));
    let manifest = world.blobs.json(&format!("out/{key}"));
    assert_eq!(manifest["DestinationBucket"], "out");
    assert_eq!(manifest["ResultFiles"]["PENDING"], json!([]));
    let file = |status: &str| {
        let entry = &manifest["ResultFiles"][status][0];
        let written = world.blobs.json(&format!("out/{}", entry["Key"].as_str().expect("a key")));
        assert!(entry["Size"].as_u64().is_some_and(|size| size > 100), "{entry}");
        written
    };
    let (good, bad) = (file("SUCCEEDED"), file("FAILED"));
    assert_eq!(good.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&good[1]["Input"], &good[1]["Output"], &good[1]["Status"]),
        (&json!("3"), &json!("{\"was\":3}"), &json!("SUCCEEDED"))
    );
    assert_eq!((&bad[0]["Input"], &bad[0]["Error"], &bad[0]["Cause"]), (&json!("2"), &json!("E"), &json!("two")));
}

/// Functions that fail for the items that are 0.
fn zero_fails() -> Functions {
    Functions::new(|_, _, input| match input.as_u64() {
        Some(0) => Err(TaskError { error: "Zero".into(), cause: "item is 0".into() }),
        _ => Ok(input.clone()),
    })
}

#[tokio::test(start_paused = true)]
async fn a_failing_item_stops_the_map() {
    let caught = json!([{ "ErrorEquals": ["States.ALL"], "Next": "C", "ResultPath": "$.f" }]);
    for (kind, error) in
        [(inline as fn(Value, Value) -> Value, "Zero"), (distributed, "States.ExceedToleratedFailureThreshold")]
    {
        let mut machine = kind(json!({ "ItemsPath": "$.l", "Catch": caught }), task("echo"));
        machine["States"]["C"] = json!({ "Type": "Pass", "OutputPath": "$.f", "End": true });
        let world = World::new(&machine).functions(zero_fails()).concurrency(2);
        let runner = world.runner();
        let output = outcome(finish(&runner, &json!({ "l": [1, 2, 0, 3, 4, 5, 6, 7] })).await).expect("caught");
        assert_eq!(output["Error"], error);
        assert!(output["Cause"].as_str().is_some_and(|cause| cause.contains("item is 0")), "{output}");
        assert!(world.functions.calls().len() < 6, "dispatching went on");
        assert_eq!(runner.describe(WORKFLOW, NAME).await.expect("known").progress.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn some_failures_can_be_tolerated() {
    let input = json!([0, 1, 0, 1]);
    for (fields, works) in [
        (json!({ "ToleratedFailureCount": 2 }), true),
        (json!({ "ToleratedFailureCount": 1 }), false),
        (json!({ "ToleratedFailurePercentage": 50 }), true),
        (json!({ "ToleratedFailurePercentage": 49.9 }), false),
        (json!({ "ToleratedFailurePercentage": 100, "ToleratedFailureCount": 1 }), false),
    ] {
        let world = World::new(&distributed(fields.clone(), task("echo"))).functions(zero_fails());
        let output = outcome(finish(&world.runner(), &input).await);
        assert_eq!(output.is_ok(), works, "{fields}: {output:?}");
        if let Ok(output) = output {
            let failed = json!({ "Error": "Zero", "Cause": "item is 0" });
            assert_eq!(output, json!([failed, 1, failed, 1]));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn five_thousand_items() {
    let fields = json!({ "ItemReader": reader(), "ResultWriter": writer("r") });
    let mut machine =
        distributed(fields, json!({ "Type": "Task", "Resource": "${echo}", "ResultPath": "$.encoded", "Next": "P" }));
    let states = &mut machine["States"]["M"]["ItemProcessor"]["States"];
    states["P"] =
        json!({ "Type": "Task", "Resource": "${echo}", "InputPath": "$.n", "ResultPath": "$.protected", "Next": "D" });
    states["D"] = json!({ "Type": "Pass", "Result": {}, "End": true });
    let world = World::new(&machine).concurrency(8);
    let items: Value = (0..5_000).map(|n| json!({ "n": n, "source": "bucket/title/revision/rendition" })).collect();
    world.blobs.put_json("items", "l", &items);
    let runner = world.runner();
    let began = std::time::Instant::now();
    let output = outcome(finish(&runner, &json!({ "b": "items", "k": "l" })).await).expect("an output");
    eprintln!(
        "5,000 items of 2 tasks: {:?}, {} writes, {} bytes",
        began.elapsed(),
        world.tables.writes(),
        world.tables.bytes()
    );
    assert!(output["MapRunArn"].is_string());
    assert_eq!(world.functions.calls().len(), 10_000);
    // Two rows an item, and some for the execution and its end.
    assert!(world.tables.writes() < 10_100, "{}", world.tables.writes());
    assert!(world.tables.bytes() < 5_000 * 700, "{}", world.tables.bytes());
    let progress = &runner.describe(WORKFLOW, NAME).await.expect("known").progress[0];
    assert_eq!((progress.total, progress.done), (5_000, 5_000));
}
