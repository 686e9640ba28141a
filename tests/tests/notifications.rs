//! What people are told: by letter, by push and in their inbox, once, and not when they do not want it.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reel_backend_embedded::table::SqliteTables;
use reel_capabilities::SystemClock;
use reel_capabilities::table::{Change, Condition, Key, Tables, Write};
use reel_operator::Operator;
use reel_tests::push_service::{Browser, signed_by};
use reel_tests::viewer::now;
use reel_tests::web::problem;
use reel_tests::{Film, Letterbox, Person, Platform, PushService, Viewer, Web, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// What is watched is known, and what is due delivered, within this.
const SOON: Duration = Duration::from_secs(120);
const ADDRESS: &str = "ada@example.org";

/// A platform whose viewers are reminded at once of what they have begun.
struct House {
    platform: Platform,
    viewer: Viewer,
    operator: String,
    film: String,
    slug: String,
}

impl House {
    /// A film, and somebody whose address is known to be theirs.
    async fn build(letterbox: &Letterbox, push: &PushService, letters_per_day: u32) -> Result<Self> {
        let data = TempDir::new()?;
        let limits = format!("letters-per-day = {letters_per_day}\npushes-per-day = 2\n");
        let settings = format!("[notification]\nremind-after-hours = 0\n{limits}");
        std::fs::write(data.path().join("config.toml"), settings)?;
        let env = [("REEL_SMTP", letterbox.url()), ("REEL_PUSH_SERVICES", push.url().to_owned())];
        let mut platform = Platform::start_in(data, env)?;
        let film = Film::generated(320, 180, 8)?;
        let published = platform.json(&["publish", film.arg(), "--title", "Dark Water"])?;
        let viewer = Viewer::new(Web::at(platform.url())?).await?;
        // The address is shown to be theirs by a letter; here it is known from the start.
        platform.interrupt()?;
        make_known(&platform, &account(&viewer.token)?).await?;
        platform.restart()?;
        let title = viewer.get("/v1/titles/dark-water").await.context(published.to_string())?;
        let film = title["id"].as_str().context("no title")?.to_owned();
        let operator = operator(&platform, &viewer.web).await?;
        Ok(Self { platform, viewer, operator, film, slug: "dark-water".into() })
    }

    /// Comes half way in the film.
    async fn watch_half(&self) -> Result<()> {
        let moment =
            json!({ "play": Uuid::now_v7(), "title_id": self.film, "at": now()?, "eighth": 4, "position_ms": 50 });
        self.viewer.watched(moment).await
    }

    /// Has delivered what is due until the inbox has so many notices.
    async fn told(&self, notices: usize) -> Result<Vec<Value>> {
        eventually(&format!("{notices} notices"), SOON, async || {
            self.deliver().await?;
            Ok(Some(self.reminders("").await?).filter(|reminders| reminders.len() == notices))
        })
        .await
    }

    /// The reminders in the inbox, latest first.
    async fn reminders(&self, query: &str) -> Result<Vec<Value>> {
        let inbox = self.viewer.get(&format!("/v1/inbox{query}")).await?;
        let notices = inbox["notices"].as_array().cloned().unwrap_or_default();
        Ok(notices.into_iter().filter(|notice| notice["topic"] == "reminders").collect())
    }

    /// How many letters to the viewer wait in the outbox.
    fn waiting(&self) -> Result<usize> {
        let files = std::fs::read_dir(self.platform.data().join("outbox"))?;
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        let waits = |path: &std::path::Path| {
            // One that was sent meanwhile is gone.
            let letter: Option<Value> = std::fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok());
            letter.is_some_and(|letter| letter["to"] == ADDRESS)
        };
        Ok(paths.filter(|path| path.extension().is_some_and(|end| end == "json") && waits(path)).count())
    }

    /// How many letters came, once none waits.
    async fn letters(&self, letterbox: &Letterbox) -> Result<usize> {
        eventually("no letter waits", SOON, async || Ok((self.waiting()? == 0).then_some(()))).await?;
        Ok(letterbox.letters_to(ADDRESS)?.len())
    }

    async fn unread(&self) -> Result<u64> {
        self.viewer.get("/v1/inbox/unread").await?["unread"].as_u64().context("no count")
    }

    async fn deliver(&self) -> Result<Value> {
        let request = self.viewer.web.request(Method::POST, "/v1/notifications/deliveries");
        Ok(request.bearer_auth(&self.operator).send().await?.error_for_status()?.json().await?)
    }
}

/// An access token of a platform's operator.
async fn operator(platform: &Platform, web: &Web) -> Result<String> {
    let key = Operator::read(platform.data()).context("no operator.json")?.key;
    let grant = json!({ "key": key, "email": "operator@reel.localhost", "role": "owner" });
    let answer = web.post("/v1/auth/token", &grant).await?.error_for_status()?;
    let tokens: Value = answer.json().await?;
    Ok(tokens["access_token"].as_str().context("no token")?.to_owned())
}

/// The account of an access token.
fn account(token: &str) -> Result<String> {
    let claims = token.split('.').nth(1).context("no token")?;
    let claims: Value = serde_json::from_slice(&BASE64.decode(claims)?)?;
    Ok(claims["sub"].as_str().context("no account")?.to_owned())
}

/// Writes down where an account is reached, as `auth` has it done once an address is shown to be theirs.
async fn make_known(platform: &Platform, account: &str) -> Result<()> {
    let tables = SqliteTables::open(&platform.data().join("tables.sqlite"), Arc::new(SystemClock))?;
    let contact = json!({ "email": ADDRESS, "verified": true, "language": "de" });
    let change = Change::Put { value: contact.to_string().into(), expires_at: None };
    let key = Key { partition: account.into(), sort: "contact".into() };
    let write = Write { table: "messages".into(), key, condition: Condition::Always, change };
    tables.transact(vec![write]).await?;
    Ok(())
}

#[tokio::test]
async fn a_reminder_is_told_once_by_letter_by_push_and_in_the_inbox_until_it_is_not_wanted() -> Result<()> {
    let (letterbox, push) = (Letterbox::closed()?.open()?, PushService::start().await?);
    let house = House::build(&letterbox, &push, 5).await?;
    let viewer = &house.viewer;
    let (browser, old) = (Browser::new(7)?, Browser::new(8)?);
    for (browser, path) in [(&browser, "here"), (&old, "gone")] {
        let subscription = browser.subscription(&format!("{}/{path}", push.url()));
        let id = viewer.send(Method::POST, "/v1/push/subscriptions", Some(subscription.clone())).await?;
        assert_eq!(viewer.send(Method::POST, "/v1/push/subscriptions", Some(subscription)).await?, id);
    }
    let begun = json!({ "play": Uuid::now_v7(), "title_id": house.film, "at": now()?, "eighth": 4, "position_ms": 50 });
    viewer.watched(begun.clone()).await?;
    let inbox = house.told(1).await?;
    assert_eq!((&inbox[0]["topic"], &inbox[0]["title"]), (&json!("reminders"), &json!("Dark Water weiterschauen")));
    assert_eq!(inbox[0]["link"], format!("#/watch/{}", house.slug));
    // The same event again, and all that is due again: nothing is told twice.
    viewer.watched(begun).await?;
    for _ in 0..3 {
        house.deliver().await?;
    }

    let letter = eventually("a letter", SOON, async || Ok(letterbox.letters_to(ADDRESS)?.pop())).await?;
    assert_eq!(house.letters(&letterbox).await?, 1);
    assert_eq!((&letter["subject"], &letter["from"]), (&json!("Dark Water weiterschauen"), &json!("reel@localhost")));
    for body in ["text", "html"] {
        let body = letter[body].as_str().context("a body is missing")?;
        assert!(body.contains(&format!("{}/#/watch/dark-water", house.platform.url())), "{body}");
    }
    read_pushes(&house, &push, &browser).await?;

    let unread = house.unread().await?;
    let id = inbox[0]["id"].as_str().context("no id")?;
    viewer.send(Method::POST, &format!("/v1/inbox/{id}/read"), None).await?;
    viewer.send(Method::POST, &format!("/v1/inbox/{id}/read"), None).await?;
    assert_eq!(house.unread().await?, unread - 1);
    assert_eq!(house.reminders("?language=en").await?[0]["title"], "Continue watching Dark Water");

    assert_eq!(house.letters(&letterbox).await?, 2, "the second reminder came by letter, too");
    one_click(&house, &letter).await?;
    house.watch_half().await?;
    house.told(2).await?;
    assert_eq!(house.letters(&letterbox).await?, 2, "letters of this kind were ended");
    viewer.send(Method::DELETE, &format!("/v1/inbox/{id}"), None).await?;
    assert_eq!(house.reminders("").await?.len(), 1);
    Ok(())
}

/// Each browser was pushed to once, and the one that is gone is forgotten.
async fn read_pushes(house: &House, push: &PushService, browser: &Browser) -> Result<()> {
    let taken = push.taken();
    let paths = |path: &str| taken.iter().filter(|pushed| pushed.path == path).count();
    assert_eq!((paths("/here"), paths("/gone")), (1, 1), "{taken:?}");
    let pushed = taken.iter().find(|pushed| pushed.path == "/here").context("no push")?;
    let message = browser.read(pushed)?;
    assert_eq!(
        (&message["title"], &message["link"]),
        (&json!("Dark Water weiterschauen"), &json!("#/watch/dark-water"))
    );
    assert!(message["tag"].is_string() && pushed.headers["ttl"] == "86400", "{message} {pushed:?}");
    let (key, claims) = signed_by(pushed)?;
    assert_eq!(house.viewer.get("/v1/push/key").await?, json!({ "key": key }));
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(push.url()), &json!("mailto:reel@localhost")));
    house.watch_half().await?;
    house.told(2).await?;
    let paths: Vec<_> = push.taken().into_iter().map(|pushed| pushed.path).collect();
    assert_eq!(paths.iter().filter(|path| *path == "/gone").count(), 1, "{paths:?}");
    assert_eq!(paths.iter().filter(|path| *path == "/here").count(), 2, "{paths:?}");
    let second = house.reminders("").await?[0]["id"].as_str().context("no id")?.to_owned();
    house.viewer.send(Method::DELETE, &format!("/v1/inbox/{second}"), None).await?;
    Ok(())
}

/// The link of a letter ends letters of its kind, without signing in, once it is confirmed.
async fn one_click(house: &House, letter: &Value) -> Result<()> {
    let headers = &letter["headers"];
    assert_eq!(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    let url = headers["list-unsubscribe"].as_str().context("no way to end it")?.trim_matches(['<', '>']).to_owned();
    let wants = async || {
        let preferences = house.viewer.get("/v1/notifications/preferences").await?;
        let topic = preferences["topics"].as_array().context("no topics")?.iter().find(|t| t["topic"] == "reminders");
        Ok::<_, anyhow::Error>(topic.context("no reminders")?["email"].clone())
    };
    let web = &house.viewer.web;
    let page = web.request(Method::GET, &url).send().await?.error_for_status()?;
    assert!(page.headers()["content-security-policy"].to_str()?.contains("default-src 'none'"));
    assert!(page.text().await?.contains("Sollen wir dir keine E-Mails"));
    assert_eq!(wants().await?, true, "whoever only opens the link ends nothing");
    let other = if url.ends_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{other}", &url[..url.len() - 1]);
    let (status, ..) = problem(web.request(Method::POST, &forged).send().await?).await?;
    assert_eq!((status, wants().await?), (404, json!(true)));
    let confirm = web.request(Method::POST, &url).header("content-type", "application/x-www-form-urlencoded");
    confirm.body("List-Unsubscribe=One-Click").send().await?.error_for_status()?;
    assert_eq!(wants().await?, false);
    Ok(())
}

#[tokio::test]
async fn a_letter_that_was_accepted_is_sent_once_after_a_kill() -> Result<()> {
    let (letterbox, push) = (Letterbox::closed()?, PushService::start().await?);
    let mut house = House::build(&letterbox, &push, 1).await?;
    house.watch_half().await?;
    house.told(1).await?;
    // The mail server does not answer; the letter waits.
    assert_eq!(house.waiting()?, 1);
    house.platform.cut_power()?;
    let letterbox = letterbox.open()?;
    house.platform.restart()?;
    assert_eq!(house.letters(&letterbox).await?, 1);
    house.platform.cut_power()?;
    house.platform.restart()?;
    house.deliver().await?;
    assert_eq!(house.letters(&letterbox).await?, 1);

    // A second letter on the day waits for the digest.
    house.watch_half().await?;
    house.told(2).await?;
    assert_eq!(house.letters(&letterbox).await?, 1);
    Ok(())
}

#[tokio::test]
async fn nothing_is_pushed_to_who_is_no_push_service_and_no_preference_is_anothers() -> Result<()> {
    let platform = Platform::start()?;
    let (viewer, other) = (Viewer::new(Web::at(platform.url())?).await?, Viewer::new(Web::at(platform.url())?).await?);
    let browser = Browser::new(9)?;
    for endpoint in [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://localhost:8080/_reel/notices",
        "http://notification.internal/_reel/notices",
        &format!("{}/metrics", platform.url()),
        "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com:22/x",
        "file:///etc/passwd",
    ] {
        let request = viewer.web.request(Method::POST, "/v1/push/subscriptions").bearer_auth(&viewer.token);
        let (status, ..) = problem(request.json(&browser.subscription(endpoint)).send().await?).await?;
        assert_eq!(status, 400, "{endpoint}");
    }

    let read = viewer.get("/v1/notifications/preferences").await?;
    let change = json!({ "language": "de", "version": read["version"],
        "topics": [{ "topic": "reminders", "email": false, "push": true }] });
    let changed = viewer.send(Method::PUT, "/v1/notifications/preferences", Some(change.clone())).await?;
    assert_eq!(viewer.get("/v1/notifications/preferences").await?, changed);
    assert_eq!(other.get("/v1/notifications/preferences").await?, read, "another account has its own");
    let again = viewer.web.request(Method::PUT, "/v1/notifications/preferences").bearer_auth(&viewer.token);
    let (status, code, _) = problem(again.json(&change).send().await?).await?;
    assert_eq!((status, &*code), (409, "version"));
    let ended =
        json!({ "version": changed["version"], "topics": [{ "topic": "security", "email": false, "push": true }] });
    let request = viewer.web.request(Method::PUT, "/v1/notifications/preferences").bearer_auth(&viewer.token);
    let (status, _, why) = problem(request.json(&ended).send().await?).await?;
    assert!(status == 400 && why.contains("security"), "{why}");

    for (method, path) in
        [("POST", "/_reel/notices"), ("GET", "/_reel/accounts/x/export"), ("DELETE", "/_reel/contacts/x")]
    {
        let answer =
            viewer.web.request(method.parse()?, path).bearer_auth(&viewer.token).json(&json!({})).send().await?;
        ensure!(matches!(answer.status().as_u16(), 404 | 405), "{path} answers {}", answer.status());
    }
    Ok(())
}

#[tokio::test]
async fn a_new_episode_is_told_once_to_who_has_its_series_on_a_list() -> Result<()> {
    let platform = Platform::start()?;
    let new = async || Viewer::new(Web::at(platform.url())?).await;
    let (follower, other, left) = (new().await?, new().await?, new().await?);
    let token = operator(&platform, &follower.web).await?;
    let editor = Viewer { web: Web::at(platform.url())?, token };
    let series = json!({ "name": "Dark", "kind": "series", "maturity": 12 });
    let series = editor.send(Method::POST, "/v1/titles", Some(series)).await?["id"].clone();
    let place = json!({ "id": series, "season": 1, "number": 1 });
    let episode = json!({ "name": "Secrets", "kind": "episode", "series": place });
    let episode = editor.send(Method::POST, "/v1/titles", Some(episode)).await?;
    let child = Person::new(platform.url()).await?.limited(platform.url(), 6).await?;
    let listed = format!("/v1/list/{}", series.as_str().context("no id")?);
    for viewer in [&follower, &child, &left] {
        viewer.send(Method::PUT, &listed, None).await?;
    }
    left.send(Method::DELETE, &listed, None).await?;

    let film = Film::generated(320, 180, 2)?;
    let id = episode["id"].as_str().context("no id")?;
    for _ in 0..2 {
        // Encoded again, it is no new episode.
        platform.json(&["publish", film.arg(), "--title", "Secrets", "--title-id", id])?;
        let told = eventually("the follower is told", SOON, async || {
            editor.send(Method::POST, "/v1/notifications/deliveries", None).await?;
            Ok(Some(episodes(&follower).await?).filter(|told| !told.is_empty()))
        })
        .await?;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["title"], &told[0]["link"]), (&json!("New in Dark: Secrets"), &json!("#/watch/secrets")));
    }
    for viewer in [&other, &left, &child] {
        assert_eq!(episodes(viewer).await?, [] as [Value; 0]);
    }
    Ok(())
}

/// What an account was told of episodes.
async fn episodes(viewer: &Viewer) -> Result<Vec<Value>> {
    let inbox = viewer.get("/v1/inbox?language=en").await?;
    let notices = inbox["notices"].as_array().cloned().unwrap_or_default();
    Ok(notices.into_iter().filter(|notice| notice["topic"] == "episodes").collect())
}
