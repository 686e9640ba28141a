//! Step Functions as `reel:workflow`: what it tells is what the local runner tells.

use crate::emulator::{self, Fate, Way};
use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use reel_backend_aws::blob::S3Blobs;
use reel_backend_aws::client::Aws;
use reel_backend_aws::table::DynamoTables;
use reel_backend_aws::workflow::StepFunctions;
use reel_capabilities::SystemClock;
use reel_capabilities::workflow::{Execution, Status, WorkflowError, Workflows};
use reel_workflow::{Machine, Runner, TaskError, Tasks};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const WORKFLOW: &str = "flow";
const NAME: &str = "run-1";
/// How long an execution may take to get somewhere, with the machine busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a state machine and yields its ARN.
async fn create(aws: &Aws, definition: &Value) -> String {
    let call = aws.sfn().create_state_machine().name(format!("{}flow", emulator::prefix()));
    let call = call.definition(definition.to_string()).role_arn("arn:aws:iam::000000000000:role/reel");
    call.send().await.expect("the state machine is made").state_machine_arn
}

fn runner(aws: &Aws, arn: &str) -> StepFunctions {
    StepFunctions::new(aws.sfn(), BTreeMap::from([(WORKFLOW.into(), arn.into())])).expect("an ARN")
}

async fn machine(definition: &Value) -> StepFunctions {
    let aws = emulator::aws().await;
    runner(&aws, &create(&aws, definition).await)
}

/// Asks until an execution is as it should be.
async fn until(runner: &StepFunctions, is: impl Fn(&Execution) -> bool) -> Execution {
    let reached = async {
        loop {
            let execution = runner.describe(WORKFLOW, NAME).await.expect("it can be described");
            if is(&execution) {
                return execution;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("it gets there in time")
}

async fn finish(runner: &StepFunctions, input: &Value) -> Execution {
    runner.start(WORKFLOW, NAME, input.clone()).await.expect("it is started");
    until(runner, |execution| execution.status != Status::Running).await
}

struct NoTasks;

#[async_trait]
impl Tasks for NoTasks {
    async fn invoke(&self, function: &str, _: &str, _: Value) -> Result<Value, TaskError> {
        panic!("{function} is invoked")
    }
}

/// The same with the local runner.
async fn finish_locally(definition: &Value, input: &Value) -> Execution {
    let (aws, prefix, clock) = (emulator::aws().await, emulator::prefix(), Arc::new(SystemClock));
    let machine = Machine::load(&definition.to_string(), &BTreeMap::new()).expect("it is a machine");
    let tables = DynamoTables::new(aws.dynamodb(), prefix, clock.clone()).making_tables();
    let blobs = S3Blobs::new(&aws.s3(), "");
    let machines = BTreeMap::from([(WORKFLOW.into(), machine)]);
    let runner = Runner::new(machines, Arc::new(tables), Arc::new(blobs), Arc::new(NoTasks), clock, None);
    runner.start(WORKFLOW, NAME, input.clone()).await.expect("it is started");
    runner.wait(WORKFLOW, NAME).await.expect("it ends")
}

/// Runs a machine here and there, and yields what both tell.
async fn finish_both(definition: &Value, input: &Value) -> Execution {
    let execution = finish(&machine(definition).await, input).await;
    assert_eq!(execution, finish_locally(definition, input).await);
    execution
}

fn told(execution: &Execution) -> Vec<(&str, u32, u32)> {
    execution.progress.iter().map(|state| (state.state.as_str(), state.total, state.done)).collect()
}

fn echo() -> Value {
    json!({ "StartAt": "Only", "States": { "Only": { "Type": "Pass", "End": true } } })
}

/// Walks an item that says how long it takes, and whether it fails.
fn items(config: &Value) -> Value {
    json!({
        "ProcessorConfig": config,
        "StartAt": "Take",
        "States": {
            "Take": { "Type": "Wait", "SecondsPath": "$.seconds", "Next": "Choose" },
            "Choose": {
                "Type": "Choice",
                "Choices": [{ "Variable": "$.fails", "BooleanEquals": true, "Next": "Give up" }],
                "Default": "Done"
            },
            "Give up": { "Type": "Fail", "Error": "Reel.Invalid", "Cause": "no picture" },
            "Done": { "Type": "Pass", "Result": {}, "End": true }
        }
    })
}

fn item(seconds: u32, fails: bool) -> Value {
    json!({ "seconds": seconds, "fails": fails })
}

fn inline() -> Value {
    items(&json!({ "Mode": "INLINE" }))
}

fn distributed() -> Value {
    items(&json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }))
}

/// A Map between two states; what goes wrong in it is caught.
fn mapping(processor: Value) -> Value {
    json!({
        "StartAt": "Before",
        "States": {
            "Before": { "Type": "Pass", "Next": "Each" },
            "Each": {
                "Type": "Map",
                "MaxConcurrency": 1,
                "ItemsPath": "$.items",
                "ItemProcessor": processor,
                "ResultPath": "$.results",
                "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Mark" }],
                "Next": "After"
            },
            "After": { "Type": "Wait", "Seconds": 1, "Next": "Ended" },
            "Ended": { "Type": "Succeed" },
            "Mark": { "Type": "Pass", "Next": "Failed" },
            "Failed": { "Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause" }
        }
    })
}

#[tokio::test]
async fn states_are_told_in_order() {
    let input = json!({ "items": [item(0, false), item(0, false), item(0, false)] });
    let execution = finish_both(&mapping(inline()), &input).await;
    assert_eq!(execution.status, Status::Succeeded);
    assert_eq!(told(&execution), [("Before", 1, 1), ("Each", 3, 3), ("After", 1, 1), ("Ended", 1, 1)]);
    assert_eq!(execution.output.expect("an output")["results"], json!([{}, {}, {}]));
}

#[tokio::test]
async fn a_map_of_nothing_has_nothing_to_do() {
    let execution = finish_both(&mapping(inline()), &json!({ "items": [] })).await;
    assert_eq!(told(&execution)[1], ("Each", 0, 0));
}

#[tokio::test]
async fn a_distributed_map_counts_its_items() {
    let input = json!({ "items": [item(0, false), item(0, false)] });
    let execution = finish_both(&mapping(distributed()), &input).await;
    assert_eq!(told(&execution), [("Before", 1, 1), ("Each", 2, 2), ("After", 1, 1), ("Ended", 1, 1)]);
}

#[tokio::test]
async fn a_distributed_map_reads_its_items_from_a_bucket() {
    let (s3, bucket) = (emulator::aws().await.s3(), format!("{}items", emulator::prefix()));
    s3.create_bucket().bucket(&bucket).send().await.expect("the bucket is made");
    let list = json!([item(0, false), item(0, false), item(0, false), item(0, false)]).to_string();
    let call = s3.put_object().bucket(&bucket).key("items.json").body(ByteStream::from(list.into_bytes()));
    call.send().await.expect("the items are stored");
    let mut definition = mapping(distributed());
    let each = definition["States"]["Each"].as_object_mut().expect("a state");
    each.remove("ItemsPath");
    each.insert("Label".into(), json!("Each"));
    let reader = json!({
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": { "InputType": "JSON" },
        "Parameters": { "Bucket.$": "$.bucket", "Key": "items.json" }
    });
    each.insert("ItemReader".into(), reader);
    let execution = finish_both(&definition, &json!({ "bucket": bucket })).await;
    assert_eq!(told(&execution)[1], ("Each", 4, 4));
}

#[tokio::test]
async fn a_caught_failure_leaves_its_state_undone() {
    let input = json!({ "items": [item(0, false), item(0, true), item(0, false)] });
    let execution = finish_both(&mapping(inline()), &input).await;
    assert_eq!(execution.status, Status::Failed);
    assert_eq!(told(&execution), [("Before", 1, 1), ("Each", 3, 2), ("Mark", 1, 1), ("Failed", 1, 1)]);
    assert_eq!(execution.failure, Some(("Reel.Invalid".into(), "no picture".into())));
    assert_eq!(execution.output, None);
}

#[tokio::test]
async fn a_failure_that_nothing_catches_ends_it_there() {
    let mut definition = mapping(inline());
    definition["States"]["Each"].as_object_mut().expect("a state").remove("Catch");
    for state in ["Mark", "Failed"] {
        definition["States"].as_object_mut().expect("states").remove(state);
    }
    let execution = finish_both(&definition, &json!({ "items": [item(0, false), item(0, true)] })).await;
    assert_eq!(told(&execution), [("Before", 1, 1), ("Each", 2, 2)]);
    assert_eq!(execution.failure, Some(("Reel.Invalid".into(), "no picture".into())));
}

#[tokio::test]
async fn a_state_that_is_entered_again_is_told_once() {
    let add = json!({ "n.$": "States.MathAdd($.n, 1)" });
    let more = json!([{ "Variable": "$.n", "NumericLessThan": 3, "Next": "Add" }]);
    let definition = json!({ "StartAt": "Add", "States": {
        "Add": { "Type": "Pass", "Parameters": add, "Next": "Enough" },
        "Enough": { "Type": "Choice", "Choices": more, "Default": "Ended" },
        "Ended": { "Type": "Succeed" }
    } });
    let execution = finish_both(&definition, &json!({ "n": 0 })).await;
    assert_eq!(told(&execution), [("Add", 1, 1), ("Enough", 1, 1), ("Ended", 1, 1)]);
    assert_eq!(execution.output, Some(json!({ "n": 3 })));
}

#[tokio::test]
async fn progress_is_told_while_it_is_made() {
    for processor in [inline(), distributed()] {
        let aws = emulator::aws().await;
        let mut definition = mapping(processor);
        definition["States"]["Each"]["MaxConcurrency"] = json!(3);
        let arn = create(&aws, &definition).await;
        let runner = runner(&aws, &arn);
        let input = json!({ "items": [item(0, false), item(600, false), item(0, false)] });
        runner.start(WORKFLOW, NAME, input).await.expect("it is started");
        let execution = until(&runner, |execution| told(execution).contains(&("Each", 3, 2))).await;
        assert_eq!((execution.status, told(&execution).len()), (Status::Running, 2));
        assert_eq!((execution.output, execution.failure), (None, None));
        stop(&aws, &arn).await;
    }
}

async fn stop(aws: &Aws, machine: &str) {
    let execution = format!("{}:{NAME}", machine.replace(":stateMachine:", ":execution:"));
    aws.sfn().stop_execution().execution_arn(execution).send().await.expect("it is stopped");
}

#[tokio::test]
async fn what_was_stopped_has_failed() {
    let sleep = json!({ "StartAt": "Sleep", "States": { "Sleep": { "Type": "Wait", "Seconds": 600, "End": true } } });
    let aws = emulator::aws().await;
    let arn = create(&aws, &sleep).await;
    let runner = runner(&aws, &arn);
    runner.start(WORKFLOW, NAME, json!({})).await.expect("it is started");
    until(&runner, |execution| told(execution) == [("Sleep", 1, 0)]).await;
    stop(&aws, &arn).await;
    let execution = until(&runner, |execution| execution.status != Status::Running).await;
    assert_eq!((execution.status, told(&execution)), (Status::Failed, vec![("Sleep", 1, 0)]));
    assert_eq!(execution.failure, Some(("Reel.Aborted".into(), "the execution was stopped".into())));
}

#[tokio::test]
async fn what_takes_too_long_has_failed() {
    let definition = json!({ "StartAt": "Sleep", "TimeoutSeconds": 1, "States": {
        "Sleep": { "Type": "Wait", "Seconds": 60, "End": true } } });
    let execution = finish(&machine(&definition).await, &json!({})).await;
    let local = finish_locally(&definition, &json!({})).await;
    assert_eq!((execution.status, told(&execution)), (Status::Failed, vec![("Sleep", 1, 0)]));
    assert_eq!((local.status, told(&local)), (Status::Failed, vec![("Sleep", 1, 0)]));
    assert_eq!(execution.failure.expect("a failure").0, local.failure.expect("a failure").0);
}

#[tokio::test]
async fn a_start_can_be_repeated() {
    let sleep = json!({ "StartAt": "Sleep", "States": { "Sleep": { "Type": "Wait", "Seconds": 3, "End": true } } });
    let runner = machine(&sleep).await;
    let input = json!({ "a": { "y": 1, "x": [2.5, null] } });
    for ended in [false, true] {
        for _ in 0..2 {
            assert_eq!(runner.start(WORKFLOW, NAME, input.clone()).await, Ok(()));
        }
        let refused = runner.start(WORKFLOW, NAME, json!({ "a": 2 })).await;
        let Err(WorkflowError::Invalid(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("flow/run-1 was started with another input"), "{why}");
        let execution = runner.describe(WORKFLOW, NAME).await.expect("it can be described");
        assert_eq!(execution.status == Status::Succeeded, ended);
        until(&runner, |execution| execution.status == Status::Succeeded).await;
    }
}

#[tokio::test]
async fn starts_at_the_same_time_start_once() {
    let runner = machine(&echo()).await;
    let starts = (0..8).map(|_| runner.start(WORKFLOW, NAME, json!(1)));
    let started = futures::future::join_all(starts).await;
    assert!(started.iter().all(Result::is_ok), "{started:?}");
    let execution = until(&runner, |execution| execution.status == Status::Succeeded).await;
    assert_eq!((told(&execution), execution.output.clone()), (vec![("Only", 1, 1)], Some(json!(1))));
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_starts_once() {
    let aws = emulator::aws().await;
    let arn = create(&aws, &echo()).await;
    let (way, bad) = Way::open("StartExecution", Fate::AnswerLost, 1).await;
    assert_eq!(runner(&bad, &arn).start(WORKFLOW, NAME, json!({ "a": 1 })).await, Ok(()));
    assert_eq!(way.met(), 1, "made again, it finds itself");
    let execution = until(&runner(&aws, &arn), |execution| execution.status == Status::Succeeded).await;
    assert_eq!(execution.output, Some(json!({ "a": 1 })));
}

#[tokio::test]
async fn throttled_calls_are_made_again() {
    for operation in ["StartExecution", "DescribeExecution", "GetExecutionHistory"] {
        let aws = emulator::aws().await;
        let arn = create(&aws, &echo()).await;
        let (way, bad) = Way::open(operation, Fate::Throttled, 3).await;
        let execution = finish(&runner(&bad, &arn), &json!(1)).await;
        assert_eq!((way.met(), execution.status), (3, Status::Succeeded), "{operation}");
    }
}

#[tokio::test]
async fn wrong_starts_are_refused() {
    let runner = machine(&echo()).await;
    assert_eq!(runner.start("other", NAME, json!(1)).await, Err(WorkflowError::NotFound("other".into())));
    for name in ["", "a/b", "a b", "ä", &"x".repeat(81)] {
        let refused = runner.start(WORKFLOW, name, json!(1)).await;
        assert!(matches!(refused, Err(WorkflowError::Invalid(_))), "{name}: {refused:?}");
        let refused = runner.describe(WORKFLOW, name).await;
        assert!(matches!(refused, Err(WorkflowError::Invalid(_))), "{name}: {refused:?}");
    }
    let large = |bytes: usize| json!("x".repeat(bytes));
    let refused = runner.start(WORKFLOW, "large", large(256 * 1024 - 1)).await;
    assert!(matches!(refused, Err(WorkflowError::Invalid(why)) if why.contains("262144")));
    assert_eq!(runner.describe(WORKFLOW, NAME).await, Err(WorkflowError::NotFound("flow/run-1".into())));
    assert_eq!(runner.describe("other", NAME).await, Err(WorkflowError::NotFound("other".into())));
    let input = large(256 * 1024 - 2);
    assert_eq!(finish(&runner, &input).await.output, Some(input));
    let longest = "x".repeat(80);
    runner.start(WORKFLOW, &longest, json!(1)).await.expect("the longest name is taken");
    runner.describe(WORKFLOW, &longest).await.expect("and found again");
}

#[tokio::test]
async fn a_machine_that_was_forgotten_is_told() {
    let arn = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{}", emulator::prefix());
    let forgotten = runner(&emulator::aws().await, &arn).start(WORKFLOW, NAME, json!(1)).await;
    let Err(WorkflowError::Unavailable(why)) = forgotten else { panic!("{forgotten:?}") };
    assert!(why.contains(&arn) && why.contains("part of the deployment"), "{why}");
    let named = BTreeMap::from([(WORKFLOW.to_owned(), "encoding".to_owned())]);
    let refused = StepFunctions::new(emulator::aws().await.sfn(), named).map(drop);
    assert!(matches!(refused, Err(WorkflowError::Invalid(why)) if why.contains("encoding")));
}
