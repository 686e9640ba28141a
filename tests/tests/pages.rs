//! What browsers get: pages, compressed for whom can read that, and for pages of other origins what
//! they may use.

use anyhow::{Context, Result, ensure};
use reel_tests::platform::root;
use reel_tests::{Platform, Web};
use reqwest::{Method, Response};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[tokio::test]
async fn browsers_get_what_they_ask_for_and_may_have() -> Result<()> {
    let platform = Platform::start()?;
    let web = Web::at(platform.url())?;
    a_page_is_the_same_however_it_is_compressed(&web).await?;
    a_player_elsewhere_may_play_and_not_sign_in(&web).await
}

async fn a_page_is_the_same_however_it_is_compressed(web: &Web) -> Result<()> {
    let script = largest_script()?;
    for (path, kind) in [("/", "text/html"), ("/abr.wasm", "application/wasm"), (&*script, "text/javascript")] {
        let plain = get(web, path, "identity").await?;
        assert!(header(&plain, "content-encoding").is_empty());
        let (caching, plain) = (header(&plain, "cache-control"), plain.bytes().await?);
        for (asked, sent) in [("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip")] {
            let answer = get(web, path, asked).await?;
            assert_eq!(header(&answer, "content-encoding"), sent, "{path}");
            assert_eq!(header(&answer, "vary"), "accept-encoding", "{path}");
            assert_eq!(header(&answer, "cache-control"), caching, "{path}");
            assert!(header(&answer, "content-type").starts_with(kind), "{path}");
            let body = answer.bytes().await?;
            assert!(body.len() < plain.len(), "{path} has {} bytes of {}", body.len(), plain.len());
            assert_eq!(decoded(sent, &body)?, plain, "{path} by {sent}");
        }
    }
    Ok(())
}

async fn a_player_elsewhere_may_play_and_not_sign_in(web: &Web) -> Result<()> {
    let allowed = [
        ("GET", "/playback", "authorization"),
        ("GET", "/play/T/a/b/web/manifest.mpd", ""),
        ("GET", "/t/T/a/b/c/1.m4s", "range"),
        ("GET", "/steering/T", ""),
        ("POST", "/v1/license/T", "content-type"),
        ("POST", "/v1/events", "authorization, content-type"),
    ];
    for (method, path, headers) in allowed {
        let answer = preflight(web, method, path).await?;
        assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (204, "*".into()));
        assert_eq!(header(&answer, "access-control-allow-methods"), method, "{path}");
        let sent = header(&answer, "access-control-allow-headers");
        assert!(headers.split(", ").all(|header| sent.contains(header)), "{path}: {sent}");
        assert!(header(&answer, "access-control-allow-credentials").is_empty(), "{path}");
        let answer = web.request(method.parse()?, path).header("origin", ELSEWHERE).send().await?;
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{path}");
    }
    for (method, path) in [("POST", "/v1/auth/sign-in"), ("POST", "/v1/auth/refresh"), ("GET", "/v1/profiles")] {
        let answer = preflight(web, method, path).await?;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        let answers = [answer, web.request(method.parse()?, path).header("origin", ELSEWHERE).send().await?];
        assert!(answers.iter().all(|answer| header(answer, "access-control-allow-origin").is_empty()), "{path}");
    }
    Ok(())
}

const ELSEWHERE: &str = "https://player.example";

async fn preflight(web: &Web, method: &str, path: &str) -> Result<Response> {
    let request = web.request(Method::OPTIONS, path).header("origin", ELSEWHERE);
    Ok(request.header("access-control-request-method", method).send().await?)
}

async fn get(web: &Web, path: &str, encodings: &str) -> Result<Response> {
    Ok(web.request(Method::GET, path).header("accept-encoding", encodings).send().await?.error_for_status()?)
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn largest_script() -> Result<String> {
    let files = std::fs::read_dir(root().join("web/dist/assets"))?.collect::<Result<Vec<_>, _>>()?;
    let scripts = files.iter().filter(|file| Path::new(&file.file_name()).extension().is_some_and(|e| e == "js"));
    let largest = scripts.max_by_key(|file| file.metadata().map_or(0, |m| m.len())).context("there is no script")?;
    Ok(format!("/assets/{}", largest.file_name().to_string_lossy()))
}

/// Node made it, and Node reads it.
fn decoded(encoding: &str, body: &[u8]) -> Result<Vec<u8>> {
    let decode = if encoding == "br" { "brotliDecompressSync" } else { "gunzipSync" };
    let program = format!("process.stdout.write(require('zlib').{decode}(require('fs').readFileSync(0)))");
    let mut node = Command::new("node");
    let mut node = node.args(["-e", &program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    node.stdin.take().context("no input")?.write_all(body)?;
    let output = node.wait_with_output()?;
    ensure!(output.status.success(), "node cannot decode it");
    Ok(output.stdout)
}
