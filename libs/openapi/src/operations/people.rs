//! Accounts, profiles and what people are told.

use crate::api::Api;
use reel_api::account::{AccountExport, Deletion};
use reel_api::auth::{
    AccountSummary, Accounts, Credentials, EmailChange, Forgotten, Jwks, KeyGrant, LanguageChange, MailToken,
    PasswordChange, PasswordReset, PinReset, Refresh, RoleChange, Sessions, Tokens,
};
use reel_api::notification::{
    Delivered, Inbox, Preferences, PreferencesChange, PushKey, PushSubscription, Subscribed, Unread,
};
use reel_api::passkey::{
    BeginRegistration, CreationOptions, NewPasskey, Passkey, PasskeyName, PasskeySignIn, Passkeys, RequestOptions,
};
use reel_api::user::{MyList, PinChange, Profile, ProfileChange, Profiles};
use reel_api::{AccountId, NoticeId, ProfileId, Role, SessionId, TitleId};

pub(crate) fn describe(api: &mut Api) {
    sessions(api);
    devices(api);
    passkeys(api);
    credentials(api);
    accounts(api);
    profiles(api);
    inbox(api);
    notifications(api);
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

fn devices(api: &mut Api) {
    api.get("/v1/auth/sessions", "Where the account is signed in")
        .answers::<Sessions>(200, "the sessions, latest first");
    api.delete("/v1/auth/sessions", "Ends every other session").answers_nothing(204, "they have ended");
    api.delete("/v1/auth/sessions/{id}", "Ends a session").path::<SessionId>("id").answers_nothing(204, "it has ended");
}

fn passkeys(api: &mut Api) {
    api.get("/v1/auth/passkeys", "The account's passkeys").answers::<Passkeys>(200, "the passkeys");
    api.post("/v1/auth/passkeys/registration", "Begins to add a passkey")
        .takes::<BeginRegistration>()
        .answers::<CreationOptions>(200, "what a browser is asked to make");
    api.post("/v1/auth/passkeys", "Adds a passkey that a browser made")
        .takes::<NewPasskey>()
        .answers::<Passkey>(201, "the passkey");
    api.put("/v1/auth/passkeys/{id}", "Calls a passkey otherwise")
        .takes::<PasskeyName>()
        .answers::<Passkey>(200, "the passkey");
    api.delete("/v1/auth/passkeys/{id}", "Takes a passkey away").answers_nothing(204, "it is gone");
    api.post("/v1/auth/passkeys/challenge", "Asks for something to sign by a passkey")
        .open()
        .answers::<RequestOptions>(200, "what a browser is asked to sign");
    api.post("/v1/auth/passkeys/sign-in", "Signs in by a passkey")
        .open()
        .takes::<PasskeySignIn>()
        .answers::<Tokens>(200, "the session");
}

fn credentials(api: &mut Api) {
    api.post("/v1/auth/verify-email", "Confirms an address by the token of its mail")
        .open()
        .takes::<MailToken>()
        .answers_nothing(204, "it is confirmed");
    api.post("/v1/auth/verify-email/resend", "Has the mail sent again")
        .answers_nothing(202, "it is on its way")
        .answers_nothing(204, "the address is confirmed already");
    api.post("/v1/auth/password/forgot", "Has a mail sent by which a new password is chosen")
        .open()
        .takes::<Forgotten>()
        .answers_nothing(202, "if there is such an account, the mail is on its way");
    api.post("/v1/auth/password/reset", "Chooses a new password by the token of the mail")
        .open()
        .takes::<PasswordReset>()
        .answers_nothing(204, "it is the password, and every session has ended");
    api.put("/v1/auth/password", "Changes the password")
        .takes::<PasswordChange>()
        .answers_nothing(204, "it is changed, and every other session has ended");
    api.put("/v1/auth/email", "Asks for another address")
        .takes::<EmailChange>()
        .answers_nothing(202, "it counts once its mail was answered");
    api.put("/v1/auth/pin", "Takes a forgotten PIN from a profile")
        .takes::<PinReset>()
        .answers_nothing(204, "it has none");
    api.put("/v1/auth/language", "The language of what is sent to the account")
        .takes::<LanguageChange>()
        .answers_nothing(204, "it is kept");
}

fn accounts(api: &mut Api) {
    api.get("/v1/account/export", "All that is kept about the person").answers::<AccountExport>(200, "all of it");
    api.delete("/v1/account", "Deletes the account and all about the person")
        .takes::<Deletion>()
        .answers_nothing(204, "nothing is left");
    api.get("/v1/accounts", "The account of an address")
        .role(Role::Owner)
        .needs::<String>("email", "the address")
        .answers::<Accounts>(200, "none or one");
    api.put("/v1/accounts/{id}/role", "Gives an account a role")
        .role(Role::Owner)
        .path::<AccountId>("id")
        .takes::<RoleChange>()
        .answers::<AccountSummary>(200, "the account");
}

fn profiles(api: &mut Api) {
    api.get("/v1/profiles", "The account's profiles").answers::<Profiles>(200, "the profiles, oldest first");
    api.post("/v1/profiles", "Makes a profile").takes::<ProfileChange>().answers::<Profile>(201, "the profile");
    api.put("/v1/profiles/{id}", "Changes a profile")
        .path::<ProfileId>("id")
        .takes::<ProfileChange>()
        .answers::<Profile>(200, "the profile");
    api.delete("/v1/profiles/{id}", "Deletes a profile").path::<ProfileId>("id").answers_nothing(204, "it is gone");
    api.put("/v1/profiles/{id}/pin", "Gives a profile a PIN, or takes it away")
        .path::<ProfileId>("id")
        .takes::<PinChange>()
        .answers_nothing(204, "it is kept");
    api.get("/v1/list", "What the profile wants to watch").paged().answers::<MyList>(200, "some titles");
    api.put("/v1/list/{title}", "Adds a title to the list")
        .path::<TitleId>("title")
        .answers_nothing(204, "it is there");
    api.delete("/v1/list/{title}", "Takes a title off the list")
        .path::<TitleId>("title")
        .answers_nothing(204, "it is not there");
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

fn notifications(api: &mut Api) {
    api.get("/v1/notifications/preferences", "What the account is told about, and how")
        .answers::<Preferences>(200, "its preferences");
    api.put("/v1/notifications/preferences", "Changes what the account is told about, and how")
        .takes::<PreferencesChange>()
        .answers::<Preferences>(200, "its preferences");
    api.post("/v1/notifications/deliveries", "Delivers what is due now")
        .role(Role::Operator)
        .answers::<Delivered>(200, "what was done");
    api.get("/v1/push/key", "What a browser subscribes for").answers::<PushKey>(200, "the key");
    api.post("/v1/push/subscriptions", "A browser is to be pushed to")
        .takes::<PushSubscription>()
        .answers::<Subscribed>(201, "what it is called");
    api.delete("/v1/push/subscriptions/{id}", "A browser is pushed to no more").answers_nothing(204, "it is not");
    api.get("/v1/unsubscribe/{token}", "Asks whether letters are to end").open().answers_bytes(
        200,
        "text/html",
        "a page",
    );
    api.post("/v1/unsubscribe/{token}", "Ends letters (RFC 8058)").open().answers_bytes(200, "text/html", "a page");
}
