//! Titles: looking at them, finding them, entering them.

use crate::api::Api;
use reel_api::Role;
use reel_api::content::{Entered, NewTitle, NewTitles, Title, Titles};
use reel_api::recommendation::{Home, Similar};
use reel_api::search::{Found, Suggestions};

pub(crate) fn describe(api: &mut Api) {
    titles(api);
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
        .query::<String>("status", "`all` shows an editor what viewers do not see")
        .paged()
        .answers::<Titles>(200, "some titles");
    api.post("/v1/titles", "Makes a title")
        .role(Role::Editor)
        .takes::<NewTitle>()
        .answers::<Title>(201, "the title")
        .answers::<Title>(200, "the title of this id, which was there before");
    api.get("/v1/titles/{id}", "A title by its id or slug").answers::<Title>(200, "the title");
    api.get("/v1/titles/{id}/similar", "The titles most like one").answers::<Similar>(200, "the titles");
    api.post("/v1/catalogue", "Makes many titles")
        .role(Role::Editor)
        .takes::<NewTitles>()
        .answers::<Entered>(200, "what came of each");
    api.get("/artwork/{key}", "A picture").open().answers_bytes(200, "image/*", "the picture");
}
