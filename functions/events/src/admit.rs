//! Which events of a batch are admitted.

use reel_api::events::Rejected;
use reel_api::{Millis, Principal, Problem};
use reel_events::{Event, Kind, Recorded};
use serde_json::Value;

/// The events that are admitted, with who sent them, and those that are not.
///
/// # Errors
/// A 403 problem when the sender has chosen no profile.
pub(crate) fn admit(
    principal: &Principal,
    events: &[Value],
    now: Millis,
) -> Result<(Vec<Recorded>, Vec<Rejected>), Problem> {
    let (account, profile) = (principal.account, principal.profile.ok_or_else(no_profile)?);
    let (mut recorded, mut rejected) = (Vec::new(), Vec::new());
    for (index, event) in events.iter().enumerate() {
        match read(event, now) {
            Ok(event) => recorded.push(Recorded { account, profile, received_at: now, event }),
            Err(reason) => rejected.push(Rejected { index, reason }),
        }
    }
    Ok((recorded, rejected))
}

fn read(event: &Value, now: Millis) -> Result<Event, String> {
    let event = Event::parse(event, now).map_err(|e| e.to_string())?;
    match event.kind {
        Kind::PaymentEvent(_) => Err("payment_event is written by billing, never by a player".into()),
        Kind::SlotDecision(_) => Err("slot_decision is written by experiment, never by a player".into()),
        _ => Ok(event),
    }
}

fn no_profile() -> Problem {
    Problem::forbidden("profile-needed", "choose a profile first: refresh the token with one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{AccountId, EventId, ProfileId, Role, SessionId};
    use serde_json::json;

    const NOW: Millis = 1_705_350_600_000;

    fn principal(profile: Option<ProfileId>) -> Principal {
        Principal {
            account: AccountId::new(1, &[1; 10]),
            session: SessionId::new(1, &[2; 10]),
            profile,
            role: Role::Viewer,
            maturity: None,
        }
    }

    fn search(query: &str) -> Value {
        json!({ "id": EventId::new(NOW, &[1; 10]), "type": "search_query", "v": 1, "at": NOW, "query": query, "results": 1 })
    }

    fn payment() -> Value {
        let fields = json!({ "payment": "pi_1", "amount": 1, "currency": "EUR", "outcome": "succeeded" });
        let mut payment = search("x");
        payment["type"] = "payment_event".into();
        payment.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        payment
    }

    #[test]
    fn each_event_is_judged_by_itself() {
        let profile = ProfileId::new(1, &[3; 10]);
        let events = [search("bunny"), json!("nothing"), search(""), search("dark")];
        let (recorded, rejected) = admit(&principal(Some(profile)), &events, NOW).unwrap();
        assert_eq!(recorded.len(), 2);
        assert!(recorded.iter().all(|event| event.profile == profile && event.received_at == NOW));
        assert_eq!(rejected.iter().map(|event| event.index).collect::<Vec<_>>(), [1, 2]);
        assert!(rejected[1].reason.contains("query"), "{}", rejected[1].reason);
    }

    #[test]
    fn a_player_pays_nothing_and_needs_a_profile() {
        let (recorded, rejected) = admit(&principal(Some(ProfileId::new(1, &[3; 10]))), &[payment()], NOW).unwrap();
        assert!(recorded.is_empty() && rejected[0].reason.contains("billing"));
        assert_eq!(admit(&principal(None), &[search("x")], NOW).unwrap_err().code, "profile-needed");
    }
}
