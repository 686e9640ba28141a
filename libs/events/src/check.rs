//! What an event's values must be.

use crate::{
    BufferEvent, Event, EventError, Kind, MAX_AGE_MS, MAX_AHEAD_MS, PaymentEvent, PlayStart, SlotDecision, ViewSegment,
};
use reel_api::{Millis, PlayId};
use std::fmt::Display;

/// The longest title, in milliseconds.
const MAX_DURATION_MS: u64 = 24 * 3_600 * 1_000;
/// The longest stall, in milliseconds.
const MAX_STALL_MS: u64 = 3_600 * 1_000;
/// The most characters of a picture's name: a test, a letter and a taste.
const MAX_VARIANT: usize = 160;

impl Event {
    pub(crate) fn check(&self, now: Millis) -> Result<(), EventError> {
        moment("at", self.at, now)?;
        match &self.kind {
            Kind::PlayStart(event) => play_start(event, now),
            Kind::ViewSegment(event) => view_segment(event, now),
            Kind::BufferEvent(event) => buffer_event(event, now),
            Kind::SearchQuery(event) => text("query", &event.query, 200),
            Kind::ThumbnailImpression(event) => {
                text("variant", &event.variant, MAX_VARIANT).and_then(|()| text("row", &event.row, 64))
            }
            Kind::PaymentEvent(event) => payment(event),
            Kind::SlotDecision(event) => slot_decision(event),
        }
    }
}

fn play_start(event: &PlayStart, now: Millis) -> Result<(), EventError> {
    play(event.play, now)?;
    text("device", &event.device, 64)?;
    between("position_ms", event.position_ms, 0, MAX_DURATION_MS)?;
    event.source.as_deref().map_or(Ok(()), |source| text("source", source, 64))?;
    event.variant.as_deref().map_or(Ok(()), |variant| text("variant", variant, MAX_VARIANT))
}

fn view_segment(event: &ViewSegment, now: Millis) -> Result<(), EventError> {
    play(event.play, now)?;
    text("device", &event.device, 64)?;
    between("eighth", u64::from(event.eighth), 1, 8)?;
    between("duration_ms", event.duration_ms, 1, MAX_DURATION_MS)?;
    between("position_ms", event.position_ms, 0, event.duration_ms)?;
    event.pathway.as_deref().map_or(Ok(()), |pathway| text("pathway", pathway, 64))
}

fn buffer_event(event: &BufferEvent, now: Millis) -> Result<(), EventError> {
    play(event.play, now)?;
    between("position_ms", event.position_ms, 0, MAX_DURATION_MS)?;
    between("stalled_ms", event.stalled_ms, 0, MAX_STALL_MS)?;
    event.pathway.as_deref().map_or(Ok(()), |pathway| text("pathway", pathway, 64))
}

fn slot_decision(event: &SlotDecision) -> Result<(), EventError> {
    text("slot", &event.slot, 64)?;
    let chance = event.propensity > 0.0 && event.propensity <= 1.0;
    hold(chance, "propensity", &event.propensity, || "it is above 0 and at most 1".into())?;
    let among = event.candidates.contains(&event.title_id);
    hold(among, "title_id", &event.title_id, || "it is one of the candidates".into())
}

fn payment(event: &PaymentEvent) -> Result<(), EventError> {
    text("payment", &event.payment, 128)?;
    let capitals = event.currency.len() == 3 && event.currency.bytes().all(|b| b.is_ascii_uppercase());
    hold(capitals, "currency", &excerpt(&event.currency), || "it is three capitals, as EUR (ISO 4217)".into())
}

/// A play tells when it began, which makes its place in the history.
fn play(play: PlayId, now: Millis) -> Result<(), EventError> {
    let began = play.made_at();
    hold(began > 0, "play", &play, || "it is a UUID of version 7, made when the play begins".into())?;
    moment("the time of play", began, now)
}

fn moment(field: &'static str, at: Millis, now: Millis) -> Result<(), EventError> {
    let latest = now.saturating_add(MAX_AHEAD_MS);
    let earliest = now.saturating_sub(MAX_AGE_MS);
    hold((earliest..=latest).contains(&at), field, &at, || {
        format!("it lies between {earliest} and {latest} in Unix milliseconds")
    })
}

fn between(field: &'static str, value: u64, low: u64, high: u64) -> Result<(), EventError> {
    hold((low..=high).contains(&value), field, &value, || format!("it is {low} to {high}"))
}

fn text(field: &'static str, value: &str, most: usize) -> Result<(), EventError> {
    let fits = (1..=most).contains(&value.chars().count()) && !value.contains(char::is_control);
    hold(fits, field, &excerpt(value), || format!("it is 1 to {most} characters, none of them a control character"))
}

fn excerpt(text: &str) -> String {
    format!("{:?}", text.chars().take(64).collect::<String>())
}

fn hold(
    holds: bool,
    field: &'static str,
    found: &impl Display,
    right: impl FnOnce() -> String,
) -> Result<(), EventError> {
    if holds { Ok(()) } else { Err(EventError::Range { field, found: found.to_string(), right: right() }) }
}
