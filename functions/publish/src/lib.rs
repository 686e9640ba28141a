//! Makes an encoded title visible, or tells that its encoding failed.

use reel_api::Client;
use reel_api::content::{ENCODING_PATH, EncodingNews};
use reel_api::encoding::{PackageAnswer, PublishRequest};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response};
use serde_json::Value;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if !request.is_task() {
        return Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path())));
    }
    let news = news(request.json()?)?;
    Client::new(Function("content")).post::<()>(ENCODING_PATH, &news).await?;
    // Its input is its output, so that the execution's output tells all that was made.
    Response::json(200, &request.json::<Value>()?)
}

/// What `content` is told. A failure goes before a package: publishing itself may have failed.
fn news(request: PublishRequest) -> Result<EncodingNews, Problem> {
    let (title_id, revision) = (request.job.title_id, request.job.revision);
    match (request.failure, request.package) {
        (Some(failure), _) => Ok(EncodingNews::Failed { title_id, revision, reason: failure.reason() }),
        (None, Some(package)) => {
            let PackageAnswer { duration_ms, poster, thumbnails, interval_ms, .. } = package;
            Ok(EncodingNews::Finished { title_id, revision, duration_ms, poster, thumbnails, interval_ms })
        }
        (None, None) => Err(Problem::invalid("there is neither package nor failure to publish")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(fields: Value) -> Result<Value, u16> {
        let mut request = json!({
            "title_id": "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f", "revision": "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70",
            "source": { "bucket": "sources", "key": "k" }, "probe": { "etag": "ignored here" },
        });
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let news = news(serde_json::from_value(request).unwrap()).map_err(|problem| problem.status)?;
        Ok(serde_json::to_value(news).unwrap())
    }

    fn package() -> Value {
        json!({
            "index": { "bucket": "delivery", "key": "i" }, "duration_ms": 9_000, "poster": null,
            "thumbnails": [{ "bucket": "artwork", "key": "0001.jpg" }], "interval_ms": 500,
        })
    }

    #[test]
    fn a_package_is_published() {
        let news = told(json!({ "package": package() })).unwrap();
        assert_eq!((&news["stage"], &news["duration_ms"]), (&json!("finished"), &json!(9_000)));
        assert_eq!(news["thumbnails"][0]["key"], "0001.jpg");
    }

    #[test]
    fn a_failure_is_told_even_beside_a_package() {
        let failure = json!({ "Error": "Reel.Invalid", "Cause": "{\"detail\":\"no picture\"}" });
        for fields in [json!({ "failure": failure }), json!({ "failure": failure, "package": package() })] {
            let news = told(fields).unwrap();
            assert_eq!((&news["stage"], &news["reason"]), (&json!("failed"), &json!("no picture")));
        }
    }

    #[test]
    fn nothing_to_publish_is_refused() {
        assert_eq!(told(json!({})), Err(400));
    }
}
