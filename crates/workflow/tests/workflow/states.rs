//! Each kind of state and each field of the data flow.

use crate::support::{one, run};
use serde_json::{Value, json};

/// Cases of a state `S` in a machine of one, an input and the expected output.
async fn expect(cases: Vec<(Value, Value, Value)>) {
    for (state, input, expected) in cases {
        assert_eq!(run(&one(state.clone()), &input).await, Ok(expected), "{state} of {input}");
    }
}

/// Cases of a state, an input, and the error's name and a part of its cause.
async fn expect_errors(cases: Vec<(Value, Value, &str, &str)>) {
    for (state, input, name, part) in cases {
        let (error, cause) = run(&one(state.clone()), &input).await.expect_err("a failure");
        assert!(error == name && cause.contains(part), "{state} of {input}: {error}: {cause}");
    }
}

#[tokio::test(start_paused = true)]
async fn pass_moves_data() {
    let pass = |fields: Value| {
        let mut state = json!({ "Type": "Pass", "End": true });
        state.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        state
    };
    let input = json!({ "a": { "b": 1 }, "c": 2 });
    expect(vec![
        (pass(json!({})), input.clone(), input.clone()),
        (pass(json!({ "Result": [1] })), input.clone(), json!([1])),
        (pass(json!({ "Result": 1, "ResultPath": "$.r" })), input.clone(), json!({ "a": { "b": 1 }, "c": 2, "r": 1 })),
        (pass(json!({ "Result": 1, "ResultPath": null })), input.clone(), input.clone()),
        (pass(json!({ "InputPath": "$.a" })), input.clone(), json!({ "b": 1 })),
        (pass(json!({ "InputPath": null })), input.clone(), json!({})),
        (pass(json!({ "OutputPath": "$.a.b" })), input.clone(), json!(1)),
        (pass(json!({ "OutputPath": null })), input.clone(), json!({})),
        (pass(json!({ "InputPath": "$.a", "ResultPath": "$.d" })), input.clone(), json!({ "a": { "b": 1 }, "c": 2, "d": { "b": 1 } })),
        (pass(json!({ "InputPath": "$.a", "Parameters": { "x.$": "$.b", "y": 3 } })), input.clone(), json!({ "x": 1, "y": 3 })),
        (pass(json!({ "Parameters": { "n.$": "$$.Execution.Name", "s.$": "$$.State.Name", "w.$": "$$.StateMachine.Name" } })),
            input.clone(), json!({ "n": "run-1", "s": "S", "w": "flow" })),
        (pass(json!({ "Parameters": { "t.$": "$$.Execution.StartTime", "i.$": "$$.Execution.Input.c" } })),
            input.clone(), json!({ "t": "2023-11-14T22:13:20Z", "i": 2 })),
        (pass(json!({ "Parameters": { "f.$": "States.Format('{}!', $.c)" } })), input.clone(), json!({ "f": "2!" })),
    ])
    .await;
    expect_errors(vec![
        (pass(json!({ "InputPath": "$.z" })), input.clone(), "States.Runtime", "'$.z'"),
        (pass(json!({ "OutputPath": "$.z" })), input.clone(), "States.Runtime", "OutputPath"),
        (pass(json!({ "Parameters": { "x.$": "$.z" } })), input.clone(), "States.Runtime", "'x.$'"),
        (pass(json!({ "ResultPath": "$.c.d" })), input.clone(), "States.ResultPathMatchFailure", "$.c.d"),
        (
            pass(json!({ "Parameters": { "x.$": "States.MathAdd($.a, 1)" } })),
            input,
            "States.IntrinsicFailure",
            "number",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn task_moves_data() {
    let task = |fields: Value| {
        let mut state = json!({ "Type": "Task", "Resource": "${echo}", "End": true });
        state.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        state
    };
    let input = json!({ "a": { "b": 1 }, "c": 2 });
    expect(vec![
        (task(json!({})), input.clone(), input.clone()),
        (task(json!({ "InputPath": "$.a", "ResultPath": "$.r" })), input.clone(), json!({ "a": { "b": 1 }, "c": 2, "r": { "b": 1 } })),
        (task(json!({ "Parameters": { "x.$": "$.c" }, "ResultSelector": { "y.$": "$.x" } })), input.clone(), json!({ "y": 2 })),
        (task(json!({ "ResultPath": "$.r", "OutputPath": "$.r.c" })), input.clone(), json!(2)),
        (task(json!({ "ResultPath": null })), input.clone(), input.clone()),
        (task(json!({ "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "${echo}", "Payload.$": "$.a" } })),
            input.clone(), json!({ "ExecutedVersion": "$LATEST", "Payload": { "b": 1 }, "StatusCode": 200 })),
        (task(json!({ "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload",
            "Parameters": { "FunctionName": "${echo}", "Payload": { "z.$": "$.c" } } })), input.clone(), json!({ "z": 2 })),
    ])
    .await;
    expect_errors(vec![
        (task(json!({ "Resource": "${fail}" })), json!({ "error": "E", "cause": "because" }), "E", "because"),
        (task(json!({ "Resource": "${hang}", "TimeoutSeconds": 3 })), input.clone(), "States.Timeout", "3 s"),
        (task(json!({ "Resource": "${big}" })), input.clone(), "States.DataLimitExceeded", "the task's answer"),
        (task(json!({ "Resource": "${panic}" })), input.clone(), "Lambda.Unknown", "panicked"),
        (task(json!({ "Parameters": { "a.$": "$.z" } })), input.clone(), "States.Runtime", "'$.z'"),
        (task(json!({ "ResultSelector": { "a.$": "$.z" } })), input, "States.Runtime", "'$.z'"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn payloads_have_a_limit() {
    let double = json!({ "Type": "Pass", "End": true, "Parameters": { "a.$": "$", "b.$": "$" } });
    let half = "x".repeat(140 * 1024);
    expect_errors(vec![(double, json!(half), "States.DataLimitExceeded", "262144")]).await;
    let task = json!({ "Type": "Task", "Resource": "${echo}", "End": true, "ResultPath": "$.r" });
    expect_errors(vec![(task, json!({ "x": half }), "States.DataLimitExceeded", "262144")]).await;
}

#[tokio::test(start_paused = true)]
async fn succeed_and_fail_end() {
    expect(vec![
        (json!({ "Type": "Succeed" }), json!(1), json!(1)),
        (json!({ "Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b" }), json!({ "a": { "b": 2 } }), json!(2)),
    ])
    .await;
    let input = json!({ "e": "E2", "c": "C2", "n": 5 });
    expect_errors(vec![
        (json!({ "Type": "Fail" }), input.clone(), "", ""),
        (json!({ "Type": "Fail", "Error": "E1", "Cause": "C1" }), input.clone(), "E1", "C1"),
        (json!({ "Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c" }), input.clone(), "E2", "C2"),
        (
            json!({ "Type": "Fail", "Error": "E", "CausePath": "States.Format('{} of {}', $.n, $$.State.Name)" }),
            input.clone(),
            "E",
            "5 of S",
        ),
        (json!({ "Type": "Fail", "ErrorPath": "$.n" }), input, "States.Runtime", "string"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn wait_waits() {
    let wait = |field: &str, value: Value| {
        let next = json!({ "Type": "Pass", "End": true, "Parameters": { "at.$": "$$.State.EnteredTime" } });
        let tick = json!({ "Type": "Task", "Resource": "${echo}", "Next": "N" });
        let mut state = json!({ "Type": "Wait", "Next": "T" });
        state[field] = value;
        // The task's outcome is journalled together with N's start, after the wait.
        json!({ "StartAt": "S", "States": { "S": state, "T": tick, "N": { "Type": "Wait", "Seconds": 0, "Next": "E" }, "E": next } })
    };
    for (field, value, expected) in [
        ("Seconds", json!(90), "2023-11-14T22:14:50Z"),
        ("SecondsPath", json!("$.s"), "2023-11-14T22:13:25Z"),
        ("Timestamp", json!("2023-11-15T00:00:00Z"), "2023-11-15T00:00:00Z"),
        ("TimestampPath", json!("$.t"), "2023-11-14T23:00:00Z"),
        ("Timestamp", json!("2001-01-01T00:00:00Z"), "2023-11-14T22:13:20Z"),
    ] {
        let input = json!({ "s": 5, "t": "2023-11-15T00:00:00+01:00" });
        assert_eq!(run(&wait(field, value), &input).await, Ok(json!({ "at": expected })), "{field}");
    }
    let (error, _) = run(&wait("SecondsPath", json!("$.s")), &json!({ "s": "soon" })).await.expect_err("no seconds");
    assert_eq!(error, "States.Runtime");
}

/// Whether a rule holds for an input.
async fn holds(rule: Value, input: &Value) -> Result<bool, (String, String)> {
    let mut ruled = rule;
    ruled["Next"] = json!("Yes");
    let machine = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Choice", "Choices": [ruled], "Default": "No" },
        "Yes": { "Type": "Pass", "Result": true, "End": true },
        "No": { "Type": "Pass", "Result": false, "End": true },
    } });
    run(&machine, input).await.map(|output| output == true)
}

#[tokio::test(start_paused = true)]
async fn choice_compares() {
    let input = json!({ "s": "b", "n": 2, "f": 2.5, "t": true, "d": "2024-02-01T00:00:00Z", "z": null,
        "s2": "c", "n2": 3, "t2": true, "d2": "2024-02-01T01:00:00+01:00", "big": 9007199254740993_u64 });
    let mut cases = vec![
        ("$.t", "BooleanEquals", json!(true), true),
        ("$.t", "BooleanEquals", json!(false), false),
        ("$.s", "BooleanEquals", json!(true), false),
        ("$.t", "BooleanEqualsPath", json!("$.t2"), true),
        ("$.s", "StringMatches", json!("*"), true),
        ("$.d", "StringMatches", json!("2024-*:00Z"), true),
        ("$.d", "StringMatches", json!("2024"), false),
        ("$.n", "StringMatches", json!("*"), false),
        ("$.z", "IsNull", json!(true), true),
        ("$.s", "IsNull", json!(true), false),
        ("$.s", "IsPresent", json!(true), true),
        ("$.q", "IsPresent", json!(true), false),
        ("$.q", "IsPresent", json!(false), true),
        ("$.n", "IsNumeric", json!(true), true),
        ("$.s", "IsString", json!(true), true),
        ("$.t", "IsBoolean", json!(false), false),
        ("$.d", "IsTimestamp", json!(true), true),
        ("$.s", "IsTimestamp", json!(true), false),
        ("$.s", "NumericEquals", json!(2), false),
        ("$.f", "NumericGreaterThan", json!(2), true),
        ("$.big", "NumericEquals", json!(9007199254740992_u64), false),
        ("$$.State.Name", "StringEquals", json!("S"), true),
    ];
    // Each ordered operator against a smaller, an equal and a greater value.
    let orders = [
        ("Equals", [false, true, false]),
        ("LessThan", [false, false, true]),
        ("LessThanEquals", [false, true, true]),
        ("GreaterThan", [true, false, false]),
        ("GreaterThanEquals", [true, true, false]),
    ];
    let families = [
        ("String", "$.s", [json!("a"), json!("b"), json!("c")]),
        ("Numeric", "$.n", [json!(1), json!(2.0), json!(3)]),
        (
            "Timestamp",
            "$.d",
            [json!("2024-01-31T23:00:00Z"), json!("2024-02-01T02:00:00+02:00"), json!("2024-02-01T00:00:00.5Z")],
        ),
    ];
    let mut names = Vec::new();
    for (family, variable, values) in &families {
        for (order, expected) in &orders {
            for (value, expected) in values.iter().zip(expected) {
                names.push((*variable, format!("{family}{order}"), value.clone(), *expected));
            }
        }
    }
    names.extend(cases.drain(..).map(|(v, o, value, e)| (v, o.to_owned(), value, e)));
    for (variable, by_path, path, expected) in [
        ("$.s", "StringLessThanPath", "$.s2", true),
        ("$.n", "NumericGreaterThanEqualsPath", "$.n2", false),
        ("$.d", "TimestampEqualsPath", "$.d2", true),
        ("$.s", "StringEqualsPath", "$.n", false),
    ] {
        names.push((variable, by_path.to_owned(), json!(path), expected));
    }
    for (variable, operator, value, expected) in names {
        let rule = json!({ "Variable": variable, operator.as_str(): value });
        assert_eq!(holds(rule.clone(), &input).await, Ok(expected), "{rule}");
    }
}

#[tokio::test(start_paused = true)]
async fn choice_combines() {
    let input = json!({ "a": 1, "x*y": "p*q\\r" });
    let (yes, no) =
        (json!({ "Variable": "$.a", "NumericEquals": 1 }), json!({ "Variable": "$.a", "NumericEquals": 2 }));
    let lost = json!({ "Variable": "$.lost", "NumericEquals": 2 });
    for (rule, expected) in [
        (json!({ "And": [yes, yes] }), true),
        (json!({ "And": [yes, no] }), false),
        (json!({ "And": [no, lost] }), false),
        (json!({ "Or": [no, yes] }), true),
        (json!({ "Or": [yes, lost] }), true),
        (json!({ "Or": [no, no] }), false),
        (json!({ "Not": no }), true),
        (json!({ "And": [{ "Or": [no, { "Not": no }] }, yes] }), true),
        (json!({ "Variable": "$['x*y']", "StringMatches": "p\\*q\\\\*" }), true),
        (json!({ "Variable": "$['x*y']", "StringMatches": "p\\*\\*" }), false),
    ] {
        assert_eq!(holds(rule.clone(), &input).await, Ok(expected), "{rule}");
    }
    let (error, cause) = holds(lost, &input).await.expect_err("nothing is there");
    assert!(error == "States.Runtime" && cause.contains("'$.lost'"), "{error}: {cause}");
}

#[tokio::test(start_paused = true)]
async fn choice_without_a_way_fails() {
    let machine = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Choice", "Choices": [{ "Variable": "$", "IsNull": true, "Next": "E" }] },
        "E": { "Type": "Succeed" },
    } });
    assert_eq!(run(&machine, &json!(null)).await, Ok(json!(null)));
    assert_eq!(run(&machine, &json!(1)).await.expect_err("no way").0, "States.NoChoiceMatched");
}

#[tokio::test(start_paused = true)]
async fn a_circle_ends() {
    let machine = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" },
    } });
    let (error, cause) = run(&machine, &json!(1)).await.expect_err("no end");
    assert!(error == "States.Runtime" && cause.contains("circle"), "{error}: {cause}");
}

#[tokio::test(start_paused = true)]
async fn an_execution_has_its_time() {
    let mut machine = one(json!({ "Type": "Task", "Resource": "${hang}", "End": true }));
    machine["TimeoutSeconds"] = json!(60);
    let (error, cause) = run(&machine, &json!(1)).await.expect_err("no answer");
    assert!(error == "States.Timeout" && cause.contains("60 s"), "{error}: {cause}");
}
