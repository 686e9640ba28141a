//! The ARNs of a state machine and of its executions.

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StateMachine {
    /// What it is started by: its own ARN, or that of a version or an alias of it.
    pub(super) arn: String,
    /// What the ARN of each of its executions begins with.
    executions: String,
}

impl StateMachine {
    /// None for what is no state machine's ARN.
    pub(super) fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<_> = arn.split(':').collect();
        let (partition, region, account, name) = match parts[..] {
            ["arn", partition, "states", region, account, "stateMachine", name]
            | ["arn", partition, "states", region, account, "stateMachine", name, _] => {
                (partition, region, account, name)
            }
            _ => return None,
        };
        let executions = format!("arn:{partition}:states:{region}:{account}:execution:{name}");
        (!name.is_empty()).then(|| Self { arn: arn.into(), executions })
    }

    /// The ARN of an execution.
    pub(super) fn execution(&self, name: &str) -> String {
        format!("{}:{name}", self.executions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_belong_to_the_machine_whatever_started_them() {
        let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:reel-encoding";
        for arn in [machine.to_owned(), format!("{machine}:3"), format!("{machine}:live")] {
            let parsed = StateMachine::parse(&arn).expect("an ARN");
            assert_eq!(parsed.execution("a-1"), "arn:aws:states:eu-west-1:123456789012:execution:reel-encoding:a-1");
            assert_eq!(parsed.arn, arn);
        }
    }

    #[test]
    fn what_is_no_machine_is_refused() {
        for arn in ["", "reel-encoding", "arn:aws:states:r:1:execution:m:e", "arn:aws:states:r:1:stateMachine:"] {
            assert_eq!(StateMachine::parse(arn), None, "{arn}");
        }
    }
}
