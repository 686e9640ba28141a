//! People and what is theirs: addresses, passwords, sessions, roles, and leaving, over HTTP.

use anyhow::{Context, Result, ensure};
use reel_tests::person::{PASSWORD, sign_in, text};
use reel_tests::web::problem;
use reel_tests::{Person, Platform, Viewer, Web, eventually};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const OTHER: &str = "another horse battery";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// Within what an ended session, another role or another limit has to be noticed, and a little.
const NOTICED: Duration = Duration::from_millis(5_500);
const SOON: Duration = Duration::from_secs(30);

async fn status(viewer: &Viewer, path: &str) -> Result<u16> {
    Ok(viewer.web.get(path, &viewer.token).await?.status().as_u16())
}

async fn post(web: &Web, path: &str, body: Value) -> Result<(u16, Value)> {
    let answer = web.post(path, &body).await?;
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

fn code(answer: &Value) -> &str {
    answer["type"].as_str().unwrap_or_default().trim_start_matches("urn:reel:problem:")
}

#[tokio::test]
async fn an_address_is_confirmed_by_its_mail_once() -> Result<()> {
    let platform = Platform::start()?;
    let ada = Person::new(platform.url()).await?;
    assert_eq!(ada.tokens["verified"], false);
    let token = platform.mailed_token(&ada.email, "#/verify/", &[]).await?;
    let web = &ada.viewer.web;
    for forged in ["", "x", &token[1..], &format!("{}A", &token[..63])] {
        let (status, answer) = post(web, "/v1/auth/verify-email", json!({ "token": forged })).await?;
        assert_eq!((status, code(&answer)), (400, "mail-token"), "{forged}");
    }

    // Another mail puts the first one's token out of use.
    ada.viewer.send(Method::POST, "/v1/auth/verify-email/resend", None).await?;
    let newer = platform.mailed_token(&ada.email, "#/verify/", std::slice::from_ref(&token)).await?;
    assert_eq!(post(web, "/v1/auth/verify-email", json!({ "token": token })).await?.0, 400);
    assert_eq!(post(web, "/v1/auth/verify-email", json!({ "token": newer })).await?.0, 204);
    assert_eq!(post(web, "/v1/auth/verify-email", json!({ "token": newer })).await?.0, 400, "it is good once");
    let tokens: Value = ada.sign_in(PASSWORD, "reel").await?.json().await?;
    assert_eq!(tokens["verified"], true);

    // A letter may still be on its way.
    let kept = rows_with(&platform, &[newer])?;
    assert!(kept == json!([]) || kept == json!([["messages", "notice"]]), "auth stores only a hash: {kept}");
    for _ in 0..2 {
        ada.viewer.send(Method::POST, "/v1/auth/verify-email/resend", None).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_session_ends() -> Result<()> {
    let platform = Platform::start()?;
    let ada = Person::new(platform.url()).await?;
    let web = &ada.viewer.web;
    let (mut there, mut nowhere) = (Duration::ZERO, Duration::ZERO);
    for (email, took) in [(ada.email.as_str(), &mut there), ("nobody@example.org", &mut nowhere)] {
        let begun = Instant::now();
        let answer = post(web, "/v1/auth/password/forgot", json!({ "email": email })).await?;
        assert_eq!(answer, (202, Value::Null), "{email}");
        *took = begun.elapsed();
    }
    let least = Duration::from_millis(300);
    assert!(there >= least && nowhere >= least, "{there:?} {nowhere:?}");
    assert!(platform.mails("nobody@example.org")?.is_empty());

    let token = platform.mailed_token(&ada.email, "#/reset/", &[]).await?;
    let reset = json!({ "token": token, "password": OTHER });
    let short = post(web, "/v1/auth/password/reset", json!({ "token": token, "password": "short" })).await?;
    assert_eq!(short.0, 400, "and the token is not used up");
    assert_eq!(post(web, "/v1/auth/password/reset", reset.clone()).await?.0, 204);
    assert_eq!(post(web, "/v1/auth/password/reset", reset).await?.0, 400);
    assert_eq!(ada.sign_in(PASSWORD, "reel").await?.status(), 401);
    assert_eq!(ada.sign_in(OTHER, "reel").await?.status(), 200);
    tokio::time::sleep(NOTICED).await;
    assert_eq!(status(&ada.viewer, "/v1/profiles").await?, 401);
    let refresh = json!({ "refresh_token": ada.tokens["refresh_token"] });
    assert_eq!(post(web, "/v1/auth/refresh", refresh).await?.0, 401);

    // Mails to one address become rare, whether or not there is an account.
    for email in [ada.email.as_str(), "nobody@example.org"] {
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(post(web, "/v1/auth/password/forgot", json!({ "email": email })).await?.0);
        }
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 2, "{email}: {statuses:?}");
    }
    Ok(())
}

#[tokio::test]
async fn password_and_address_change_with_the_password() -> Result<()> {
    let platform = Platform::start()?;
    let (ada, bob) = (Person::new(platform.url()).await?, Person::new(platform.url()).await?);
    let (other, _) = ada.elsewhere(platform.url(), FIREFOX).await?;
    let wrong = json!({ "password": OTHER, "new_password": "something else" });
    assert_eq!(ada.refusal(Method::PUT, "/v1/auth/password", wrong).await?.0, 401);
    let change = json!({ "password": PASSWORD, "new_password": OTHER });
    ada.viewer.send(Method::PUT, "/v1/auth/password", Some(change)).await?;
    assert_eq!(ada.sign_in(PASSWORD, "reel").await?.status(), 401);
    tokio::time::sleep(NOTICED).await;
    assert_eq!((status(&ada.viewer, "/v1/profiles").await?, status(&other, "/v1/profiles").await?), (200, 401));

    let new = format!("{}@example.com", Uuid::now_v7().simple());
    for email in [&new, &bob.email] {
        // That an address is another's is not told.
        let change = json!({ "password": OTHER, "email": email });
        let answer = ada.viewer.web.request(Method::PUT, "/v1/auth/email").bearer_auth(&ada.viewer.token);
        assert_eq!(answer.json(&change).send().await?.status(), 202, "{email}");
        if *email == new {
            let token = platform.mailed_token(&new, "#/verify/", &[]).await?;
            assert_eq!(post(&ada.viewer.web, "/v1/auth/verify-email", json!({ "token": token })).await?.0, 204);
        }
    }
    assert_eq!(ada.sign_in(OTHER, "reel").await?.status(), 401, "the old address is nobody's");
    assert_eq!(sign_in(&ada.viewer.web, &new, OTHER, "reel").await?.status(), 200);
    let bobs = platform.mailed_token(&bob.email, "#/verify/", &[]).await?;
    let tokens = [bobs.clone(), platform.mailed_token(&bob.email, "#/verify/", &[bobs]).await?];
    let mut answers = Vec::new();
    for token in tokens {
        answers.push(post(&ada.viewer.web, "/v1/auth/verify-email", json!({ "token": token })).await?.0);
    }
    answers.sort_unstable();
    assert_eq!(answers, [204, 409], "one confirms Bob's address, the other would take it");
    assert_eq!(sign_in(&ada.viewer.web, &bob.email, PASSWORD, "reel").await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn sessions_are_seen_and_ended_within_five_seconds() -> Result<()> {
    let platform = Platform::start()?;
    let (ada, bob) = (Person::new(platform.url()).await?, Person::new(platform.url()).await?);
    let (firefox, tokens) = ada.elsewhere(platform.url(), FIREFOX).await?;
    let sessions = ada.viewer.get("/v1/auth/sessions").await?;
    let sessions = sessions["sessions"].as_array().context("no sessions")?;
    assert_eq!(sessions.len(), 2);
    assert_eq!((&sessions[0]["device"], &sessions[0]["current"]), (&json!("Firefox on Linux"), &json!(false)));
    assert_eq!(sessions[1]["current"], true);
    let id = text(&sessions[0], "id")?;
    assert_eq!(bob.refusal(Method::DELETE, &format!("/v1/auth/sessions/{id}"), json!({})).await?.0, 404);
    assert_eq!(status(&firefox, "/v1/profiles").await?, 200);

    let ended = Instant::now();
    ada.viewer.send(Method::DELETE, &format!("/v1/auth/sessions/{id}"), None).await?;
    eventually("the session is refused", NOTICED, async || {
        Ok((status(&firefox, "/v1/profiles").await? == 401).then_some(()))
    })
    .await?;
    assert!(ended.elapsed() < NOTICED, "{:?}", ended.elapsed());
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    assert_eq!(post(&ada.viewer.web, "/v1/auth/refresh", refresh).await?.0, 401);

    let others = [ada.elsewhere(platform.url(), "a").await?.0, ada.elsewhere(platform.url(), "b").await?.0];
    ada.viewer.send(Method::DELETE, "/v1/auth/sessions", None).await?;
    tokio::time::sleep(NOTICED).await;
    for other in &others {
        assert_eq!(status(other, "/v1/profiles").await?, 401);
    }
    assert_eq!(status(&ada.viewer, "/v1/profiles").await?, 200);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_on_an_unknown_device_is_told() -> Result<()> {
    let platform = Platform::start()?;
    let ada = Person::new(platform.url()).await?;
    let token = platform.mailed_token(&ada.email, "#/verify/", &[]).await?;
    post(&ada.viewer.web, "/v1/auth/verify-email", json!({ "token": token })).await?;
    ada.elsewhere(platform.url(), FIREFOX).await?;
    let told = || Ok(platform.mails(&ada.email)?.iter().filter(|mail| mail.contains("Firefox on Linux")).count());
    eventually("the sign-in is told", SOON, async || {
        let told: Result<usize> = told();
        Ok((told? == 1).then_some(()))
    })
    .await?;
    ada.elsewhere(platform.url(), FIREFOX).await?;
    let told: Result<usize> = told();
    assert_eq!(told?, 1, "it is known by now");
    Ok(())
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session() -> Result<()> {
    let platform = Platform::start()?;
    let ada = Person::new(platform.url()).await?;
    let refresh =
        async |token: &Value| post(&ada.viewer.web, "/v1/auth/refresh", json!({ "refresh_token": token })).await;
    let stolen = &ada.tokens["refresh_token"];
    let second = refresh(stolen).await?.1["refresh_token"].clone();
    let third = refresh(&second).await?.1["refresh_token"].clone();
    // Two steps old: whoever has it, it is not who has the latest.
    let (status, answer) = refresh(stolen).await?;
    assert_eq!((status, code(&answer)), (401, "session-ended"));
    assert_eq!(refresh(&third).await?.0, 401, "the whole family is gone");
    tokio::time::sleep(NOTICED).await;
    assert_eq!(self::status(&ada.viewer, "/v1/profiles").await?, 401, "and its access tokens with it");
    Ok(())
}

#[tokio::test]
async fn guessing_a_password_becomes_slow_and_its_owner_stays_in() -> Result<()> {
    let platform = Platform::start()?;
    // The other limit, of requests from one address, is not what is shown here.
    std::fs::write(platform.data().join("config.toml"), "[rate-limit]\nauth-requests = 1000\n")?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let ada = Person::new(platform.url()).await?;
    ada.elsewhere(platform.url(), "her own").await?;
    let guess = async |email: &str| {
        let answer = sign_in(&ada.viewer.web, email, "not the password", "guesser").await?;
        let after = answer.headers().get("retry-after").map(|after| after.to_str().map(str::parse)).transpose()?;
        anyhow::Ok((answer.status().as_u16(), after.transpose()?.unwrap_or(0_u64)))
    };
    // The same for an address of nobody: five at once, and then each has to wait for twice as long.
    for email in ["nobody@example.org", &ada.email] {
        for n in 0..5 {
            assert_eq!(guess(email).await?, (401, 0), "guess {n} for {email}");
        }
        let mut waited = Vec::new();
        while waited.last() < Some(&8) {
            let (status, after) = guess(email).await?;
            assert_eq!(status == 429, after > 0, "{status} {after}");
            waited.push(after);
            ensure!(waited.len() < 60, "{waited:?}");
            tokio::time::sleep(Duration::from_secs(if after < 8 { after } else { 0 })).await;
        }
    }
    let right = async |device: &str| {
        anyhow::Ok(sign_in(&ada.viewer.web, &ada.email, PASSWORD, device).await?.status().as_u16())
    };
    assert_eq!(right("guesser").await?, 429, "not even the right one");

    // The device that she signed in on is known, and what others guess does not delay it.
    assert_eq!(right("her own").await?, 200);
    tokio::time::sleep(Duration::from_millis(8_100)).await;
    assert_eq!(right("guesser").await?, 200, "a delay passes");
    // Many at once are counted one by one.
    let bob = Person::new(platform.url()).await?;
    let guesses = (0..12).map(|_| sign_in(&ada.viewer.web, &bob.email, "not the password", "guesser"));
    let tried = futures::future::try_join_all(guesses).await?;
    let tried = tried.iter().filter(|answer| answer.status() == StatusCode::UNAUTHORIZED).count();
    assert!(tried <= 5, "{tried} of 12 were tried at once");
    Ok(())
}

#[tokio::test]
async fn an_owner_gives_roles_that_count_at_once_and_all_of_it_is_noted() -> Result<()> {
    let platform = Platform::start()?;
    let (ada, bob) = (Person::new(platform.url()).await?, Person::new(platform.url()).await?);
    let role_of = |id: &str| format!("/v1/accounts/{id}/role");
    let (adas, bobs) = (role_of(&ada.account()?), role_of(&bob.account()?));
    assert_eq!(ada.refusal(Method::PUT, &adas, json!({ "role": "owner" })).await?, (403, "role".into()));
    assert_eq!(ada.refusal(Method::GET, "/v1/accounts?email=a@b.c", json!({})).await?.0, 403);
    assert_eq!(ada.refusal(Method::GET, "/v1/audit", json!({})).await?.0, 403);

    // The first owner is made with the operator key; the account of the key is none who can sign in.
    platform.json(&["grant", &ada.email, "owner"])?;
    let title = json!({ "name": "A film" });
    tokio::time::sleep(NOTICED).await;
    let found = ada.viewer.get(&format!("/v1/accounts?email={}", bob.email)).await?;
    assert_eq!(found["accounts"][0]["id"], bob.account()?);
    assert_eq!(bob.refusal(Method::POST, "/v1/titles", title.clone()).await?.0, 403);
    ada.viewer.send(Method::PUT, &bobs, Some(json!({ "role": "editor" }))).await?;
    eventually("the editor's token is good for more", NOTICED, async || {
        let answer = bob.viewer.web.request(Method::POST, "/v1/titles").bearer_auth(&bob.viewer.token);
        Ok((answer.json(&title).send().await?.status() == 201).then_some(()))
    })
    .await?;
    assert_eq!(ada.refusal(Method::PUT, &adas, json!({ "role": "viewer" })).await?, (409, "last-owner".into()));
    ada.viewer.send(Method::PUT, &bobs, Some(json!({ "role": "owner" }))).await?;
    // Each takes the role from the other at once: one owner is left.
    tokio::time::sleep(NOTICED).await;
    let demote = async |by: &Person, whom: &str| {
        let request = by.viewer.web.request(Method::PUT, whom).bearer_auth(&by.viewer.token);
        anyhow::Ok(request.json(&json!({ "role": "viewer" })).send().await?.status().as_u16())
    };
    let (one, other) = tokio::try_join!(demote(&ada, &bobs), demote(&bob, &adas))?;
    assert!((one == 200) != (other == 200), "{one} {other}");

    let log = platform.json(&["audit", "--last", "500"])?;
    let entries = log["entries"].as_array().context("no entries")?;
    let begun: Vec<_> = entries.iter().filter(|entry| entry["act"]["kind"] == "begun").collect();
    let ended = |number: &Value| {
        entries.iter().find(|entry| entry["act"]["begun"] == *number).map(|entry| entry["act"]["status"].clone())
    };
    let of = |account: &str, method: &str, path: &str| {
        let is = |act: &Value| act["account"] == account && act["method"] == method && act["path"] == path;
        begun.iter().filter(|entry| is(&entry["act"])).map(|entry| ended(&entry["number"])).collect::<Vec<_>>()
    };
    assert!(of(&bob.account()?, "POST", "/v1/titles").contains(&Some(json!(201))));
    assert!(of(&ada.account()?, "PUT", &adas).contains(&Some(json!(409))), "what was refused is noted, too");
    assert!(begun.iter().all(|entry| entry["act"]["trace"].as_str().is_some_and(|trace| trace.len() == 32)));
    Ok(())
}

#[tokio::test]
async fn a_changed_audit_log_shows() -> Result<()> {
    let mut platform = Platform::start()?;
    let token = operator_token(&platform).await?;
    let web = Web::at(platform.url())?;
    // Many at once: the chain has one end all the same.
    let add = async |n: usize| {
        let title = json!({ "name": format!("Film {n}") });
        let answer = web.request(Method::POST, "/v1/titles").bearer_auth(&token).json(&title).send().await?;
        ensure!(answer.status() == 201, "{}", answer.text().await?);
        Ok(())
    };
    futures::future::try_join_all((0..12).map(add)).await?;
    let verified = platform.json(&["audit", "--verify"])?;
    assert_eq!((&verified["entries"], &verified["broken"]), (&json!(24), &Value::Null));

    platform.interrupt()?;
    let mut edit = std::process::Command::new("python3");
    assert!(edit.args(["-c", EDIT]).arg(platform.data().join("tables.sqlite")).status()?.success());
    platform.restart()?;
    let said = platform.refusal(&["audit", "--verify"])?;
    assert!(said.contains("entry 7 was changed"), "{said}");
    Ok(())
}

/// Changes an entry as somebody with the file might.
const EDIT: &str = r#"
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1])
where = "tbl = ? AND sort = ?"
key = (b"audit", b"%016d" % 7)
(value,) = rows.execute("SELECT value FROM rows WHERE " + where, key).fetchone()
edited = bytes(value).replace(b'"at_ms":1', b'"at_ms":2')
assert edited != value
rows.execute("UPDATE rows SET value = ? WHERE " + where, (edited, *key))
rows.commit()
"#;

async fn operator_token(platform: &Platform) -> Result<String> {
    let note: Value = serde_json::from_slice(&std::fs::read(platform.data().join("operator.json"))?)?;
    let grant = json!({ "key": note["key"], "email": "operator@reel.localhost", "role": "owner" });
    let (_, tokens) = post(&Web::at(platform.url())?, "/v1/auth/token", grant).await?;
    text(&tokens, "access_token")
}

#[tokio::test]
async fn profiles_have_limits_pins_and_lists() -> Result<()> {
    let platform = Platform::start()?;
    let ada = Person::new(platform.url()).await?;
    let own = text(&ada.tokens, "profile")?;
    let viewer = &ada.viewer;
    let kid = viewer.send(Method::POST, "/v1/profiles", Some(json!({ "name": "Kid", "kids": true }))).await?;
    assert_eq!((&kid["maturity"], &kid["pin"]), (&json!(6), &json!(false)));
    let kid = text(&kid, "id")?;
    let settings = json!({ "name": "Teen", "maturity": 16, "language": "de", "subtitles": "en" });
    let teen = viewer.send(Method::POST, "/v1/profiles", Some(settings)).await?;
    assert_eq!((&teen["language"], &teen["subtitles"]), (&json!("de"), &json!("en")));
    let pin = format!("/v1/profiles/{own}/pin");
    viewer.send(Method::PUT, &pin, Some(json!({ "pin": "0042" }))).await?;
    assert_eq!(ada.refusal(Method::PUT, &pin, json!({ "pin": null })).await?, (403, "pin-needed".into()));
    assert_eq!(
        ada.refusal(Method::PUT, &pin, json!({ "pin": null, "current": "1" })).await?,
        (403, "pin-wrong".into())
    );

    // To the kids' profile, and back with the PIN alone.
    let mut refresh = ada.tokens["refresh_token"].clone();
    let mut choose = async |profile: &str, pin: Option<&str>| {
        let mut wish = json!({ "refresh_token": refresh, "profile": profile });
        if let Some(pin) = pin {
            wish["pin"] = json!(pin);
        }
        let (status, answer) = post(&viewer.web, "/v1/auth/refresh", wish).await?;
        if status == 200 {
            refresh = answer["refresh_token"].clone();
        }
        anyhow::Ok((status, answer))
    };
    let (_, tokens) = choose(&kid, None).await?;
    let claims = claims(&text(&tokens, "access_token")?)?;
    assert_eq!((&claims["profile"], &claims["maturity"]), (&json!(kid), &json!(6)));
    let child = Viewer { web: Web::at(platform.url())?, token: text(&tokens, "access_token")? };
    for (method, path, body) in [
        (Method::POST, "/v1/profiles".to_owned(), json!({ "name": "Free" })),
        (Method::PUT, format!("/v1/profiles/{kid}"), json!({ "name": "Kid", "version": 1 })),
        (Method::DELETE, format!("/v1/profiles/{own}"), json!({})),
        (Method::PUT, format!("/v1/profiles/{kid}/pin"), json!({ "pin": "1111" })),
    ] {
        let answer = child.web.request(method, &path).bearer_auth(&child.token).json(&body).send().await?;
        let (status, code, _) = problem(answer).await?;
        assert_eq!((status, code.as_str()), (403, "limited-profile"), "{path}");
    }
    assert_eq!(code(&choose(&own, None).await?.1), "pin-needed");
    assert_eq!(code(&choose(&text(&teen, "id")?, None).await?.1), "pin-needed", "any that is not for kids");
    let mut answers = Vec::new();
    while answers.last().is_none_or(|last| last == "pin-wrong") && answers.len() < 20 {
        let guess = format!("{:04}", answers.len());
        answers.push(code(&choose(&own, Some(&guess)).await?.1).to_owned());
    }
    assert!(answers.len() >= 5 && answers.last().is_some_and(|last| last == "too-many-attempts"), "{answers:?}");
    // Who knows the password takes the PIN away.
    viewer.send(Method::PUT, "/v1/auth/pin", Some(json!({ "password": PASSWORD, "profile": own }))).await?;
    let (status, tokens) = choose(&own, None).await?;
    assert_eq!(status, 200);
    assert!(self::claims(&text(&tokens, "access_token")?)?.get("maturity").is_none());

    let titles: Vec<String> = (0..60).map(|_| Uuid::now_v7().to_string()).collect();
    for title in titles.iter().chain([&titles[0]]) {
        viewer.send(Method::PUT, &format!("/v1/list/{title}"), None).await?;
    }
    viewer.send(Method::DELETE, &format!("/v1/list/{}", titles[59]), None).await?;
    let first = viewer.get("/v1/list").await?;
    let second = viewer.get(&format!("/v1/list?cursor={}", text(&first, "cursor")?)).await?;
    let listed = [&first, &second].into_iter().flat_map(|page| page["titles"].as_array().into_iter().flatten());
    let listed: Vec<String> = listed.map(|title| text(title, "title_id")).collect::<Result<_>>()?;
    assert_eq!(listed, titles[..59].iter().rev().cloned().collect::<Vec<_>>(), "added last first");
    assert_eq!(child.get("/v1/list").await?["titles"], json!([]));
    Ok(())
}

fn claims(token: &str) -> Result<Value> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let claims = token.split('.').nth(1).context("no claims")?;
    Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims)?)?)
}

/// All that a person leaves is written, exported and deleted; then every file of the platform is searched for it.
#[tokio::test]
async fn who_leaves_takes_everything_along_and_leaves_nothing() -> Result<()> {
    let mut platform = Platform::start()?;
    let (ada, bob) = (Person::new(platform.url()).await?, Person::new(platform.url()).await?);
    let viewer = &ada.viewer;
    let token = platform.mailed_token(&ada.email, "#/verify/", &[]).await?;
    post(&viewer.web, "/v1/auth/verify-email", json!({ "token": token })).await?;
    let (elsewhere, _) = ada.elsewhere(platform.url(), FIREFOX).await?;
    ada.sign_in("wrong password", FIREFOX).await?;
    let second = viewer.send(Method::POST, "/v1/profiles", Some(json!({ "name": "Zwölfte Fee" }))).await?;
    let (first, second) = (text(&ada.tokens, "profile")?, text(&second, "id")?);
    let title = Uuid::now_v7().to_string();
    viewer.send(Method::PUT, &format!("/v1/list/{title}"), None).await?;
    viewer.send(Method::PUT, &format!("/v1/ratings/{title}"), Some(json!({ "rating": "like" }))).await?;
    viewer.watched_all(&[&title]).await?;
    eventually("what was watched is known", SOON, async || Ok((viewer.entries().await?.len() == 1).then_some(())))
        .await?;

    let export = viewer.get("/v1/account/export").await?;
    let parts = &export["parts"];
    assert_eq!((&parts["auth"]["email"], &parts["auth"]["account"]), (&json!(ada.email), &json!(ada.account()?)));
    assert_eq!(parts["auth"]["sessions"].as_array().map(Vec::len), Some(2));
    assert_eq!(parts["user"]["profiles"][1]["name"], "Zwölfte Fee");
    assert_eq!(parts["user"]["lists"][&first][0]["title_id"], title);
    assert_eq!(parts["history"][&first]["entries"][0]["content_id"], title);
    assert_eq!(parts["history"][&first]["ratings"][0]["rating"], "like");
    let written = export.to_string();
    assert!(!written.contains("argon2") && !written.contains(&bob.account()?), "no secrets, nobody else");

    let leave = "/v1/account";
    assert_eq!(ada.refusal(Method::DELETE, leave, json!({})).await?.0, 400);
    assert_eq!(ada.refusal(Method::DELETE, leave, json!({ "password": OTHER })).await?.0, 401);
    viewer.send(Method::DELETE, leave, Some(json!({ "password": PASSWORD }))).await?;
    // Tokens are good for some seconds yet; what they write must not stay.
    for viewer in [viewer, &elsewhere] {
        let late = json!({ "events": [{ "id": Uuid::now_v7(), "type": "view_segment", "v": 1, "device": "browser", "duration_ms": 100,
            "play": Uuid::now_v7(), "title_id": title, "at": reel_tests::viewer::now()?, "eighth": 2, "position_ms": 20 }] });
        let _ = viewer.web.request(Method::POST, "/v1/events").bearer_auth(&viewer.token).json(&late).send().await?;
        let name = json!({ "name": "Back again" });
        let _ = viewer.web.request(Method::POST, "/v1/profiles").bearer_auth(&viewer.token).json(&name).send().await?;
        let rating = viewer.web.request(Method::PUT, &format!("/v1/ratings/{title}")).bearer_auth(&viewer.token);
        let _ = rating.json(&json!({ "rating": "like" })).send().await?;
    }
    eventually("the mail about it", SOON, async || {
        Ok(platform.mails(&ada.email)?.iter().any(|mail| mail.contains("deleted")).then_some(()))
    })
    .await?;
    tokio::time::sleep(NOTICED).await;
    assert_eq!(status(viewer, "/v1/profiles").await?, 401);
    assert_eq!(ada.sign_in(PASSWORD, FIREFOX).await?.status(), 401);
    let again = Person::named(platform.url(), &ada.email).await?;
    assert_ne!(again.account()?, ada.account()?, "the address is free");
    again.viewer.send(Method::DELETE, leave, Some(json!({ "password": PASSWORD }))).await?;

    platform.interrupt()?;
    // What docs/decisions/0015-identity.md says remains: events until they are a week old, mails in the outbox, and
    // that notification knows of no such account.
    let traces = [ada.account()?, first, second, "Zwölfte Fee".into(), ada.email.clone(), again.account()?];
    let rows = rows_with(&platform, &traces)?;
    let kept = rows.as_array().context("no rows")?.iter().filter(|row| row[0] != "messages");
    assert_eq!(kept.count(), 0, "{rows}");
    let files = traces_in(platform.data(), &traces[1..4])?;
    let elsewhere: Vec<_> = files.iter().filter(|(file, _)| !remains(file)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert!(!traces_in(platform.data(), &[bob.account()?])?.is_empty(), "the search finds who is there");
    Ok(())
}

fn remains(file: &str) -> bool {
    file.starts_with("events.sqlite") || file.starts_with("outbox/")
}

/// The rows of a platform in which one of some texts stands: table, and sort key up to a separator; each kind once.
fn rows_with(platform: &Platform, texts: &[String]) -> Result<Value> {
    let mut search = std::process::Command::new("python3");
    let output = search.args(["-c", SEARCH]).arg(platform.data().join("tables.sqlite")).args(texts).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

const SEARCH: &str = r#"
import json, re, sqlite3, sys
texts = [text.encode() for text in sys.argv[2:]]
rows = sqlite3.connect(sys.argv[1]).execute("SELECT tbl, partition, sort, value FROM rows")
found = {(row[0], re.split(rb"[/#]", row[2])[0]) for row in rows if any(text in part for text in texts for part in row)}
print(json.dumps(sorted([table.decode(), sort.decode()] for table, sort in found)))
"#;

/// Which files under a folder have which of some texts, or what their ids are in binary.
fn traces_in(folder: &Path, texts: &[String]) -> Result<Vec<(String, String)>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            found.extend(texts.iter().filter(|text| holds(&bytes, text)).map(|text| (name.clone(), text.clone())));
        }
    }
    Ok(found)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
        || Uuid::parse_str(text).is_ok_and(|id| bytes.windows(16).any(|window| window == id.as_bytes()))
}
