//! What says that something is wrong: alarms, and a dashboard. LocalStack makes no dashboard, and
//! would evaluate every alarm on this machine: there is neither where `Watch` is `no`.

use crate::lambda::timeout;
use crate::names::{Stage, id, sub};
use reel_app::{App, Function};
use serde_json::{Map, Value, json};

/// Whether anybody is told.
pub(crate) const CONDITION: &str = "Watched";
/// The topic that alarms go to.
pub(crate) const TOPIC: &str = "Alarms";
/// How long a point of a metric is, in seconds.
const PERIOD: u64 = 300;
/// How much of its time a function may take before it is said, in hundredths.
const NEARLY: u64 = 80;
/// How old the next record of a stream may be, in ms.
const BEHIND: u64 = 600_000;
/// How many failures within a period are more than what is tried again.
const FAILURES: u64 = 3;

/// A number that AWS counts.
struct Metric {
    namespace: &'static str,
    name: &'static str,
    dimension: &'static str,
    of: Value,
    statistic: &'static str,
}

impl Metric {
    fn of_lambda(stage: &Stage, name: &'static str, function: &str, statistic: &'static str) -> Self {
        Self { namespace: "AWS/Lambda", name, dimension: "FunctionName", of: json!(stage.lambda(function)), statistic }
    }

    fn of_machine(name: &'static str, workflow: &str) -> Self {
        let of = json!({ "Ref": id("Machine", workflow) });
        Self { namespace: "AWS/States", name, dimension: "StateMachineArn", of, statistic: "Sum" }
    }

    /// That it reached a number within a period; `says` is what it is about.
    fn alarm(self, stage: &Stage, says: &str, number: u64) -> (String, Value) {
        let alarm = json!({ "Type": "AWS::CloudWatch::Alarm", "Condition": CONDITION, "Properties": {
            "AlarmName": format!("{}: {says}", stage.deployment()),
            "Namespace": self.namespace, "MetricName": self.name, "Statistic": self.statistic,
            "Dimensions": [{ "Name": self.dimension, "Value": self.of }],
            "Period": PERIOD, "EvaluationPeriods": 1, "Threshold": number,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
            "AlarmActions": [{ "Ref": TOPIC }], "OKActions": [{ "Ref": TOPIC }] } });
        (id("Alarm", says), alarm)
    }
}

pub(crate) fn resources(stage: &Stage, app: &App) -> Vec<(String, Value)> {
    let mut resources = vec![
        (
            TOPIC.to_owned(),
            json!({ "Type": "AWS::SNS::Topic", "Condition": CONDITION, "Properties": {
            "TopicName": format!("{}alarms", stage.prefix()) } }),
        ),
        ("Dashboard".to_owned(), dashboard(stage, app)),
    ];
    let queue = Metric {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        dimension: "QueueName",
        of: json!(stage.dead_letters()),
        statistic: "Maximum",
    };
    resources.push(queue.alarm(stage, "dead letters", 1));
    for (name, function) in &app.functions {
        resources.extend(of_function(stage, app, name, function));
    }
    for name in app.workflows.keys() {
        for (metric, what) in [("ExecutionsFailed", "failed"), ("ExecutionsTimedOut", "timed out")] {
            let metric = Metric::of_machine(metric, name);
            resources.push(metric.alarm(stage, &format!("executions of {name} {what}"), 1));
        }
    }
    resources
}

fn of_function(stage: &Stage, app: &App, name: &str, function: &Function) -> Vec<(String, Value)> {
    let metric = |metric, statistic| Metric::of_lambda(stage, metric, name, statistic);
    let slow = timeout(&app.part(name).unwrap_or_default(), function) * 1_000 * NEARLY / 100;
    let mut alarms = vec![
        metric("Errors", "Sum").alarm(stage, &format!("{name} fails"), FAILURES),
        metric("Throttles", "Sum").alarm(stage, &format!("{name} is throttled"), 1),
        metric("Duration", "Maximum").alarm(stage, &format!("{name} nearly takes too long"), slow),
    ];
    for consume in &function.consumes {
        let stream = &consume.stream;
        alarms.push(metric("IteratorAge", "Maximum").alarm(stage, &format!("{name} is behind {stream}"), BEHIND));
        let dead = Metric {
            namespace: "AWS/Kinesis",
            name: "IncomingRecords",
            dimension: "StreamName",
            of: json!(format!("{}dead-{stream}", stage.prefix())),
            statistic: "Sum",
        };
        alarms.push(dead.alarm(stage, &format!("{name} gave up records of {stream}"), 1));
    }
    alarms
}

/// All functions in each graph.
fn dashboard(stage: &Stage, app: &App) -> Value {
    let lambda = |title: &str, metric: &str, statistic: &str| {
        let line = |name: &String| json!(["AWS/Lambda", metric, "FunctionName", stage.lambda(name), { "label": name }]);
        (title.to_owned(), statistic.to_owned(), app.functions.keys().map(line).collect::<Vec<_>>())
    };
    let executions = ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"];
    let executions = app.workflows.keys().flat_map(|name| {
        let machine = format!("${{{}}}", id("Machine", name));
        executions.map(|metric| json!(["AWS/States", metric, "StateMachineArn", machine]))
    });
    let queue = json!(["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", stage.dead_letters()]);
    let graphs = [
        lambda("Calls", "Invocations", "Sum"),
        lambda("Failures", "Errors", "Sum"),
        lambda("Throttled", "Throttles", "Sum"),
        lambda("Time, 99th of a hundred, ms", "Duration", "p99"),
        lambda("Running at once", "ConcurrentExecutions", "Maximum"),
        lambda("Age of the next record, ms", "IteratorAge", "Maximum"),
        ("Executions".to_owned(), "Sum".to_owned(), executions.collect()),
        ("Dead letters".to_owned(), "Maximum".to_owned(), vec![queue]),
    ];
    let widgets = (0..).zip(graphs).map(|(place, (title, statistic, metrics))| {
        json!({ "type": "metric", "x": place % 2 * 12, "y": place / 2 * 6, "width": 12, "height": 6, "properties": {
            "title": title, "stat": statistic, "period": PERIOD, "region": "${AWS::Region}", "metrics": metrics } })
    });
    let widgets = widgets.collect::<Vec<Value>>();
    json!({ "Type": "AWS::CloudWatch::Dashboard", "Condition": CONDITION, "Properties": {
        "DashboardName": stage.deployment(), "DashboardBody": sub(&json!({ "widgets": widgets }).to_string()) } })
}

/// `Watch`, which says whether there are any.
pub(crate) fn parameter() -> (String, Value) {
    (
        "Watch".into(),
        json!({ "Type": "String", "Default": "yes", "AllowedValues": ["yes", "no"],
        "Description": "Whether there are alarms and a dashboard" }),
    )
}

/// Where to subscribe.
pub(crate) fn output() -> Map<String, Value> {
    let output = json!({ "Condition": CONDITION, "Description": "The topic of the alarms", "Value": { "Ref": TOPIC } });
    Map::from_iter([("Alarms".into(), output)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_about_what_the_manifest_names() {
        let app = r#"
            [functions.shop]
            timeout = "20s"
            [functions.ledger]
            consumes = [{ stream = "orders", consumer = "ledger" }]
        "#;
        let app = App::parse("reel.toml", app).unwrap();
        let resources: Map<String, Value> = resources(&Stage::named("t").unwrap(), &app).into_iter().collect();
        // 80 % of 20 s, and of the 5 s of grace.
        assert_eq!(resources["AlarmShopNearlyTakesTooLong"]["Properties"]["Threshold"], 20_000);
        let behind = &resources["AlarmLedgerIsBehindOrders"]["Properties"];
        assert_eq!(behind["Dimensions"][0]["Value"], "reel-t-ledger");
        let dead = &resources["AlarmLedgerGaveUpRecordsOfOrders"]["Properties"];
        assert_eq!(dead["Dimensions"][0]["Value"], "reel-t-dead-orders");
        assert!(!resources.contains_key("AlarmShopIsBehindOrders"));
        assert!(resources.values().all(|resource| resource["Condition"] == CONDITION));
    }
}
