//! Titles: looking at them, finding them, making and editing them.

use crate::api::Api;
use reel_api::content::{Episodes, ImportReport, ImportRows, NewTitle, Next, Title, TitleChanges, TitleEdit, Titles};
use reel_api::recommendation::{Home, Similar};
use reel_api::search::{Found, Suggestions};
use reel_api::{Role, TitleId};

pub(crate) fn describe(api: &mut Api) {
    titles(api);
    editing(api);
    api.get("/v1/home", "The rows of a viewer's first page").answers::<Home>(200, "the rows");
    api.get("/v1/search", "Titles by what is typed")
        .query::<String>("q", "what is typed, at most 200 characters")
        .query::<String>("genre", "one of the answer's genres")
        .query::<u16>("from", "the first year")
        .query::<u16>("to", "the last year")
        .query::<bool>("playable", "leaves out what is only announced")
        .query::<u32>("limit", "1 to 60; else 24")
        .answers::<Found>(200, "the titles");
    api.get("/v1/search/suggestions", "What the words begun may become")
        .query::<String>("q", "what is typed, at most 200 characters")
        .answers::<Suggestions>(200, "the suggestions");
}

fn titles(api: &mut Api) {
    api.get("/v1/titles", "Titles, newest first")
        .query::<String>("genre", "of this genre alone")
        .query::<String>("status", "shows an editor what is of this status, `all` everything")
        .query::<String>("q", "with a status: what has this in one of its names")
        .query::<String>("language", LANGUAGE)
        .paged()
        .answers::<Titles>(200, "some titles");
    api.get("/v1/titles/{id}", "A title by its id or slug")
        .query::<String>("language", LANGUAGE)
        .answers::<Title>(200, "the title");
    api.get("/v1/titles/{id}/episodes", "The seasons of a series with their episodes")
        .query::<String>("language", LANGUAGE)
        .answers::<Episodes>(200, "the seasons");
    api.get("/v1/titles/{id}/next", "What to play after an episode, or first of a series")
        .query::<String>("language", LANGUAGE)
        .answers::<Next>(200, "the episode");
    api.get("/v1/titles/{id}/trailers", "The trailers of a title")
        .query::<String>("language", LANGUAGE)
        .answers::<Titles>(200, "the trailers");
    api.get("/v1/titles/{id}/similar", "The titles most like one").answers::<Similar>(200, "the titles");
    api.get("/artwork/{key}", "A picture").open().answers_bytes(200, "image/*", "the picture");
}

const LANGUAGE: &str = "a language tag, in place of Accept-Language; `*` is as editors wrote it first";

fn editing(api: &mut Api) {
    api.post("/v1/titles", "Makes a title")
        .role(Role::Editor)
        .takes::<NewTitle>()
        .answers::<Title>(201, "the title")
        .answers::<Title>(200, "the title of this id, which was there before");
    api.put("/v1/titles/{id}", "Makes a title what an editor says, unless another edit was first")
        .role(Role::Editor)
        .path::<TitleId>("id")
        .takes::<TitleEdit>()
        .answers::<Title>(200, "the title");
    api.delete("/v1/titles/{id}", "Deletes a title")
        .role(Role::Editor)
        .path::<TitleId>("id")
        .answers_nothing(204, "it is gone");
    api.get("/v1/titles/{id}/changes", "What was changed of a title, latest first")
        .role(Role::Editor)
        .path::<TitleId>("id")
        .answers::<TitleChanges>(200, "the changes");
    api.put("/v1/titles/{id}/poster", "Gives a title a poster")
        .role(Role::Editor)
        .path::<TitleId>("id")
        .takes_bytes(&["image/jpeg", "image/png", "image/webp"])
        .answers::<Title>(200, "the title");
    api.delete("/v1/titles/{id}/poster", "Takes an editor's poster away")
        .role(Role::Editor)
        .path::<TitleId>("id")
        .answers::<Title>(200, "the title");
    api.post("/v1/imports", "Takes rows of another catalogue over")
        .role(Role::Editor)
        .query::<u64>("first", "of CSV: the number of the first row, else 1")
        .takes_or_text::<ImportRows>("text/csv")
        .answers::<ImportReport>(200, "what came of each row");
}
