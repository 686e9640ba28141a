//! Presigned URLs: `blob/BUCKET/KEY?…`, S3's way of moving bytes without a function.

use futures::TryStreamExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, BodyStream, StreamBody};
use reel_api::Problem;
use reel_backend_embedded::blob::{FileBlobs, PresignError};
use reel_capabilities::blob::{BlobError, Blobs, Operation};
use reel_host::{Body, BodyError, empty, problem_response};

/// The largest part, in bytes.
const MAX_PART: u64 = 64 * 1024 * 1024;

/// Answers a request that carries its own permission.
pub(crate) async fn answer(blobs: &FileBlobs, request: Request<Body>) -> Response<Body> {
    let carried = request.uri().path_and_query().map_or("", |p| p.as_str()).trim_start_matches('/').to_owned();
    match allowed(blobs, request, &carried).await {
        Ok(response) => response,
        Err(problem) => problem_response(&problem),
    }
}

async fn allowed(blobs: &FileBlobs, request: Request<Body>, carried: &str) -> Result<Response<Body>, Problem> {
    let signed = blobs.verify_presigned(request.method().as_str(), carried).map_err(refused)?;
    match signed.operation {
        Operation::PutPart { upload, number } => {
            let part =
                blobs.put_part(&signed.bucket, &signed.key, &upload, number, sent(request)?).await.map_err(failed)?;
            let mut response = Response::new(empty());
            let etag =
                HeaderValue::from_str(&format!("\"{}\"", part.etag)).map_err(|e| Problem::internal(e.to_string()))?;
            response.headers_mut().insert(header::ETAG, etag);
            Ok(response)
        }
        Operation::Get => object(blobs, &signed.bucket, &signed.key, request.method() == Method::HEAD).await,
    }
}

async fn object(blobs: &FileBlobs, bucket: &str, key: &str, head_only: bool) -> Result<Response<Body>, Problem> {
    let (info, content) = blobs.open(bucket, key, None).await.map_err(failed)?;
    let frames = content.map_ok(hyper::body::Frame::data).map_err(|e| BodyError::InternalError(Some(e.to_string())));
    let body = if head_only { empty() } else { StreamBody::new(frames).boxed_unsync() };
    let response =
        Response::builder().header(header::CONTENT_TYPE, info.content_type).header(header::CONTENT_LENGTH, info.size);
    response.body(body).map_err(|e| Problem::internal(e.to_string()))
}

/// The request's body, refused when it announces too much or does not say how much.
fn sent(request: Request<Body>) -> Result<reel_capabilities::blob::Body, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length <= MAX_PART => {}
        Some(length) => {
            let detail = format!("a part holds at most {MAX_PART} bytes, not {length}");
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE.as_u16(),
                "too-large",
                "The part is too large",
                detail,
            ));
        }
        None => {
            return Err(Problem::new(
                411,
                "length-required",
                "The length is missing",
                "send Content-Length with a part",
            ));
        }
    }
    let data = BodyStream::new(request.into_body()).try_filter_map(|frame| async { Ok(frame.into_data().ok()) });
    Ok(Box::pin(data.map_err(|e| BlobError::Invalid(format!("the part broke off: {e}")))))
}

fn refused(error: PresignError) -> Problem {
    let code = match error {
        PresignError::Expired => "expired",
        PresignError::NoKey => return Problem::internal(error.to_string()),
        _ => "forged",
    };
    Problem::forbidden(code, error.to_string())
}

fn failed(error: BlobError) -> Problem {
    match error {
        BlobError::NotFound(_) => Problem::not_found(error.to_string()),
        BlobError::Exists(_) => Problem::conflict("exists", error.to_string()),
        BlobError::Invalid(_) => Problem::invalid(error.to_string()),
        BlobError::Unavailable(_) => Problem::unavailable(error.to_string(), 5),
    }
}
