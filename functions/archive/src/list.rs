//! The files, for who takes them along.

use crate::consume::FILES;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::archive::{File, Files};
use reel_sdk::blob::{Error, Operation};
use reel_sdk::{Problem, Request, Response, Role};

/// How long a file may be read by its URL, in seconds.
const READABLE_S: u32 = 3_600;

/// A page of files.
///
/// # Errors
/// A 403 problem for who is no operator, 400 for a cursor that no page ended with.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let cursor = request.query("cursor").map(|cursor| read(&cursor)).transpose()?;
    let continued = cursor.is_some();
    let page = match FILES.list("", cursor).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let mut files = Vec::with_capacity(page.objects.len());
    for object in page.objects {
        let url = FILES.presign(&object.key, Operation::Get, READABLE_S).await?;
        files.push(File { name: object.key, size: object.size, url });
    }
    Response::json(200, &Files { files, cursor: page.cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)) })
}

/// The store's cursor, which is sent in a form that needs no encoding in an address.
fn read(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_cursor)
}

fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of the archive ended with")
}
