//! Publishing films, and trying out their pictures; for the role editor.

use crate::api::Api;
use reel_api::experiment::{Decisions, Experiment, Experiments, NewExperiment};
use reel_api::ingest::{Complete, Encoding, NewUpload, Upload};
use reel_api::{RevisionId, TitleId};

pub(crate) fn describe(api: &mut Api) {
    api.post("/v1/uploads", "Begins or resumes an upload").takes::<NewUpload>().answers::<Upload>(200, "the upload");
    api.get("/v1/uploads/{id}", "How far an upload is").answers::<Upload>(200, "the upload");
    api.delete("/v1/uploads/{id}", "Gives an upload up").answers_nothing(204, "it is gone");
    api.post("/v1/uploads/{id}/complete", "Joins the parts and starts the encoding")
        .takes::<Complete>()
        .answers::<Encoding>(202, "the encoding");
    api.get("/v1/encodings/{title}/{revision}", "How far an encoding is")
        .path::<TitleId>("title")
        .path::<RevisionId>("revision")
        .answers::<Encoding>(200, "the encoding");
    experiments(api);
}

fn experiments(api: &mut Api) {
    api.get("/v1/experiments", "The tests of titles' pictures").answers::<Experiments>(200, "the tests");
    api.post("/v1/experiments", "Starts a test").takes::<NewExperiment>().answers::<Experiment>(201, "the test");
    api.get("/v1/experiments/{title}", "The latest test of a title")
        .path::<TitleId>("title")
        .answers::<Experiment>(200, "the test");
    api.delete("/v1/experiments/{title}", "Ends the test of a title")
        .path::<TitleId>("title")
        .answers::<Experiment>(200, "the test");
    api.get("/v1/decisions", "The decisions of a day whose cards were seen")
        .needs::<u32>("day", "days since 1970-01-01")
        .paged()
        .answers::<Decisions>(200, "some decisions");
}
