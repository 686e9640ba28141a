//! What the parts of a deployment are called.

use reel_backend_aws::functions::LIVE;
use serde_json::{Value, json};

/// A deployment: one stage of Reel in one account and region.
#[derive(Debug, Clone)]
pub(crate) struct Stage(String);

impl Stage {
    /// # Errors
    /// What a stage may be called, when it is called otherwise.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        match !name.is_empty() && name.len() <= 12 && name.bytes().all(plain) {
            true => Ok(Self(name.into())),
            false => Err(format!("a stage is 1 to 12 of a-z and 0-9, not {name:?}")),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// Whether what it stores outlives it.
    pub(crate) fn keeps(&self) -> bool {
        self.0.starts_with("prod")
    }

    /// What secrets, settings and the stack are called: `reel-dev`.
    pub(crate) fn deployment(&self) -> String {
        format!("reel-{}", self.0)
    }

    /// What the names of tables, streams and functions begin with: `reel-dev-`.
    pub(crate) fn prefix(&self) -> String {
        format!("{}-", self.deployment())
    }

    /// The same for buckets, whose names are taken once in all the world.
    pub(crate) fn buckets(&self) -> Value {
        self.bucket("")
    }

    pub(crate) fn bucket(&self, bucket: &str) -> Value {
        sub(&self.in_s3(bucket))
    }

    pub(crate) fn bucket_arn(&self, bucket: &str) -> Value {
        sub(&format!("arn:${{AWS::Partition}}:s3:::{}", self.in_s3(bucket)))
    }

    pub(crate) fn objects_arn(&self, bucket: &str) -> Value {
        sub(&format!("arn:${{AWS::Partition}}:s3:::{}/*", self.in_s3(bucket)))
    }

    pub(crate) fn table_arn(&self, table: &str) -> Value {
        self.arn("dynamodb", &format!("table/{}{table}", self.prefix()))
    }

    pub(crate) fn stream_arn(&self, stream: &str) -> Value {
        self.arn("kinesis", &format!("stream/{}{stream}", self.prefix()))
    }

    /// What a function is called in Lambda.
    pub(crate) fn lambda(&self, function: &str) -> String {
        format!("{}{function}", self.prefix())
    }

    /// Its live version: nobody calls another.
    pub(crate) fn function_arn(&self, function: &str) -> Value {
        self.arn("lambda", &format!("function:{}:{LIVE}", self.lambda(function)))
    }

    pub(crate) fn secret_arn(&self, secret: &str) -> Value {
        // AWS adds six characters of its own.
        self.arn("secretsmanager", &format!("secret:{}/{secret}-??????", self.deployment()))
    }

    /// The path of the settings, which AWS compares as it was asked for: with a slash at its end.
    pub(crate) fn settings_arns(&self) -> [Value; 2] {
        ["", "/"].map(|end| self.arn("ssm", &format!("parameter/{}{end}", self.deployment())))
    }

    pub(crate) fn logs_arn(&self, function: &str) -> Value {
        self.arn("logs", &format!("log-group:/aws/lambda/{}{function}:*", self.prefix()))
    }

    /// The queue of what neither a function nor its stream of the dead could take.
    pub(crate) fn dead_letters(&self) -> String {
        format!("{}dead-letters", self.prefix())
    }

    pub(crate) fn dead_letters_arn(&self) -> Value {
        self.arn("sqs", &self.dead_letters())
    }

    pub(crate) fn machine_arn(&self, workflow: &str) -> Value {
        self.arn("states", &format!("stateMachine:{}{workflow}", self.prefix()))
    }

    /// The executions of a workflow.
    pub(crate) fn executions_arn(&self, workflow: &str) -> Value {
        self.arn("states", &format!("execution:{}{workflow}:*", self.prefix()))
    }

    /// The executions for the items of its distributed Maps.
    pub(crate) fn items_arn(&self, workflow: &str) -> Value {
        self.arn("states", &format!("execution:{}{workflow}/*", self.prefix()))
    }

    /// The runs of its distributed Maps.
    pub(crate) fn map_runs_arn(&self, workflow: &str) -> Value {
        self.arn("states", &format!("mapRun:{}{workflow}/*", self.prefix()))
    }

    fn in_s3(&self, bucket: &str) -> String {
        format!("{}${{AWS::AccountId}}-{bucket}", self.prefix())
    }

    fn arn(&self, service: &str, resource: &str) -> Value {
        sub(&format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"))
    }
}

/// A text in which CloudFormation fills in account, region and resources.
pub(crate) fn sub(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// A name as CloudFormation's own ids have it: `rate-limit` becomes `RateLimit`.
pub(crate) fn id(kind: &str, name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    });
    format!("{kind}{}", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_has_a_plain_name() {
        assert_eq!(Stage::named("dev").unwrap().prefix(), "reel-dev-");
        for odd in ["", "Dev", "a-b", "thirteenchars"] {
            assert!(Stage::named(odd).unwrap_err().contains("1 to 12"));
        }
        assert_eq!(id("Table", "rate-limit"), "TableRateLimit");
    }
}
