//! What the host answers, as Lambda wants it.

use crate::event::Event;
use crate::offered::Offered;
use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use bytes::Bytes;
use http::{Request, Response};
use lambda_runtime::Diagnostic;
use reel_api::Problem;
use reel_api::internal::{Answered, Failed};
use reel_backend_aws::events::{Delivered, KinesisEvents};
use reel_host::{Body, Host, TaskFailure, full, problem_response, read};
use serde_json::{Value, json};
use std::sync::Arc;

/// The longest body of an answer, in bytes: Lambda's 6 MB of JSON leave that much in base64.
const MAX_BODY: usize = 4 << 20;

/// The longest text of an answer, in bytes of JSON: that much beside the headers.
const MAX_TEXT: usize = 5 << 20;

/// Answers events with one function.
pub(crate) struct Answering {
    pub(crate) function: String,
    pub(crate) host: Host,
    pub(crate) events: Arc<KinesisEvents>,
    /// What the names of streams, queues, tables and buckets begin with on AWS.
    pub(crate) prefixes: Vec<String>,
}

impl Answering {
    /// Answers one event.
    ///
    /// # Errors
    /// What the caller of the Lambda sees: a workflow catches it by its type, a stream sends
    /// the records again.
    pub(crate) async fn answer(&self, payload: Value) -> Result<Value, Diagnostic> {
        match Event::read(payload).map_err(|error| failed("Reel.Invalid", format!("{error:#}")))? {
            Event::Route(request) => to_gateway(whole(self.host.route(streamed(request)).await).await),
            Event::Call(request) => to_caller(whole(self.host.call(&self.function, streamed(request)).await).await),
            Event::Records(stream, records) => self.consume(&stream, records).await,
            Event::Offered(offered) => self.take(offered).await,
            Event::Task(input) => self.host.task(&self.function, input).await.map_err(of_task),
        }
    }

    /// What Reel calls what has this name on AWS.
    fn own_name<'a>(&self, name: &'a str) -> &'a str {
        self.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
    }

    /// Has records handled once: their source delivers again those that fail, and in the end puts
    /// them where it was told to.
    async fn take(&self, Offered { stream, records, ids }: Offered) -> Result<Value, Diagnostic> {
        let stream = self.own_name(&stream);
        let unavailable = |error| failed("Reel.Unavailable", format!("{stream}: {error}"));
        let refused = self.host.offer(stream, records).await.map_err(unavailable)?;
        match refused.first() {
            Some(first) if ids.is_empty() => Err(failed("Reel.Refused", format!("{stream}: {}", first.reason))),
            _ => {
                let id = |failed: &Failed| ids.get(usize::try_from(failed.position).ok()?.checked_sub(1)?);
                let failures = refused.iter().filter_map(id).map(|id| json!({ "itemIdentifier": id }));
                Ok(json!({ "batchItemFailures": failures.collect::<Vec<_>>() }))
            }
        }
    }

    /// Has records handled; those that fail too often are in the stream `dead-STREAM` then.
    async fn consume(&self, stream: &str, records: Vec<Delivered>) -> Result<Value, Diagnostic> {
        let stream = self.own_name(stream);
        let unavailable = |error| failed("Reel.Unavailable", format!("the stream {stream}: {error}"));
        let records = self.events.unfold(stream, records).await.map_err(unavailable)?;
        self.host.deliver(stream, records).await.map_err(unavailable)?;
        Ok(json!({ "batchItemFailures": [] }))
    }
}

fn streamed(request: Request<Bytes>) -> Request<Body> {
    request.map(full)
}

/// An answer with its whole body, for it travels as one message.
async fn whole(response: Response<Body>) -> Response<Bytes> {
    let (head, body) = response.into_parts();
    match read(body, MAX_BODY).await {
        Ok(body) => Response::from_parts(head, body),
        Err(why) => {
            let detail = format!("the answer is no more than {MAX_BODY} bytes on this way: {why}");
            let problem = Problem::new(502, "bad-answer", "The answer cannot be sent", detail);
            let (head, body) = problem_response(&problem).into_parts();
            Response::from_parts(head, read(body, MAX_BODY).await.unwrap_or_default())
        }
    }
}

fn to_gateway(response: Response<Bytes>) -> Result<Value, Diagnostic> {
    let (head, body) = response.into_parts();
    let mut answer = ApiGatewayProxyResponse::default();
    answer.status_code = head.status.as_u16().into();
    answer.multi_value_headers = head.headers;
    // Text goes as it is, but what escapes would make too long.
    let text = std::str::from_utf8(&body).ok().filter(|text| escaped(text) <= MAX_TEXT);
    answer.is_base64_encoded = text.is_none();
    answer.body = Some(match text {
        Some(text) => lambda_http::Body::Text(text.to_owned()),
        None => lambda_http::Body::Binary(body.to_vec()),
    });
    json(answer)
}

/// How long a text is in JSON.
fn escaped(text: &str) -> usize {
    serde_json::to_string(text).map_or(usize::MAX, |json| json.len())
}

fn to_caller(response: Response<Bytes>) -> Result<Value, Diagnostic> {
    json(Answered::try_from(&response).map_err(|why| failed("Reel.BadAnswer", why))?)
}

fn json(answer: impl serde::Serialize) -> Result<Value, Diagnostic> {
    serde_json::to_value(answer).map_err(|error| failed("Reel.BadAnswer", error.to_string()))
}

fn of_task(TaskFailure { error, cause }: TaskFailure) -> Diagnostic {
    failed(&error, cause)
}

fn failed(error_type: &str, error_message: String) -> Diagnostic {
    Diagnostic { error_type: error_type.to_owned(), error_message }
}
