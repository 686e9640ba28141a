//! Pictures of a title are tested among viewers, over HTTP against a platform of this machine.

use anyhow::{Context, Result, ensure};
use reel_tests::web::problem;
use reel_tests::{Film, Service, Web, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// What was counted or decided is known everywhere within this.
const SOON: Duration = Duration::from_secs(30);
/// How many viewers come, so that each picture has some.
const VIEWERS: u64 = 48;
/// After so many no picture can have won yet.
const UNDECIDED: u64 = 8;

struct Person {
    web: Web,
    token: String,
}

impl Person {
    async fn new(service: &Service) -> Result<Self> {
        let web = service.web()?;
        let email = format!("{}@example.org", Uuid::now_v7().simple());
        // So many at once are held up for some seconds.
        let token = eventually("there is an account", SOON, async || Ok(web.sign_up(&email).await.ok())).await?;
        Ok(Self { web, token })
    }

    async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.web.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} answers {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// The cards of the first page.
    async fn cards(&self) -> Result<Vec<Value>> {
        let home = self.get("/v1/home").await?;
        let rows = home["rows"].as_array().context("no rows")?;
        Ok(rows.iter().filter_map(|row| row["items"].as_array()).flatten().cloned().collect())
    }

    /// The picture on the title's card, once there is one.
    async fn picture(&self, title: &str) -> Result<Option<Value>> {
        let card = self.cards().await?.into_iter().find(|card| card["title"]["id"] == title);
        Ok(card.map(|card| card["picture"].clone()).filter(|picture| !picture.is_null()))
    }

    /// The card that stands where titles are tried.
    async fn tried(&self) -> Result<Option<Value>> {
        Ok(self.cards().await?.into_iter().find(|card| !card["decision"].is_null()))
    }

    async fn tell(&self, events: &[Value]) -> Result<()> {
        let answer = self.send(Method::POST, "/v1/events", Some(json!({ "events": events }))).await?;
        ensure!(answer["accepted"] == events.len(), "{answer}");
        Ok(())
    }
}

fn event(kind: &str, fields: &Value) -> Result<Value> {
    let at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
    let mut event = json!({ "id": Uuid::now_v7(), "type": kind, "v": 1, "at": at });
    if let Some((event, fields)) = event.as_object_mut().zip(fields.as_object()) {
        event.extend(fields.clone());
    }
    Ok(event)
}

fn seen(title: &str, variant: &Value) -> Result<Value> {
    event("thumbnail_impression", &json!({ "title_id": title, "variant": variant, "row": "new" }))
}

fn played(title: &str, variant: &Value) -> Result<Value> {
    let play = json!({ "play": Uuid::now_v7(), "title_id": title, "device": "browser", "position_ms": 0 });
    let mut event = event("play_start", &play)?;
    (event["source"], event["variant"]) = (json!("new"), variant.clone());
    Ok(event)
}

async fn counts(editor: &Person, title: &str) -> Result<(u64, u64)> {
    let test = editor.get(&format!("/v1/experiments/{title}")).await?;
    let variants = test["variants"].as_array().context("no variants")?;
    let sum = |field: &str| variants.iter().filter_map(|variant| variant[field].as_u64()).sum();
    Ok((sum("shown"), sum("clicked")))
}

/// The operator of the service, who is more than an editor.
async fn editor(service: &Service) -> Result<Person> {
    Ok(Person { web: service.web()?, token: service.operator_token().await? })
}

#[tokio::test]
async fn the_picture_that_viewers_play_by_wins_and_is_shown_to_all() -> Result<()> {
    let service = Service::find()?;
    let film = Film::generated(320, 180, 12)?;
    let published = service.json(&["publish", film.arg(), "--title", "Two pictures", "--genre", "History"])?;
    let title = published["title_id"].as_str().context("no title")?;
    let (editor, viewer) = (editor(&service).await?, Person::new(&service).await?);
    let pictures = editor.get(&format!("/v1/titles/{title}")).await?["artwork"].clone();
    let pictures = json!([pictures["poster"], pictures["thumbnails"][1]]);
    let new = json!({ "title_id": title, "pictures": pictures });
    let refusal =
        viewer.web.request(Method::POST, "/v1/experiments").bearer_auth(&viewer.token).json(&new).send().await?;
    assert_eq!(problem(refusal).await?.0, 403);

    let started = editor.send(Method::POST, "/v1/experiments", Some(new.clone())).await?;
    assert_eq!((&started["stage"], &started["variants"][1]["picture"]), (&json!("running"), &pictures[1]));
    let again =
        editor.web.request(Method::POST, "/v1/experiments").bearer_auth(&editor.token).json(&new).send().await?;
    assert_eq!(problem(again).await?.1, "experiment-running");

    // Viewers play by the second picture alone. What they tell arrives twice, and under new ids.
    let (mut clicked, mut drawn) = (0, BTreeSet::new());
    for visited in 1..=VIEWERS {
        let viewer = Person::new(&service).await?;
        let picture = eventually("the card has a picture", SOON, async || viewer.picture(title).await).await?;
        let variant = &picture["variant"];
        let seen_once = seen(title, variant)?;
        viewer.tell(&[seen_once.clone(), seen_once, seen(title, variant)?]).await?;
        drawn.insert(picture["url"].to_string());
        if picture["url"] == pictures[1] {
            viewer.tell(&[played(title, variant)?, played(title, variant)?]).await?;
            clicked += 1;
        } else {
            // A name that the viewer did not draw counts for nothing.
            let forged = variant.as_str().context("no name")?.replace("/A/", "/B/");
            viewer.tell(&[played(title, &json!(forged))?]).await?;
        }
        // So few decide nothing: all of them are counted.
        if visited == UNDECIDED {
            assert_eq!(viewer.picture(title).await?.context("no picture")?, picture, "a viewer keeps the picture");
            eventually("each viewer is counted once", SOON, async || {
                Ok((counts(&editor, title).await? == (visited, clicked)).then_some(()))
            })
            .await?;
        }
    }
    assert_eq!(drawn.len(), 2, "each picture is shown to some");
    let decided = eventually("a picture has won", SOON, async || {
        let test = editor.get(&format!("/v1/experiments/{title}")).await?;
        Ok((test["stage"] == "decided").then_some(test))
    })
    .await?;
    assert_eq!((&decided["winner"], &decided["variants"][0]["beaten"]), (&json!("B"), &json!(true)), "{decided}");
    for _ in 0..4 {
        let viewer = Person::new(&service).await?;
        eventually("the winner is shown to all", SOON, async || {
            Ok(viewer.picture(title).await?.filter(|picture| picture["url"] == pictures[1]))
        })
        .await?;
    }
    let ended = editor.send(Method::DELETE, &format!("/v1/experiments/{title}"), None).await?;
    assert_eq!(ended["stage"], "ended");
    eventually("the title has its poster again", SOON, async || {
        Ok(viewer.picture(title).await?.is_none().then_some(()))
    })
    .await
}

/// A viewer's impression of a tried card, and the play that follows from it.
fn tried_events(card: &Value) -> Result<(Value, Value)> {
    let title = card["title"]["id"].as_str().context("no title")?;
    let (mut seen, mut played) = (seen(title, &json!("poster"))?, played(title, &json!("poster"))?);
    (seen["decision"], played["decision"]) = (card["decision"].clone(), card["decision"].clone());
    Ok((seen, played))
}

#[tokio::test]
async fn a_marked_place_tries_new_titles_and_the_report_says_what_came_of_it() -> Result<()> {
    let service = Service::find()?;
    let film = Film::generated(320, 180, 4)?;
    let viewer = Person::new(&service).await?;
    service.json(&["publish", film.arg(), "--title", "First", "--genre", "History"])?;
    assert_eq!(viewer.tried().await?, None, "one title is no choice");
    let liked = service.json(&["publish", film.arg(), "--title", "Second", "--genre", "Comedy"])?;
    eventually("a title is tried", SOON, async || viewer.tried().await).await?;

    let (mut decisions, mut plays) = (0, 0);
    for _ in 0..VIEWERS {
        let viewer = Person::new(&service).await?;
        let card = eventually("a title is tried", SOON, async || viewer.tried().await).await?;
        let (seen, played) = tried_events(&card)?;
        viewer.tell(&[seen.clone(), seen]).await?;
        decisions += 1;
        if card["title"]["id"] == liked["title_id"] {
            viewer.tell(&[played.clone(), played]).await?;
            plays += 1;
        }
    }
    // What another viewer does with the decision, and what a player claims to have decided, is nothing.
    let card = eventually("a title is tried", SOON, async || viewer.tried().await).await?;
    Person::new(&service).await?.tell(&[tried_events(&card)?.1]).await?;
    let forged = json!({ "decision": Uuid::now_v7(), "slot": "discover", "genres": [], "candidates": [liked["title_id"]],
        "title_id": liked["title_id"], "propensity": 1.0 });
    let forged = json!({ "events": [event("slot_decision", &forged)?] });
    let answer = viewer.send(Method::POST, "/v1/events", Some(forged)).await?;
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["index"]), (&json!(0), &json!(0)), "{answer}");

    let slot = eventually("all is learned", SOON, async || {
        let report = service.json(&["experiment", "report"])?;
        let slot = report["slots"][0].clone();
        Ok((slot["decisions"] == decisions && slot["played"] == plays).then_some(slot))
    })
    .await?;
    assert_eq!((&slot["slot"], &slot["judged"]), (&json!("discover"), &json!(decisions / 2)));
    let policies = slot["policies"].as_array().context("no policies")?;
    for policy in policies.iter().filter(|policy| !policy["weight"].is_null()) {
        let [weight, error] =
            ["value", "standard_error"].map(|part| policy["weight"][part].as_f64().unwrap_or(f64::NAN));
        assert!((weight - 1.0).abs() <= 4.0 * error + 1e-9, "the logged chances are those that there were: {policy}");
    }
    assert!(policies[0]["ips"]["value"].as_f64().is_some_and(|value| value > 0.0), "{slot}");
    let table = String::from_utf8(service.command(&["experiment", "report"]).output()?.stdout)?;
    assert!(table.contains("slot discover") && table.contains("doubly robust"), "{table}");
    Ok(())
}
