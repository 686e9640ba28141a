//! Running the platform; for the roles operator and owner.

use crate::api::Api;
use reel_api::Role;
use reel_api::analytics::{Report, Series};
use reel_api::archive::Files;
use reel_api::audit::{AuditLog, Verification};
use reel_api::ranking::{Scorer, TrainingStatus};
use reel_api::streams::{DeadRecords, Records, Replay, Replayed, SentAgain, Streams};

pub(crate) fn describe(api: &mut Api) {
    api.get("/v1/analytics/series", "What was counted, window by window")
        .role(Role::Operator)
        .query::<String>("width", "`minute`, `hour` or `day`")
        .query::<u32>("windows", "how many")
        .answers::<Series>(200, "the windows");
    api.get("/v1/analytics/report", "What was counted, windows taken together")
        .role(Role::Operator)
        .query::<String>("width", "`hour` or `day`")
        .query::<u32>("windows", "how many")
        .answers::<Report>(200, "the report");
    api.get("/v1/archive", "The files that events are kept in")
        .role(Role::Operator)
        .paged()
        .answers::<Files>(200, "some files");
    api.post("/v1/trainings", "Starts a training of the model")
        .role(Role::Owner)
        .answers::<TrainingStatus>(200, "the training");
    api.get("/v1/trainings/{name}", "How far a training is")
        .role(Role::Owner)
        .answers::<TrainingStatus>(200, "the training");
    api.get("/v1/scorer", "Which model of the operator's own ranks titles")
        .role(Role::Owner)
        .answers::<Scorer>(200, "the scorer");
    api.put("/v1/scorer", "Has a model of the operator's own rank titles: ids one a line, an empty line, an ONNX file")
        .role(Role::Owner)
        .takes_bytes(&["application/octet-stream"])
        .answers::<Scorer>(200, "the scorer");
    api.delete("/v1/scorer", "Has the trained model rank titles again")
        .role(Role::Owner)
        .answers_nothing(204, "it is gone");
    api.get("/v1/audit", "What editors, operators and owners did, latest first")
        .role(Role::Operator)
        .query::<u64>("before", "before this entry: the cursor of the page before")
        .answers::<AuditLog>(200, "some entries");
    api.get("/v1/audit/verification", "Whether the log of what was done is as it was written")
        .role(Role::Operator)
        .query::<u64>("after", "from this entry on")
        .query::<String>("head", "its hash")
        .answers::<Verification>(200, "what holds");
    streams(api);
}

fn streams(api: &mut Api) {
    api.get("/v1/streams", "Every stream of events").role(Role::Operator).answers::<Streams>(200, "the streams");
    api.get("/v1/streams/{stream}/records", "What stands in a stream")
        .role(Role::Operator)
        .query::<u64>("after", "after this position")
        .query::<u64>("last", "so many records before the end, instead")
        .query::<u64>("limit", "at most so many")
        .query::<u64>("wait_ms", "how long to wait for some, at most 8,000")
        .answers::<Records>(200, "some records");
    api.post("/v1/streams/{stream}/consumers/{consumer}/replay", "Has a consumer read again")
        .role(Role::Operator)
        .takes::<Replay>()
        .answers::<Replayed>(200, "where it goes on");
    api.get("/v1/streams/{stream}/dead", "What nobody could handle")
        .role(Role::Operator)
        .answers::<DeadRecords>(200, "the last of it");
    api.post("/v1/streams/{stream}/dead/send-again", "Sends again what nobody could handle")
        .role(Role::Operator)
        .answers::<SentAgain>(200, "how many");
}
