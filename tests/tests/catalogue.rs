//! What editors do to the catalogue, and what viewers see of it, over HTTP against a platform of this machine.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::join_all;
use reel_operator::Operator;
use reel_tests::viewer::now;
use reel_tests::web::problem;
use reel_tests::{Film, Person, Platform, Viewer, Web, eventually};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// What was changed is known everywhere within this.
const SOON: Duration = Duration::from_secs(60);
/// The header in which whoever stands before this platform names the country.
const COUNTRY: &str = "x-country";

/// A platform, an editor of it and a viewer.
struct House {
    platform: Platform,
    editor: Viewer,
    viewer: Viewer,
}

impl House {
    async fn open() -> Result<Self> {
        let platform = Platform::start_with([("REEL_COUNTRY_HEADER", COUNTRY.to_owned())])?;
        let key = Operator::read(platform.data()).context("no operator.json")?.key;
        let web = Web::at(platform.url())?;
        let grant = json!({ "key": key, "email": "editor@reel.localhost", "role": "editor" });
        let tokens: Value = web.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
        let token = tokens["access_token"].as_str().context("no access token")?.to_owned();
        let viewer = Viewer::new(Web::at(platform.url())?).await?;
        Ok(Self { platform, editor: Viewer { web, token }, viewer })
    }

    async fn make(&self, title: Value) -> Result<Value> {
        self.editor.send(Method::POST, "/v1/titles", Some(title)).await
    }

    /// Edits a title as it is: `change` is what is to be other.
    async fn edit(&self, title: &Value, change: Value) -> Result<Value> {
        let path = format!("/v1/titles/{}", text(title, "id")?);
        self.editor.send(Method::PUT, &path, Some(edit_of(title, change)?)).await
    }

    async fn put(&self, title: &Value, edit: Value) -> Result<Response> {
        let path = format!("/v1/titles/{}", text(title, "id")?);
        Ok(self.editor.web.request(Method::PUT, &path).bearer_auth(&self.editor.token).json(&edit).send().await?)
    }

    /// The status of what a viewer of a country asks for, and the problem's code.
    async fn status_in(&self, country: &str, path: &str) -> Result<(u16, String)> {
        let request = self.viewer.web.request(Method::GET, path).bearer_auth(&self.viewer.token);
        outcome(request.header(COUNTRY, country).send().await?).await
    }

    /// What a play of a title answers to a viewer of a country.
    async fn play_in(&self, country: &str, slug: &str) -> Result<(u16, String)> {
        self.status_in(country, &play_of(slug)).await
    }

    /// What the licence of a play answers to who asks from a country.
    async fn license_in(&self, country: &str, play: &Value) -> Result<(u16, String)> {
        let request = self.viewer.web.request(Method::POST, text(play, "license_url")?);
        outcome(request.header(COUNTRY, country).json(&keys_of(&self.viewer.web, play).await?).send().await?).await
    }

    /// A film of this name that plays, and is for this age.
    async fn publish(&self, name: &str, age: u8) -> Result<Value> {
        let title = self.make(json!({ "name": name, "maturity": age })).await?;
        let (film, id) = (Film::generated(320, 180, 2)?, text(&title, "id")?);
        self.platform.json(&["publish", film.arg(), "--title", name, "--title-id", id])?;
        self.editor.get(&format!("/v1/titles/{id}")).await
    }

    /// The slugs that a search of a viewer of a country finds.
    async fn found(&self, country: &str, words: &str) -> Result<Vec<String>> {
        let path = format!("/v1/search?q={}", words.replace(' ', "+"));
        let request = self.viewer.web.request(Method::GET, &path).bearer_auth(&self.viewer.token);
        let answer: Value = request.header(COUNTRY, country).send().await?.error_for_status()?.json().await?;
        Ok(slugs(&answer["titles"]))
    }

    /// Waits until a search finds this, and nothing else.
    async fn finds(&self, country: &str, words: &str, expected: &[&str]) -> Result<()> {
        eventually(&format!("{words} in {country}"), SOON, async || {
            Ok((self.found(country, words).await? == expected).then_some(()))
        })
        .await
    }

    /// All slugs on a viewer's first page.
    async fn home(&self) -> Result<Vec<String>> {
        let home = self.viewer.get("/v1/home").await?;
        let rows = home["rows"].as_array().context("no rows")?;
        let cards = rows.iter().flat_map(|row| row["items"].as_array().into_iter().flatten());
        Ok(cards.filter_map(|card| card["title"]["slug"].as_str().map(str::to_owned)).collect())
    }

    /// What the log says of a title: version, what changed, and where it is since.
    async fn told(&self, title: &Value) -> Result<Vec<(u64, Vec<String>, String)>> {
        let key = Operator::read(self.platform.data()).context("no operator.json")?.key;
        let grant = json!({ "key": key, "email": "watcher@reel.localhost", "role": "operator" });
        let tokens: Value = self.editor.web.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
        let token = tokens["access_token"].as_str().context("no access token")?;
        let page = self.editor.web.get("/v1/streams/catalogue/records?last=100", token).await?;
        let page: Value = page.error_for_status()?.json().await?;
        let events = page["records"].as_array().context("no records")?.iter().map(|record| &record["data"]);
        let of_title = events.filter(|event| event["title_id"] == title["id"]);
        let event = |event: &Value| {
            let what = event["what"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let status = event["status"].as_str().unwrap_or_default().to_owned();
            (event["version"].as_u64().unwrap_or_default(), what.map(str::to_owned).collect(), status)
        };
        Ok(of_title.map(event).collect())
    }
}

fn text<'a>(title: &'a Value, field: &str) -> Result<&'a str> {
    title[field].as_str().with_context(|| format!("no {field}: {title}"))
}

fn play_of(slug: &str) -> String {
    format!("/playback?contentId={slug}&device=browser")
}

/// The status of an answer, and the code of a problem.
async fn outcome(answer: Response) -> Result<(u16, String)> {
    match answer.status().is_success() {
        true => Ok((200, String::new())),
        false => problem(answer).await.map(|(status, code, _)| (status, code)),
    }
}

/// What a player asks for of a licence: the key of the pictures that the manifest names.
async fn keys_of(web: &Web, play: &Value) -> Result<Value> {
    let manifest = web.get(text(play, "dash_url")?, "").await?.error_for_status()?.text().await?;
    let kid = manifest.split("default_KID=\"").nth(1).and_then(|rest| rest.split('"').next());
    let kid: Uuid = kid.context("the manifest names no key")?.parse()?;
    let kid = BASE64_URL_SAFE_NO_PAD.encode(kid.as_bytes());
    Ok(json!({ "kids": [kid], "type": "temporary" }))
}

fn slugs(titles: &Value) -> Vec<String> {
    titles.as_array().into_iter().flatten().filter_map(|title| title["slug"].as_str().map(str::to_owned)).collect()
}

/// What an editor's page sends who read this title and changes some of it.
fn edit_of(title: &Value, change: Value) -> Result<Value> {
    const SAID: [&str; 13] = [
        "kind",
        "name",
        "description",
        "year",
        "genres",
        "cast",
        "directors",
        "maturity",
        "series",
        "windows",
        "release",
        "publish_at",
        "external_id",
    ];
    let read = title.as_object().context("a title")?.iter();
    let mut said: serde_json::Map<_, _> =
        read.filter(|(field, _)| SAID.contains(&field.as_str())).map(|(f, v)| (f.clone(), v.clone())).collect();
    said.insert("announced".into(), (title["status"] == "announced").into());
    said.extend(change.as_object().context("changes")?.clone());
    Ok(json!({ "version": title["version"], "title": said }))
}

fn rfc3339(at: u64) -> String {
    reel_api::rfc3339(at)
}

#[tokio::test]
async fn two_editors_conflict_and_no_edit_is_lost() -> Result<()> {
    let house = House::open().await?;
    let read = house.make(json!({ "name": "Dark", "announced": true, "year": 2016 })).await?;
    let first = house.edit(&read, json!({ "year": 2017, "genres": ["Drama"] })).await?;
    assert_eq!((&first["year"], &first["version"]), (&json!(2017), &json!(2)));

    let (status, code, why) = problem(house.put(&read, edit_of(&read, json!({ "name": "Dark!" }))?).await?).await?;
    assert_eq!((status, code.as_str()), (409, "edited"));
    assert!(why.contains("changed genres, year"), "{why}");
    let there = house.editor.get("/v1/titles/dark").await?;
    assert_eq!((&there["name"], &there["year"]), (&json!("Dark"), &json!(2017)));

    // Ten at once who read the same: one is first, all others are told.
    let edits = (0..10).map(|n| json!({ "description": format!("Number {n}") }));
    let edits: Vec<Value> = edits.map(|change| edit_of(&there, change)).collect::<Result<_>>()?;
    let answers = join_all(edits.into_iter().map(|edit| house.put(&there, edit))).await;
    let statuses: Vec<StatusCode> = answers.into_iter().map(|answer| Ok(answer?.status())).collect::<Result<_>>()?;
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (1, 9), "{statuses:?}");

    // What was not asked for is refused, and nothing is changed without saying what was read.
    let there = house.editor.get("/v1/titles/dark").await?;
    for (change, expected) in [(json!({ "status": "published" }), 400), (json!({ "revision": null }), 400)] {
        assert_eq!(house.put(&there, edit_of(&there, change)?).await?.status(), expected);
    }
    let mut unread = edit_of(&there, json!({}))?;
    unread.as_object_mut().context("an edit")?.remove("version");
    assert_eq!(problem(house.put(&there, unread.clone()).await?).await?.0, 428);
    let path = format!("/v1/titles/{}", text(&there, "id")?);
    let tagged = house.editor.web.request(Method::PUT, &path).bearer_auth(&house.editor.token);
    let tag = format!("\"{}\"", there["version"]);
    assert_eq!(tagged.header("if-match", tag).json(&unread).send().await?.status(), 200);

    let changes = house.editor.get(&format!("{path}/changes")).await?;
    let what: Vec<_> = changes["changes"].as_array().context("no changes")?.iter().map(|c| &c["what"]).collect();
    assert_eq!(what, [&json!(["description"]), &json!(["genres", "year"]), &json!(["made"])]);
    let told = house.told(&there).await?;
    let expected = [(1, vec!["made"]), (2, vec!["genres", "year"]), (3, vec!["description"])];
    let told: Vec<_> = told.iter().map(|(v, what, _)| (*v, what.iter().map(String::as_str).collect())).collect();
    assert_eq!(told, expected, "every change is an event");
    Ok(())
}

#[tokio::test]
async fn a_scheduled_title_appears_by_itself_and_a_withdrawn_one_is_gone() -> Result<()> {
    let house = House::open().await?;
    // Long enough that it can be seen not to be there before.
    let due = now()? + 6_000;
    let title = json!({ "name": "Dark", "kind": "series", "genres": ["Drama"], "publish_at": rfc3339(due) });
    let series = house.make(title).await?;
    assert_eq!(series["status"], "scheduled");
    let before = house.status_in("DE", "/v1/titles/dark").await?;
    let (list, seen) = (house.viewer.get("/v1/titles").await?, house.found("DE", "dark").await?);
    if now()? < due {
        assert_eq!((before, slugs(&list["titles"]), seen), ((404, "not-found".into()), vec![], vec![]));
    }
    house.finds("DE", "dark", &["dark"]).await?;
    assert!(now()? >= due);
    assert_eq!(slugs(&house.viewer.get("/v1/titles").await?["titles"]), ["dark"]);
    let published = house.viewer.get("/v1/titles/dark").await?;
    assert_eq!((&published["status"], &published["published_at"]), (&json!("published"), &json!(rfc3339(due))));
    eventually("it is on the first page", SOON, async || Ok((house.home().await? == ["dark"]).then_some(()))).await?;
    let told = house.told(&series).await?;
    assert_eq!(told[1], (2, vec!["status".into()], "published".into()), "its time is an event: {told:?}");

    let (status, code, _) =
        problem(house.viewer.web.get("/playback?contentId=dark&device=browser", &house.viewer.token).await?).await?;
    assert_eq!((status, code.as_str()), (409, "not-published"), "a series does not play itself");

    let series = house.editor.get("/v1/titles/dark").await?;
    let withdrawn = house.edit(&series, json!({ "release": "withdrawn" })).await?;
    assert_eq!(withdrawn["status"], "withdrawn");
    assert_eq!(house.status_in("DE", "/v1/titles/dark").await?.0, 404);
    assert_eq!(slugs(&house.viewer.get("/v1/titles").await?["titles"]), [""; 0]);
    house.finds("DE", "dark", &[]).await?;
    eventually("it is off the first page", SOON, async || Ok(house.home().await?.is_empty().then_some(()))).await?;
    let list = house.editor.get("/v1/titles?status=withdrawn&q=DAR").await?;
    assert_eq!(slugs(&list["titles"]), ["dark"]);

    let path = format!("/v1/titles/{}", text(&series, "id")?);
    house.editor.send(Method::DELETE, &path, None).await?;
    assert_eq!(house.editor.web.get("/v1/titles/dark", &house.editor.token).await?.status(), 404);
    assert_eq!(slugs(&house.editor.get("/v1/titles?status=all").await?["titles"]), [""; 0]);
    house.make(json!({ "name": "Dark" })).await?;
    Ok(())
}

#[tokio::test]
async fn a_title_is_seen_where_its_window_is_open_and_in_the_viewer_s_language() -> Result<()> {
    let house = House::open().await?;
    let texts = json!({ "de": { "name": "Der Hase", "description": "Ein Hase." } });
    let here = json!({ "name": "The Hare", "announced": true, "language": "en", "texts": texts,
        "windows": [{ "countries": ["DE", "AT"] }] });
    house.make(here).await?;
    let over = json!({ "name": "The Bear", "announced": true, "windows": [{ "until": "2020-01-01T00:00:00Z" }] });
    house.make(over).await?;
    house.make(json!({ "name": "The Fox", "announced": true })).await?;
    assert_eq!(house.status_in("DE", "/v1/titles/the-hare").await?.0, 200);
    let refused = (403, "not-available-here".to_owned());
    assert_eq!(house.status_in("FR", "/v1/titles/the-hare").await?, refused);
    assert_eq!(house.status_in("no country", "/v1/titles/the-hare").await?, refused);
    assert_eq!(house.status_in("DE", "/v1/titles/the-bear").await?, refused);
    assert_eq!(house.editor.get("/v1/titles/the-bear").await?["name"], "The Bear", "an editor sees it");
    house.finds("DE", "the hare", &["the-hare"]).await?;
    house.finds("AT", "hase", &["the-hare"]).await?;
    assert_eq!(house.found("FR", "the hare").await?.iter().filter(|slug| *slug == "the-hare").count(), 0);
    house.finds("FR", "the fox", &["the-fox"]).await?;

    let asked = house.viewer.web.request(Method::GET, "/v1/titles/the-hare").bearer_auth(&house.viewer.token);
    let german = asked.header(COUNTRY, "DE").header("accept-language", "de-AT,en;q=0.5").send().await?;
    let german: Value = german.error_for_status()?.json().await?;
    assert_eq!((&german["name"], &german["description"]), (&json!("Der Hase"), &json!("Ein Hase.")));
    let list = house.viewer.web.request(Method::GET, "/v1/titles").bearer_auth(&house.viewer.token);
    let list: Value = list.header(COUNTRY, "FR").send().await?.json().await?;
    assert_eq!(slugs(&list["titles"]), ["the-fox"]);
    Ok(())
}

#[tokio::test]
async fn a_title_plays_where_its_window_is_open_and_is_licensed_there_alone() -> Result<()> {
    let house = House::open().await?;
    let bear = house.publish("Bear", 0).await?;
    let bear = house.edit(&bear, json!({ "windows": [{ "countries": ["DE"] }] })).await?;
    let refused = (403, "not-available-here".to_owned());
    assert_eq!(house.play_in("DE", "bear").await?.0, 200);
    for country in ["FR", "no country"] {
        assert_eq!(house.play_in(country, "bear").await?, refused, "{country}");
    }
    let request = house.viewer.web.request(Method::GET, &play_of("bear")).bearer_auth(&house.viewer.token);
    let play: Value = request.header(COUNTRY, "DE").send().await?.error_for_status()?.json().await?;
    assert_eq!(house.license_in("DE", &play).await?.0, 200);
    assert_eq!(house.license_in("FR", &play).await?, refused, "a token of another country opens nothing");
    let preview = house.editor.get(&play_of("bear")).await?;
    assert_eq!(house.license_in("FR", &preview).await?.0, 200, "an editor sees it everywhere");

    // The window closes while it plays.
    let over = rfc3339(now()? - 1_000);
    house.edit(&bear, json!({ "windows": [{ "countries": ["DE"], "until": over }] })).await?;
    assert_eq!(house.play_in("DE", "bear").await?, refused);
    assert_eq!(house.license_in("DE", &play).await?, refused);
    assert_eq!(house.license_in("DE", &preview).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn a_profile_plays_what_is_for_its_age() -> Result<()> {
    let house = House::open().await?;
    let (bear, _) = (house.publish("Bear", 6).await?, house.publish("Wolf", 16).await?);
    let url = house.platform.url();
    let child = Person::new(url).await?.limited(url, 12).await?;
    let play = child.get(&play_of("bear")).await?;
    let refused = (403, "maturity".to_owned());
    assert_eq!(outcome(child.web.get(&play_of("wolf"), &child.token).await?).await?, refused);
    assert_eq!(outcome(child.web.get("/v1/titles/wolf", &child.token).await?).await?, refused);
    assert_eq!(slugs(&child.get("/v1/titles").await?["titles"]), ["bear"]);
    eventually("only what is for the child is found", SOON, async || {
        let found = child.get("/v1/search?q=").await?;
        ensure!(!slugs(&found["titles"]).contains(&"wolf".to_owned()), "{found}");
        Ok((slugs(&found["titles"]) == ["bear"]).then_some(()))
    })
    .await?;
    assert_eq!(house.play_in("DE", "wolf").await?.0, 200);
    assert_eq!(house.license_in("DE", &play).await?.0, 200);

    // It is rated higher while it plays.
    house.edit(&bear, json!({ "maturity": 16 })).await?;
    assert_eq!(outcome(child.web.get(&play_of("bear"), &child.token).await?).await?, refused);
    assert_eq!(house.license_in("DE", &play).await?, refused);
    let play = house.viewer.get(&play_of("bear")).await?;
    assert_eq!(house.license_in("DE", &play).await?.0, 200, "a profile without a limit plays it");
    Ok(())
}

const TABLE: &str = "external_id,kind,title,year,genres,series,season,episode,countries,box_office\n\
    e2,episode,Lies,2017,,d1,1,2,,x\n\
    d1,series,Dark,2017,\"Drama, Crime\",,,,,x\n\
    e1,episode,Secrets,2017,,d1,1,1,,x\n\
    b1,film,Bunny,soon,,,,,,x\n\
    b2,play,Hare,1700,,,,,,x\n\
    b3,film,,2001,,,,,,x\n\
    e3,episode,Double,2017,,d1,1,2,,x\n\
    e4,episode,Lost,2017,,nowhere,1,1,,x\n\
    b1,film,Again,2001,,,,,,x\n\
    f1,film,Fox,2001,,,,,Germany,x\n";

#[tokio::test]
async fn an_import_takes_what_is_right_and_reports_each_bad_row() -> Result<()> {
    let house = House::open().await?;
    let file = house.platform.data().join("titles.csv");
    std::fs::write(&file, TABLE)?;
    let name = file.to_str().context("a path that is no text")?;
    let report = house.platform.json(&["import", name, "--announced"])?;
    let counts =
        |report: &Value| ["made", "updated", "unchanged", "refused"].map(|count| report[count].as_u64().unwrap_or(99));
    let faults: Vec<_> = report["faults"]
        .as_array()
        .context("no faults")?
        .iter()
        .map(|fault| (fault["row"].as_u64().unwrap_or(0), fault["column"].as_str().unwrap_or_default()))
        .collect();
    // Of two episodes in one place one is taken; which, is told.
    let double = faults.iter().filter(|(row, column)| [1, 7].contains(row) && *column == "number").count();
    assert_eq!(double, 1, "{report}");
    let rest: Vec<_> = faults.iter().filter(|(row, _)| ![1, 7].contains(row)).copied().collect();
    assert_eq!(rest, [(4, "year"), (5, "kind"), (6, "name"), (8, "series"), (10, "row")], "{report}");
    assert_eq!((counts(&report), &report["ignored"]), ([4, 0, 0, 6], &json!(["box_office"])), "{report}");
    let seasons = house.viewer.get("/v1/titles/dark/episodes").await?;
    assert_eq!(seasons["seasons"][0]["episodes"].as_array().map(Vec::len), Some(2), "{seasons}");
    assert_eq!(
        slugs(&house.viewer.get("/v1/titles").await?["titles"]).len(),
        2,
        "episodes are reached from their series"
    );

    std::fs::write(&file, "external_id,title,year,genres,kind\nd1,Dark,2018,Drama,series\nb1,Again,2001,,film\n")?;
    let again = house.platform.json(&["import", name, "--announced"])?;
    assert_eq!(counts(&again), [0, 1, 1, 0], "{again}");
    let dark = house.viewer.get("/v1/titles/dark").await?;
    assert_eq!((&dark["year"], &dark["genres"]), (&json!(2018), &json!(["Drama"])));
    let csv = house.editor.web.request(Method::POST, "/v1/imports?first=7").bearer_auth(&house.editor.token);
    let csv = csv.header("content-type", "text/csv").body("external_id,year\nd1,18\n").send().await?;
    let csv: Value = csv.error_for_status()?.json().await?;
    assert_eq!((&csv["faults"][0]["row"], &csv["faults"][0]["column"]), (&json!(7), &json!("year")));
    Ok(())
}

#[tokio::test]
async fn an_episode_leads_to_the_next_one() -> Result<()> {
    let house = House::open().await?;
    let series = house.make(json!({ "name": "Dark", "kind": "series" })).await?;
    let mut episodes = Vec::new();
    for (number, name) in [(1, "Secrets"), (2, "Lies"), (3, "Past and present")] {
        let place = json!({ "id": series["id"], "season": 1, "number": number });
        episodes.push(house.make(json!({ "name": name, "kind": "episode", "series": place })).await?);
    }
    let taken =
        json!({ "name": "Double", "kind": "episode", "series": { "id": series["id"], "season": 1, "number": 2 } });
    let refused = house.editor.web.request(Method::POST, "/v1/titles").bearer_auth(&house.editor.token);
    assert_eq!(problem(refused.json(&taken).send().await?).await?.1, "place-taken");

    let film = Film::generated(320, 180, 4)?;
    for episode in &episodes[..2] {
        let (id, name) = (text(episode, "id")?, text(episode, "name")?);
        house.platform.json(&["publish", film.arg(), "--title", name, "--title-id", id])?;
    }
    let next = async |slug: &str| {
        let next = house.viewer.get(&format!("/v1/titles/{slug}/next")).await?;
        anyhow::Ok(next["title"]["slug"].as_str().map(str::to_owned))
    };
    assert_eq!(next("dark").await?.as_deref(), Some("secrets"));
    assert_eq!(next("secrets").await?.as_deref(), Some("lies"));
    assert_eq!(next("lies").await?, None, "the third one has no film yet");
    let seasons = house.viewer.get("/v1/titles/dark/episodes").await?;
    assert_eq!(slugs(&seasons["seasons"][0]["episodes"]), ["secrets", "lies"], "a viewer sees what is published");
    let all = house.editor.get("/v1/titles/dark/episodes").await?;
    assert_eq!(slugs(&all["seasons"][0]["episodes"]).len(), 3);
    let lies = house.viewer.get("/v1/titles/lies").await?;
    assert_eq!((&lies["series_name"], &lies["series"]["number"]), (&json!("Dark"), &json!(2)));
    house.viewer.get("/playback?contentId=lies&device=browser").await?;

    // What was begun is gone on with by its episode, and stands for the whole series.
    let moment =
        json!({ "play": Uuid::now_v7(), "title_id": episodes[0]["id"], "at": now()?, "eighth": 4, "position_ms": 50 });
    house.viewer.watched(moment).await?;
    eventually("the episode can be gone on with", SOON, async || {
        let home = house.viewer.get("/v1/home").await?;
        let row = home["rows"].as_array().into_iter().flatten().find(|row| row["id"] == "continue-watching");
        let Some(card) = row.map(|row| &row["items"][0]["title"]) else { return Ok(None) };
        ensure!(card["slug"] == "secrets" && card["series_name"] == "Dark", "{card}");
        Ok(Some(()))
    })
    .await?;
    assert!(!house.home().await?.contains(&"lies".to_owned()), "episodes are reached from their series");

    // What its series shows to nobody, nobody is shown.
    let read = house.editor.get("/v1/titles/dark").await?;
    house.edit(&read, json!({ "release": "withdrawn" })).await?;
    assert_eq!(house.status_in("DE", "/v1/titles/lies").await?.0, 404);
    let path = format!("/v1/titles/{}", text(&series, "id")?);
    let refused = house.editor.web.request(Method::DELETE, &path).bearer_auth(&house.editor.token).send().await?;
    assert_eq!(problem(refused).await?.1, "has-episodes");
    Ok(())
}

#[tokio::test]
async fn an_editor_gives_a_title_a_poster_and_nothing_but_a_picture() -> Result<()> {
    let house = House::open().await?;
    let title = house.make(json!({ "name": "Dark", "announced": true })).await?;
    let path = format!("/v1/titles/{}/poster", text(&title, "id")?);
    let put = async |media_type: &str, body: Vec<u8>| {
        let request = house.editor.web.request(Method::PUT, &path).bearer_auth(&house.editor.token);
        anyhow::Ok(request.header("content-type", media_type).body(body).send().await?)
    };
    for (media_type, body, status) in [
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 415),
        ("image/png", b"<script>alert(1)</script>".to_vec(), 415),
        ("image/png", vec![0; 5 << 20], 413),
    ] {
        assert_eq!(put(media_type, body).await?.status(), status, "{media_type}");
    }
    let picture = Film::by_ffmpeg("poster.png", &["-f", "lavfi", "-i", "testsrc2=size=640x360", "-frames:v", "1"])?;
    let bytes = std::fs::read(picture.path())?;
    let given: Value = put("image/png", bytes.clone()).await?.error_for_status()?.json().await?;
    let poster = given["artwork"]["poster"].as_str().context("no poster")?.to_owned();
    let shown = house.viewer.web.get(&poster, "").await?.error_for_status()?;
    let header = |name: &str| shown.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert_eq!(header("content-type").as_deref(), Some("image/png"));
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
    assert_eq!(shown.bytes().await?, bytes);
    // Who read the title before may still edit it: that says nothing of the poster.
    house.edit(&title, json!({ "year": 2017 })).await?;
    let taken = house.editor.send(Method::DELETE, &path, None).await?;
    assert_eq!((&taken["artwork"], &taken["year"]), (&Value::Null, &json!(2017)));
    Ok(())
}
