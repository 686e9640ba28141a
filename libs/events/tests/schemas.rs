//! Each schema as it is sent, and what is not one.

use reel_api::{AccountId, EventId, PlayId, ProfileId, TitleId};
use reel_events::stream::{INTERACTIONS, PAYMENTS, PLAYBACK};
use reel_events::{Event, EventError, Kind, MAX_AGE_MS, MAX_AHEAD_MS, Recorded};
use serde_json::{Value, json};

const NOW: u64 = 1_705_350_600_000;

fn event(kind: &str, fields: Value) -> Value {
    let mut event = json!({ "id": EventId::new(NOW, &[1; 10]), "type": kind, "v": 1, "at": NOW });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

fn view(fields: Value) -> Value {
    let mut view = event(
        "view_segment",
        json!({
            "play": PlayId::new(NOW, &[2; 10]), "title_id": TitleId::new(1, &[3; 10]), "device": "web",
            "eighth": 3, "position_ms": 220_000, "duration_ms": 596_000,
        }),
    );
    view.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    view
}

fn refusal(value: &Value) -> String {
    Event::parse(value, NOW).unwrap_err().to_string()
}

#[test]
fn every_type_of_the_document_is_read() {
    let (play, title) = (PlayId::new(NOW, &[2; 10]), TitleId::new(1, &[3; 10]));
    let events = [
        event(
            "play_start",
            json!({ "play": play, "title_id": title, "device": "tv", "position_ms": 0, "source": "popular", "variant": "B" }),
        ),
        view(json!({})),
        event(
            "buffer_event",
            json!({ "play": play, "title_id": title, "position_ms": 1, "stalled_ms": 900, "bitrate": 2_800_000 }),
        ),
        event("search_query", json!({ "query": "bunny", "results": 1 })),
        event("thumbnail_impression", json!({ "title_id": title, "variant": "B", "row": "new" })),
        event("payment_event", json!({ "payment": "pi_1", "amount": -999, "currency": "EUR", "outcome": "refunded" })),
        event(
            "slot_decision",
            json!({ "decision": play, "slot": "discover", "genres": ["History"], "candidates": [title],
                "title_id": title, "propensity": 0.25 }),
        ),
    ];
    for (sent, kind) in events.iter().zip(Kind::TYPES) {
        assert_eq!(sent["type"], *kind);
        let read = Event::parse(sent, NOW).unwrap();
        assert_eq!(&serde_json::to_value(&read).unwrap(), sent);
    }
}

#[test]
fn a_type_or_version_of_another_time_is_named() {
    assert!(refusal(&event("play_stop", json!({}))).contains("play_stop"));
    assert!(refusal(&json!({ "v": 1 })).contains("missing"));
    assert_eq!(Event::parse(&view(json!({ "v": 2 })), NOW), Err(EventError::WrongVersion("2".into())));
    for no_object in [json!(null), json!([]), json!("play_start"), json!(1)] {
        assert_eq!(Event::parse(&no_object, NOW), Err(EventError::NotAnObject));
    }
}

#[test]
fn a_time_is_milliseconds_or_rfc_3339_and_near_ours() {
    let text = Event::parse(&view(json!({ "at": "2024-01-15T20:30:00Z" })), NOW).unwrap();
    assert_eq!(text.at, NOW);
    for at in [NOW + MAX_AHEAD_MS, NOW - MAX_AGE_MS] {
        assert!(Event::parse(&view(json!({ "at": at })), NOW).is_ok());
    }
    for at in [json!(NOW + MAX_AHEAD_MS + 1), json!(NOW - MAX_AGE_MS - 1), json!(-1), json!("yesterday"), json!(1.5)] {
        assert!(refusal(&view(json!({ "at": at }))).contains("at is"), "{at}");
    }
}

#[test]
fn a_value_that_cannot_be_is_named() {
    let wrong = [
        ("eighth", json!(0)),
        ("eighth", json!(9)),
        ("duration_ms", json!(0)),
        ("duration_ms", json!(86_400_001_u64)),
        ("position_ms", json!(596_001)),
        ("device", json!("")),
        ("device", json!("x".repeat(65))),
        ("device", json!("a\u{0}b")),
        ("play", json!("9b2b0d5c-3f0e-4c7e-8d0f-6f1f5c2a1b3c")),
        ("play", json!(PlayId::new(NOW + MAX_AHEAD_MS + 1, &[2; 10]))),
    ];
    for (field, value) in wrong {
        assert!(refusal(&view(json!({ field: value }))).contains(field), "{field} = {value}");
    }
}

#[test]
fn a_missing_field_is_named() {
    let mut view = view(json!({}));
    view.as_object_mut().unwrap().remove("eighth");
    assert!(refusal(&view).contains("eighth"));
}

#[test]
fn a_record_keeps_event_and_sender() {
    let event = Event::parse(&view(json!({})), NOW).unwrap();
    let (account, profile) = (AccountId::new(1, &[4; 10]), ProfileId::new(1, &[5; 10]));
    let recorded = Recorded { account, profile, received_at: NOW, event };
    let bytes = serde_json::to_vec(&recorded).unwrap();
    assert_eq!(serde_json::from_slice::<Recorded>(&bytes).unwrap(), recorded);
    assert_eq!(recorded.key(), format!("{account}#{profile}"));
}

#[test]
fn each_type_stands_in_the_stream_that_its_consumers_read() {
    let view = Event::parse(&view(json!({})), NOW).unwrap();
    let search = Event::parse(&event("search_query", json!({ "query": "bunny", "results": 1 })), NOW).unwrap();
    assert_eq!([view.kind.stream(), search.kind.stream()], [PLAYBACK, INTERACTIONS]);
    let payment = json!({ "payment": "pi_1", "amount": 1, "currency": "EUR", "outcome": "failed" });
    assert_eq!(Event::parse(&event("payment_event", payment), NOW).unwrap().kind.stream(), PAYMENTS);
}
