//! The peer: a native Lambda for HTTP with lambda_http and nothing else. It answers `/hello` as the tests' guest does.

use lambda_http::{Body, Error, Request, RequestExt, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(request: Request) -> Result<Response<Body>, Error> {
    let (status, text) = match request.raw_http_path() {
        "/hello" => (200, "hello"),
        _ => (404, "there is only /hello"),
    };
    Ok(Response::builder().status(status).header("content-type", "text/plain; charset=utf-8").body(text.into())?)
}
