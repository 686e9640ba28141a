//! Bad input gets one clear answer, and leaves nothing half-made.

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::auth::Claims;
use reel_tests::web::problem;
use reel_tests::{Film, Platform, Web};
use reel_token::Signer;
use reqwest::Method;
use serde_json::json;

#[test]
fn a_film_that_is_none_is_refused_with_what_would_be_right() -> Result<()> {
    let platform = Platform::start()?;
    let whole = Film::generated(320, 180, 9)?;
    let bytes = std::fs::read(whole.path())?;
    let lavfi = ["-f", "lavfi", "-i"];
    let cases = [
        ("nothing", Film::of_bytes("empty.mp4", b"")?, "is empty"),
        (
            "no-video",
            Film::of_bytes("text.mp4", b"this is no film, whatever its name says")?,
            "not a film that ffmpeg can read",
        ),
        ("truncated", Film::of_bytes("cut.mp4", &bytes[..bytes.len() / 2])?, "upload"),
        ("sound-only", Film::by_ffmpeg("sound.mp4", &[&lavfi[..], &["sine", "-t", "3"]].concat())?, "only sound"),
        (
            "tiny",
            Film::by_ffmpeg(
                "tiny.mkv",
                &[&lavfi[..], &["color=size=3x3:rate=24", "-t", "2", "-c:v", "ffv1"]].concat(),
            )?,
            "16",
        ),
    ];
    for (title, film, expected) in cases {
        let said = platform.refusal(&["publish", film.arg(), "--title", title])?;
        assert!(said.contains(expected), "{title}: {said}");
    }
    let titles = platform.json(&["titles"])?;
    let published =
        titles["titles"].as_array().context("titles")?.iter().filter(|t| t["status"] == "published").count();
    assert_eq!(published, 0, "{titles}");
    Ok(())
}

#[test]
fn a_silent_film_and_one_of_odd_size_are_published() -> Result<()> {
    let platform = Platform::start()?;
    let silent = Film::by_ffmpeg(
        "silent.mp4",
        &["-f", "lavfi", "-i", "testsrc2=size=322x242:rate=25", "-t", "5", "-pix_fmt", "yuv420p"],
    )?;
    let published = platform.json(&["publish", silent.arg(), "--title", "Silent"])?;
    assert_eq!(published["renditions"], 1);
    let odd = Film::by_ffmpeg(
        "odd.mkv",
        &["-f", "lavfi", "-i", "testsrc2=size=321x241:rate=30000/1001", "-t", "5", "-pix_fmt", "yuv444p"],
    )?;
    platform.json(&["publish", odd.arg(), "--title", "Odd"])?;
    assert_eq!(platform.json(&["verify", "Odd"])?["ok"], true);
    assert_eq!(platform.json(&["verify", "Silent"])?["ok"], true);
    Ok(())
}

#[test]
fn a_slug_that_exists_is_named() -> Result<()> {
    let platform = Platform::start()?;
    let film = Film::generated(320, 180, 4)?;
    platform.json(&["publish", film.arg(), "--title", "One", "--slug", "taken"])?;
    let said = platform.refusal(&["publish", film.arg(), "--title", "Two", "--slug", "taken"])?;
    assert!(said.contains("taken"), "{said}");
    Ok(())
}

#[test]
fn a_port_in_use_is_named() -> Result<()> {
    let platform = Platform::start()?;
    let taken = platform.url().replace("http://localhost:", "127.0.0.1:");
    let folder = tempfile::tempdir()?;
    let mut second = platform.command(&["up", "--no-demo", "--addr", &taken]);
    let output = second.env("REEL_DATA", folder.path()).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains(&taken) && said.contains("--addr"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused() -> Result<()> {
    let platform = Platform::start()?;
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    assert_eq!(web.get("/v1/titles", &token).await?.status(), 200);

    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims: serde_json::Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1])?)?;
    claims["role"] = json!("owner");
    let forged = [
        ("none", format!("{}.{}.", encode(json!({"alg": "none", "typ": "JWT"})), parts[1])),
        ("other claims", format!("{}.{}.{}", parts[0], encode(claims), parts[2])),
        ("cut off", token[..token.len() - 3].to_owned()),
        ("garbage", "garbage".to_owned()),
    ];
    for (name, token) in forged {
        let (status, code, detail) = problem(web.get("/v1/titles", &token).await?).await?;
        assert_eq!(status, 401, "{name}: {code} {detail}");
        assert!(!detail.is_empty());
    }
    let (status, ..) = problem(web.request(Method::GET, "/v1/titles").send().await?).await?;
    assert_eq!(status, 401);
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_over_or_for_others_is_refused() -> Result<()> {
    let platform = Platform::start()?;
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    let signer = Signer::from_seed(&std::fs::read(platform.data().join("secrets/signing-key"))?)?;
    let claims = token.split('.').nth(1).context("no claims")?;
    let claims: Claims = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims)?)?;
    // Signed anew it is good: the others are refused for what they claim.
    assert_eq!(web.get("/v1/titles", &signer.sign(&claims)).await?.status(), 200);

    let made = claims.iat;
    let cases = [
        (Claims { iat: made - 1_000, exp: made - 100, ..claims.clone() }, "token-expired", "has expired"),
        (Claims { aud: "another-api".into(), ..claims.clone() }, "token-invalid", "for this API"),
        (Claims { iss: "another".into(), ..claims.clone() }, "token-invalid", "by this platform"),
        (Claims { iat: made + 1_000, ..claims.clone() }, "token-invalid", "not valid yet"),
    ];
    for (claims, expected, named) in cases {
        let answer = web.get("/v1/titles", &signer.sign(&claims)).await?;
        let challenge = answer.headers()["www-authenticate"].to_str()?.to_owned();
        assert!(challenge.contains("invalid_token"), "{challenge}");
        let (status, code, detail) = problem(answer).await?;
        assert_eq!((status, code.as_str()), (401, expected), "{detail}");
        assert!(detail.contains(named), "{detail}");
    }
    Ok(())
}

#[tokio::test]
async fn a_viewer_publishes_nothing_and_names_no_principal() -> Result<()> {
    let platform = Platform::start()?;
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    let title = json!({"name": "Mine"});
    let forged = r#"{"account":"01890a5d-ac96-774b-bcce-b302099a8057","session":"01890a5d-ac96-774b-bcce-b302099a8057","profile":null,"role":"owner"}"#;
    let request = web.request(Method::POST, "/v1/titles").bearer_auth(&token).header("x-reel-principal", forged);
    assert_eq!(problem(request.json(&title).send().await?).await?.0, 403);
    let request = web.request(Method::POST, "/v1/titles").header("x-reel-principal", forged);
    assert_eq!(problem(request.json(&title).send().await?).await?.0, 401);
    Ok(())
}

#[tokio::test]
async fn paths_that_climb_and_bodies_too_large_are_refused() -> Result<()> {
    let platform = Platform::start()?;
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    for path in [
        "/artwork/..%2f..%2fsecrets/signing-key",
        "/artwork/../../reel.toml",
        "/_reel/task",
        "/t/x/..%2f..%2fa/1.m4s",
        "/%2e%2e/reel.toml",
    ] {
        let answer = web.get(path, &token).await?;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    let large = vec![b' '; 3 << 20];
    let answer = web
        .request(Method::POST, "/v1/events")
        .bearer_auth(&token)
        .header("content-type", "application/json")
        .body(large);
    assert_eq!(answer.send().await?.status(), 413);
    Ok(())
}
