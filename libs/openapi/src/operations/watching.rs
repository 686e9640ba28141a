//! Playing, and what is kept of it.

use crate::api::Api;
use reel_api::events::Accepted;
use reel_api::history::{Export, History, NewRating, Position, Rated, Ratings};
use reel_api::license::{License, LicenseRequest};
use reel_api::playback::{Playback, Plays};
use reel_api::steering::{Heartbeat, SteeringManifest};
use reel_api::{PlayId, TitleId};
use reel_events::Event;
use schemars::JsonSchema;
use serde::Deserialize;

/// `POST /v1/events`: up to 500 events. Each is looked at by itself.
#[derive(JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EventBatch")]
#[expect(dead_code, reason = "it is its schema that counts")]
struct Events {
    #[schemars(length(min = 1, max = 500))]
    events: Vec<Event>,
}

pub(crate) fn describe(api: &mut Api) {
    playing(api);
    delivery(api);
    history(api);
    api.post("/v1/events", "What a player has to tell; what is accepted is durable")
        .takes::<Events>()
        .answers::<Accepted>(202, "which events were accepted");
}

fn playing(api: &mut Api) {
    api.get("/playback", "What a device needs to play a title")
        .needs::<String>("contentId", "the title's id or slug")
        .query::<String>("device", "the device profile; else it is told from `User-Agent`")
        .query::<String>("player", "what the player calls itself: it has one place, however often it asks")
        .answers::<Playback>(200, "where everything is");
    api.get("/v1/plays", "What is playing on the account's devices").answers::<Plays>(200, "the plays");
    api.put("/v1/plays/{play}", "Keeps a play's place among those that the plan allows")
        .path::<PlayId>("play")
        .answers_nothing(204, "it is kept");
    api.delete("/v1/plays/{play}", "Gives a play's place up").path::<PlayId>("play").answers_nothing(204, "it is free");
    api.post("/v1/license/{token}", "Content keys (EME, section 9.1.3)")
        .open()
        .takes::<LicenseRequest>()
        .answers::<License>(200, "the keys");
    api.get("/v1/license/{token}", "One content key (RFC 8216, section 4.3.2.4)")
        .open()
        .needs::<String>("kid", "the key's id, 32 hexadecimal digits")
        .answers_bytes(200, "application/octet-stream", "the 16 bytes of the key");
}

fn delivery(api: &mut Api) {
    api.get("/play/{token}/{file}", "A manifest").open().answers_bytes(200, "*/*", "the manifest, of DASH or of HLS");
    api.get("/t/{token}/{key}", "A segment").open().answers_bytes(200, "*/*", "the segment");
    api.get("/steering/{token}", "Which pathway to use")
        .open()
        .answers::<SteeringManifest>(200, "the steering manifest");
    api.put("/v1/edges/{id}", "What an edge tells of itself, signed")
        .open()
        .takes::<Heartbeat>()
        .answers_nothing(204, "it is known");
}

fn history(api: &mut Api) {
    api.get("/v1/history", "What the profile watched, latest first").paged().answers::<History>(200, "some entries");
    api.delete("/v1/history", "Forgets what the profile watched").answers_nothing(204, "it is forgotten");
    api.get("/v1/history/export", "All that is kept of what the profile watched and rated")
        .answers::<Export>(200, "all of it");
    api.get("/v1/history/{title}", "Where the profile stopped")
        .path::<TitleId>("title")
        .answers::<Position>(200, "the place");
    api.delete("/v1/history/{title}", "Forgets that the profile watched a title")
        .path::<TitleId>("title")
        .answers_nothing(204, "it is forgotten");
    api.get("/v1/ratings", "What the profile thinks of titles").answers::<Ratings>(200, "its ratings");
    api.put("/v1/ratings/{title}", "Rates a title")
        .path::<TitleId>("title")
        .takes::<NewRating>()
        .answers::<Rated>(200, "the rating");
    api.delete("/v1/ratings/{title}", "Takes a rating back")
        .path::<TitleId>("title")
        .answers_nothing(204, "it is gone");
}
