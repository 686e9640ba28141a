//! Accounts and profiles.

use crate::api::Api;
use reel_api::auth::{Credentials, Jwks, KeyGrant, Refresh, Tokens};
use reel_api::billing::Plans;
use reel_api::notification::{Inbox, Unread};
use reel_api::user::{Profile, ProfileChange, Profiles};
use reel_api::{NoticeId, ProfileId};

pub(crate) fn describe(api: &mut Api) {
    sessions(api);
    profiles(api);
    inbox(api);
    billing(api);
}

fn sessions(api: &mut Api) {
    api.post("/v1/auth/sign-up", "Makes an account and signs in")
        .open()
        .takes::<Credentials>()
        .answers::<Tokens>(201, "the session");
    api.post("/v1/auth/sign-in", "Signs in").open().takes::<Credentials>().answers::<Tokens>(200, "the session");
    api.post("/v1/auth/refresh", "Renews a session; its refresh token is in the body or in the cookie")
        .open()
        .may_take::<Refresh>()
        .answers::<Tokens>(200, "the session");
    api.post("/v1/auth/sign-out", "Ends a session")
        .open()
        .may_take::<Refresh>()
        .answers_nothing(204, "the session has ended");
    api.post("/v1/auth/token", "A session for a program that holds the operator key")
        .open()
        .takes::<KeyGrant>()
        .answers::<Tokens>(200, "the session");
    api.get("/v1/auth/jwks", "The keys that tokens are verified with").open().answers::<Jwks>(200, "the keys");
}

fn profiles(api: &mut Api) {
    api.get("/v1/profiles", "The account's profiles").answers::<Profiles>(200, "the profiles, oldest first");
    api.post("/v1/profiles", "Makes a profile").takes::<ProfileChange>().answers::<Profile>(201, "the profile");
    api.put("/v1/profiles/{id}", "Changes a profile")
        .path::<ProfileId>("id")
        .takes::<ProfileChange>()
        .answers::<Profile>(200, "the profile");
    api.delete("/v1/profiles/{id}", "Deletes a profile").path::<ProfileId>("id").answers_nothing(204, "it is gone");
}

fn inbox(api: &mut Api) {
    api.get("/v1/inbox", "What the account was told, latest first")
        .query::<String>("language", "of what is answered, a BCP 47 tag; else the account's")
        .paged()
        .answers::<Inbox>(200, "some notices");
    api.get("/v1/inbox/unread", "How many notices were not read").answers::<Unread>(200, "how many");
    api.post("/v1/inbox/read", "Marks every notice as read").answers_nothing(204, "they are read");
    api.post("/v1/inbox/{id}/read", "Marks a notice as read").path::<NoticeId>("id").answers_nothing(204, "it is read");
    api.delete("/v1/inbox/{id}", "Deletes a notice").path::<NoticeId>("id").answers_nothing(204, "it is gone");
}

fn billing(api: &mut Api) {
    api.get("/v1/plans", "The plans, and what they cost in a country")
        .open()
        .query::<String>("country", "ISO 3166-1 alpha-2; else where the prices begin")
        .answers::<Plans>(200, "the plans");
}
