//! Publishing films, and trying out their pictures; for the role editor.

use crate::api::Api;
use reel_api::experiment::{Decisions, Experiment, Experiments, NewExperiment};
use reel_api::ingest::{Complete, Encoding, NewUpload, Upload};
use reel_api::{RevisionId, Role, TitleId};

pub(crate) fn describe(api: &mut Api) {
    api.post("/v1/uploads", "Begins or resumes an upload")
        .role(Role::Editor)
        .takes::<NewUpload>()
        .answers::<Upload>(200, "the upload");
    api.get("/v1/uploads/{id}", "How far an upload is").role(Role::Editor).answers::<Upload>(200, "the upload");
    api.delete("/v1/uploads/{id}", "Gives an upload up").role(Role::Editor).answers_nothing(204, "it is gone");
    api.post("/v1/uploads/{id}/complete", "Joins the parts and starts the encoding")
        .role(Role::Editor)
        .takes::<Complete>()
        .answers::<Encoding>(202, "the encoding");
    api.get("/v1/encodings/{title}/{revision}", "How far an encoding is")
        .role(Role::Editor)
        .path::<TitleId>("title")
        .path::<RevisionId>("revision")
        .answers::<Encoding>(200, "the encoding");
    experiments(api);
}

fn experiments(api: &mut Api) {
    api.get("/v1/experiments", "The tests of titles' pictures")
        .role(Role::Editor)
        .answers::<Experiments>(200, "the tests");
    api.post("/v1/experiments", "Starts a test")
        .role(Role::Editor)
        .takes::<NewExperiment>()
        .answers::<Experiment>(201, "the test");
    api.get("/v1/experiments/{title}", "The latest test of a title")
        .role(Role::Editor)
        .path::<TitleId>("title")
        .answers::<Experiment>(200, "the test");
    api.delete("/v1/experiments/{title}", "Ends the test of a title")
        .role(Role::Editor)
        .path::<TitleId>("title")
        .answers::<Experiment>(200, "the test");
    api.get("/v1/decisions", "The decisions of a day whose cards were seen")
        .role(Role::Editor)
        .needs::<u32>("day", "days since 1970-01-01")
        .paged()
        .answers::<Decisions>(200, "some decisions");
}
