//! What is refused when a machine is loaded: where, and what would be right.

use reel_workflow::{LoadError, Machine};
use serde_json::{Value, json};

fn refusal(machine: &Value) -> LoadError {
    let resources = [("echo".to_owned(), "echo".to_owned())].into();
    Machine::load(&machine.to_string(), &resources).expect_err(&machine.to_string())
}

/// Cases of a state `S` that ends: its fields, the refused field and a part of the problem.
fn expect(kind: &str, cases: Vec<(Value, &str, &str)>) {
    for (fields, field, part) in cases {
        let mut state = json!({ "Type": kind, "End": true });
        if kind == "Task" {
            state["Resource"] = json!("${echo}");
        }
        for (name, value) in fields.as_object().expect("an object") {
            state[name] = value.clone();
        }
        let error = refusal(&json!({ "StartAt": "S", "States": { "S": state } }));
        let place = (error.state.as_deref(), error.field.as_deref().unwrap_or_default());
        assert!(place == (Some("S"), field) && error.problem.contains(part), "{kind} {fields}: {error}");
    }
}

#[test]
fn the_message_names_state_field_and_remedy() {
    let state = json!({ "Type": "Task", "Resource": "${echo}", "HeartbeatSeconds": 3, "End": true });
    let message = refusal(&json!({ "StartAt": "S", "States": { "S": state } })).to_string();
    let expected = "state \"S\": field \"HeartbeatSeconds\": is not supported (tasks send no heartbeat: write \
        TimeoutSeconds); supported: Comment, QueryLanguage, Type, Resource, Parameters, TimeoutSeconds, InputPath, \
        OutputPath, ResultSelector, ResultPath, Retry, Catch, Next, End";
    assert_eq!(message, expected);
}

#[test]
fn fields_of_tasks() {
    expect(
        "Task",
        vec![
            (json!({ "Resource": "${Other}" }), "Resource", "known: ${echo}"),
            (json!({ "Resource": "arn:aws:states:::sqs:sendMessage" }), "Resource", "arn:aws:states:::lambda:invoke"),
            (json!({ "Resource": 1 }), "Resource", "string"),
            (json!({ "Arguments": {} }), "Arguments", "JSONata"),
            (json!({ "Assign": {} }), "Assign", "variables"),
            (json!({ "QueryLanguage": "JSONata" }), "QueryLanguage", "\"JSONPath\""),
            (json!({ "TimeoutSeconds": 0 }), "TimeoutSeconds", "at least 1"),
            (json!({ "TimeoutSecondsPath": "$.t" }), "TimeoutSecondsPath", "supported: Comment"),
            (json!({ "InputPath": "a" }), "InputPath", "JSONPath"),
            (json!({ "InputPath": 1 }), "InputPath", "path or null"),
            (json!({ "ResultPath": "$.a[*]" }), "ResultPath", "reference path"),
            (json!({ "Parameters": { "a.$": "b" } }), "Parameters", "a.$"),
            (json!({ "Parameters": { "a.$": "States.UUID()" } }), "Parameters", "States.Format"),
            (json!({ "Parameters": { "a.$": "$$.Task.Token" } }), "Parameters", "$$.Task"),
            (json!({ "Parameters": [] }), "Parameters", "object"),
            (json!({ "Next": "S" }), "End", "exclude"),
            (json!({ "End": false }), "Next", "missing"),
            (json!({ "End": 1 }), "End", "true or false"),
            (json!({ "Resource": "arn:aws:states:::lambda:invoke" }), "Parameters", "missing"),
            (
                json!({ "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "Payload": 1 } }),
                "Parameters.FunctionName",
                "missing",
            ),
            (
                json!({ "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "${echo}", "InvocationType": "Event" } }),
                "Parameters.InvocationType",
                "supported: FunctionName, Payload",
            ),
        ],
    );
}

#[test]
fn retries_and_catches() {
    expect(
        "Task",
        vec![
            (json!({ "Retry": [{}] }), "Retry[0].ErrorEquals", "missing"),
            (json!({ "Retry": [{ "ErrorEquals": [] }] }), "Retry[0].ErrorEquals", "at least one"),
            (json!({ "Retry": [{ "ErrorEquals": ["States.Nope"] }] }), "Retry[0].ErrorEquals", "States.TaskFailed"),
            (json!({ "Retry": [{ "ErrorEquals": ["States.Runtime"] }] }), "Retry[0].ErrorEquals", "neither"),
            (json!({ "Retry": [{ "ErrorEquals": ["States.ALL", "A"] }] }), "Retry[0].ErrorEquals", "alone"),
            (
                json!({ "Retry": [{ "ErrorEquals": ["States.ALL"] }, { "ErrorEquals": ["A"] }] }),
                "Retry[0].ErrorEquals",
                "last",
            ),
            (
                json!({ "Retry": [{ "ErrorEquals": ["A"], "IntervalSeconds": 0 }] }),
                "Retry[0].IntervalSeconds",
                "at least 1",
            ),
            (json!({ "Retry": [{ "ErrorEquals": ["A"], "BackoffRate": 0.5 }] }), "Retry[0].BackoffRate", "1.0"),
            (json!({ "Retry": [{ "ErrorEquals": ["A"], "MaxAttempts": -1 }] }), "Retry[0].MaxAttempts", "at least 0"),
            (
                json!({ "Retry": [{ "ErrorEquals": ["A"], "MaxDelaySeconds": 1 }] }),
                "Retry[0].MaxDelaySeconds",
                "more than",
            ),
            (
                json!({ "Retry": [{ "ErrorEquals": ["A"], "JitterStrategy": "SOME" }] }),
                "Retry[0].JitterStrategy",
                "FULL",
            ),
            (json!({ "Retry": [{ "ErrorEquals": ["A"], "Next": "S" }] }), "Retry[0].Next", "supported: ErrorEquals"),
            (json!({ "Catch": [{ "ErrorEquals": ["A"] }] }), "Catch[0].Next", "missing"),
            (json!({ "Catch": [{ "ErrorEquals": ["A"], "Next": "Gone" }] }), "Next", "no state \"Gone\""),
            (json!({ "Catch": {} }), "Catch", "array"),
        ],
    );
}

#[test]
fn other_states() {
    expect("Parallel", vec![(json!({}), "Type", "Task, Pass, Choice, Wait, Succeed, Fail, Map")]);
    expect(
        "Pass",
        vec![(json!({ "Output": {} }), "Output", "JSONata"), (json!({ "Retry": [] }), "Retry", "supported: Comment")],
    );
    expect("Succeed", vec![(json!({}), "End", "supported: Comment")]);
    expect(
        "Wait",
        vec![
            (json!({}), "", "exactly one of Seconds"),
            (json!({ "Seconds": 1, "SecondsPath": "$.a" }), "", "exactly one"),
            (json!({ "Seconds": -1 }), "Seconds", "at least 0"),
            (json!({ "Timestamp": "tomorrow" }), "Timestamp", "2026-01-31T12:00:00Z"),
        ],
    );
    expect(
        "Fail",
        vec![
            (json!({ "Error": "a", "ErrorPath": "$.a" }), "ErrorPath", "exclude"),
            (json!({ "CausePath": "a" }), "CausePath", "path"),
        ],
    );
}

#[test]
fn rules_of_choices() {
    for (rule, field, part) in [
        (json!({ "Variable": "$.a", "NumericEqual": 1 }), "Choices[0].NumericEqual", "StringMatches"),
        (json!({ "Variable": "$.a", "BooleanLessThan": true }), "Choices[0].BooleanLessThan", "supported"),
        (json!({ "Variable": "$.a", "NumericEquals": "1" }), "Choices[0].NumericEquals", "a number"),
        (json!({ "Variable": "$.a", "TimestampEquals": "1" }), "Choices[0].TimestampEquals", "a time"),
        (json!({ "Variable": "$.a", "IsNull": 1 }), "Choices[0].IsNull", "true or false"),
        (json!({ "Variable": "$.a", "StringMatches": "a\\b" }), "Choices[0].StringMatches", "before * or"),
        (json!({ "Variable": "$.a", "StringEqualsPath": "b" }), "Choices[0].StringEqualsPath", "JSONPath"),
        (json!({ "Variable": "$.a" }), "Choices[0]", "exactly one of"),
        (json!({ "Variable": "$.a", "IsNull": true, "IsString": true }), "Choices[0]", "exactly one of"),
        (json!({ "IsNull": true }), "Choices[0].Variable", "missing"),
        (json!({ "Not": { "Variable": "$.a", "Nope": 1 } }), "Choices[0].Not.Nope", "supported"),
        (json!({ "And": [{ "Variable": "$.a", "Nope": 1 }] }), "Choices[0].And[0].Nope", "supported"),
        (json!({ "And": [] }), "Choices[0].And", "at least 1"),
        (json!({ "Condition": "{% true %}" }), "Choices[0].Variable", "missing"),
    ] {
        let mut ruled = rule.clone();
        ruled["Next"] = json!("E");
        let error = refusal(&json!({ "StartAt": "S", "States": {
            "S": { "Type": "Choice", "Choices": [ruled] }, "E": { "Type": "Succeed" } } }));
        assert!(error.field.as_deref() == Some(field) && error.problem.contains(part), "{rule}: {error}");
    }
}

#[test]
fn fields_of_maps() {
    let inner = json!({ "StartAt": "I", "States": { "I": { "Type": "Succeed" } } });
    let with = |mode: Value| {
        let mut processor = inner.clone();
        processor["ProcessorConfig"] = mode;
        processor
    };
    let distributed = with(json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }));
    let reader = json!({ "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
        "Parameters": { "Bucket": "b", "Key": "k" } });
    let reader_with = |field: &str, value: Value| {
        let mut changed = reader.clone();
        changed[field] = value;
        json!({ "ItemProcessor": distributed, "ItemReader": changed })
    };
    let mut nowhere = inner.clone();
    nowhere["States"]["I"] = json!({ "Type": "Pass", "Next": "S" });
    expect(
        "Map",
        vec![
            (json!({}), "ItemProcessor", "missing"),
            (json!({ "ItemProcessor": inner, "Iterator": {} }), "Iterator", "ItemProcessor"),
            (json!({ "ItemProcessor": inner, "ItemBatcher": {} }), "ItemBatcher", "one by one"),
            (json!({ "ItemProcessor": inner, "ItemReader": reader }), "ItemReader", "DISTRIBUTED"),
            (json!({ "ItemProcessor": inner, "ToleratedFailureCount": 1 }), "ToleratedFailureCount", "DISTRIBUTED"),
            (json!({ "ItemProcessor": inner, "MaxConcurrency": -1 }), "MaxConcurrency", "at least 0"),
            (json!({ "ItemProcessor": inner, "ItemsPath": "$.a[*]" }), "ItemsPath", "reference path"),
            (
                json!({ "ItemProcessor": with(json!({ "Mode": "FAST" })) }),
                "ItemProcessor.ProcessorConfig.Mode",
                "INLINE, DISTRIBUTED",
            ),
            (
                json!({ "ItemProcessor": with(json!({ "Mode": "DISTRIBUTED" })) }),
                "ItemProcessor.ProcessorConfig.ExecutionType",
                "missing",
            ),
            (
                json!({ "ItemProcessor": with(json!({ "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" })) }),
                "ItemProcessor.ProcessorConfig.ExecutionType",
                "STANDARD",
            ),
            (
                json!({ "ItemProcessor": with(json!({ "Speed": 1 })) }),
                "ItemProcessor.ProcessorConfig.Speed",
                "Mode, ExecutionType",
            ),
            (json!({ "ItemProcessor": { "StartAt": "I" } }), "ItemProcessor.States", "missing"),
            (reader_with("Resource", json!("arn:aws:states:::s3:listObjectsV2")), "ItemReader.Resource", "getObject"),
            (reader_with("ReaderConfig", json!({ "InputType": "CSV" })), "ItemReader.ReaderConfig.InputType", "JSON"),
            (
                reader_with("ReaderConfig", json!({ "InputType": "JSON", "CSVDelimiter": "," })),
                "ItemReader.ReaderConfig.CSVDelimiter",
                "MaxItems",
            ),
            (reader_with("Parameters", json!({ "Bucket": "b" })), "ItemReader.Parameters.Key", "missing"),
            (
                reader_with("Parameters", json!({ "Bucket": "b", "Key": "k", "VersionId": "1" })),
                "ItemReader.Parameters.VersionId",
                "Bucket, Key",
            ),
            (json!({ "ItemProcessor": distributed, "ItemReader": reader, "ItemsPath": "$.a" }), "ItemsPath", "exclude"),
            (
                json!({ "ItemProcessor": distributed, "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "WriterConfig": {},
            "Parameters": { "Bucket": "b", "Prefix": "p" } } }),
                "ResultWriter.WriterConfig",
                "supported",
            ),
            (
                json!({ "ItemProcessor": distributed, "ToleratedFailurePercentage": 101 }),
                "ToleratedFailurePercentage",
                "0 to 100",
            ),
        ],
    );
    let error = refusal(
        &json!({ "StartAt": "S", "States": { "S": { "Type": "Map", "ItemProcessor": nowhere, "End": true } } }),
    );
    assert_eq!(error.state.as_deref(), Some("S/I"));
    assert!(error.problem.contains("no state \"S\""), "{error}");
}

#[test]
fn the_machine_itself() {
    let end = json!({ "Type": "Succeed" });
    let twice = json!({ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "S", "States": { "S": end } } });
    let long = "x".repeat(81);
    for (machine, state, field, part) in [
        (json!([]), None, None, "an object"),
        (json!({ "States": { "S": end } }), None, Some("StartAt"), "missing"),
        (json!({ "StartAt": "X", "States": { "S": end } }), None, Some("StartAt"), "no state \"X\""),
        (json!({ "StartAt": "S", "States": {} }), None, Some("States"), "at least one"),
        (json!({ "StartAt": "S", "States": { "S": end }, "Extra": 1 }), None, Some("Extra"), "supported: Comment"),
        (
            json!({ "StartAt": "S", "States": { "S": end }, "QueryLanguage": "JSONata" }),
            None,
            Some("QueryLanguage"),
            "JSONPath",
        ),
        (json!({ "StartAt": "S", "States": { "S": end }, "Version": "2" }), None, Some("Version"), "1.0"),
        (json!({ "StartAt": "S", "States": { "S": end, "T": end } }), Some("T"), None, "nothing leads to it"),
        (
            json!({ "StartAt": "S", "States": { "S": { "Type": "Pass", "Next": "T" } } }),
            Some("S"),
            Some("Next"),
            "no state \"T\"",
        ),
        (json!({ "StartAt": "S", "States": { "S": 1 } }), Some("S"), None, "an object"),
        (json!({ "StartAt": "S", "States": { "S": {} } }), Some("S"), Some("Type"), "missing"),
        (json!({ "StartAt": "S", "States": { "S": twice } }), Some("S"), None, "unique"),
        (json!({ "StartAt": long, "States": { long.as_str(): end } }), Some(long.as_str()), None, "80"),
    ] {
        let error = refusal(&machine);
        assert!(
            (error.state.as_deref(), error.field.as_deref()) == (state, field) && error.problem.contains(part),
            "{machine}: {error}"
        );
    }
    let error = Machine::load("{", &Default::default()).expect_err("no JSON");
    assert!(error.to_string().contains("not JSON"), "{error}");
}
