//! The changes that CloudFormation proposes, in words.

use aws_sdk_cloudformation::types::{ChangeAction, Replacement, ResourceChange};

/// What holds data, and what it is called.
const HOLDERS: [(&str, &str); 3] =
    [("AWS::DynamoDB::Table", "table"), ("AWS::S3::Bucket", "bucket"), ("AWS::Kinesis::Stream", "stream")];

/// One line a change.
pub(crate) fn line(change: &ResourceChange) -> String {
    let action = match (change.action(), change.replacement()) {
        (Some(ChangeAction::Modify), Some(Replacement::True)) => "Replace",
        (Some(action), _) => action.as_str(),
        (None, _) => "?",
    };
    let kind = change.resource_type().unwrap_or_default();
    format!("{action:8} {kind} {}", change.logical_resource_id().unwrap_or_default())
}

/// What becomes of data, when the change takes it away: a sentence.
pub(crate) fn loss(change: &ResourceChange, keeps: bool) -> Option<String> {
    let (_, kind) = HOLDERS.iter().find(|(kind, _)| change.resource_type() == Some(*kind))?;
    let name = change.physical_resource_id().or(change.logical_resource_id()).unwrap_or_default();
    let happens = match (change.action()?, change.replacement()) {
        (ChangeAction::Remove, _) => "is removed",
        (ChangeAction::Modify, Some(Replacement::True)) => "is replaced by a new, empty one",
        (ChangeAction::Modify, Some(Replacement::Conditional)) => "may be replaced by a new, empty one",
        _ => return None,
    };
    let then = if keeps { "the old one stays in the account, unused" } else { "what it holds is deleted" };
    Some(format!("the {kind} {name} {happens}: {then}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: ChangeAction, kind: &str, replacement: Replacement) -> ResourceChange {
        let change = ResourceChange::builder().action(action).resource_type(kind).replacement(replacement);
        change.logical_resource_id("TableTitles").physical_resource_id("reel-dev-titles").build()
    }

    #[test]
    fn what_takes_data_away_is_said_in_words() {
        let replaced = change(ChangeAction::Modify, "AWS::DynamoDB::Table", Replacement::True);
        assert_eq!(line(&replaced), "Replace  AWS::DynamoDB::Table TableTitles");
        let expected = "the table reel-dev-titles is replaced by a new, empty one: what it holds is deleted";
        assert_eq!(loss(&replaced, false).unwrap(), expected);
        assert!(loss(&replaced, true).unwrap().ends_with("stays in the account, unused"));
        let removed = change(ChangeAction::Remove, "AWS::Kinesis::Stream", Replacement::False);
        assert!(loss(&removed, false).unwrap().contains("is removed"));
    }

    #[test]
    fn all_else_takes_none_away() {
        for (action, kind, replacement) in [
            (ChangeAction::Add, "AWS::S3::Bucket", Replacement::False),
            (ChangeAction::Modify, "AWS::S3::Bucket", Replacement::False),
            (ChangeAction::Modify, "AWS::Lambda::Permission", Replacement::True),
            (ChangeAction::Remove, "AWS::Lambda::Version", Replacement::False),
        ] {
            assert_eq!(loss(&change(action, kind, replacement), false), None, "{kind}");
        }
    }
}
