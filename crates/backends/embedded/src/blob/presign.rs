//! Presigned URLs: `blob/BUCKET/KEY?expires=SECONDS&…&signature=HEX`, relative to the
//! platform's base URL. HMAC-SHA256 (RFC 2104) over method, object, operation and expiry.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reel_capabilities::Millis;
use reel_capabilities::blob::Operation;
use sha2::Sha256;
use std::collections::HashMap;
use url::form_urlencoded;

/// What a path keeps as it is: the unreserved characters (RFC 3986 section 2.3) and `/`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What a verified URL allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// What may be done to it.
    pub operation: Operation,
}

/// Why a URL allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PresignError {
    /// It is not of the form that this store signs.
    #[error("this is no presigned URL: it is blob/BUCKET/KEY?expires=…&signature=…")]
    Malformed,
    /// It was not signed by this platform, or was changed since.
    #[error("the URL's signature is not valid: ask for a new URL")]
    Signature,
    /// It was signed for another method.
    #[error("the URL is not signed for this method: GET or HEAD reads, PUT stores a part")]
    Method,
    /// Its time is over.
    #[error("the URL has expired: ask for a new one")]
    Expired,
    /// This process was not given the key.
    #[error("this process has no key to sign URLs with")]
    NoKey,
}

/// The key that URLs are signed with.
#[derive(Clone)]
pub struct PresignKey(Hmac<Sha256>);

impl PresignKey {
    /// A key of random bytes, 32 for full strength.
    pub fn new(secret: &[u8]) -> Result<Self, PresignError> {
        if secret.is_empty() {
            return Err(PresignError::NoKey);
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| PresignError::NoKey)
    }

    /// The URL that allows an operation until a time in Unix seconds.
    pub fn sign(&self, signed: &Signed, expires: u64) -> String {
        let signature = hex::encode(self.mac(signed, expires).finalize().into_bytes());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("expires", &expires.to_string());
        if let Operation::PutPart { upload, number } = &signed.operation {
            query.append_pair("upload", upload).append_pair("part", &number.to_string());
        }
        query.append_pair("signature", &signature);
        format!("blob/{}/{}?{}", signed.bucket, utf8_percent_encode(&signed.key, ESCAPED), query.finish())
    }

    /// What a request's path and query, below the base URL, allow at a time.
    pub fn verify(&self, method: &str, path_and_query: &str, now: Millis) -> Result<Signed, PresignError> {
        let (signed, expires, signature) = parse(path_and_query).ok_or(PresignError::Malformed)?;
        self.mac(&signed, expires).verify_slice(&signature).map_err(|_| PresignError::Signature)?;
        let fits = match signed.operation {
            Operation::Get => method == "GET" || method == "HEAD",
            Operation::PutPart { .. } => method == "PUT",
        };
        match (fits, now < expires.saturating_mul(1_000)) {
            (false, _) => Err(PresignError::Method),
            (_, false) => Err(PresignError::Expired),
            _ => Ok(signed),
        }
    }

    /// No field can hold a line break, so no two requests read alike.
    fn mac(&self, signed: &Signed, expires: u64) -> Hmac<Sha256> {
        let Signed { bucket, key, operation } = signed;
        let operation = match operation {
            Operation::Get => "get".to_owned(),
            Operation::PutPart { upload, number } => format!("put-part {number} {upload}"),
        };
        self.0.clone().chain_update(format!("{bucket}\n{key}\n{operation}\n{expires}"))
    }
}

fn parse(path_and_query: &str) -> Option<(Signed, u64, Vec<u8>)> {
    let (path, query) = path_and_query.strip_prefix('/').unwrap_or(path_and_query).split_once('?')?;
    let (bucket, key) = path.strip_prefix("blob/")?.split_once('/')?;
    let key = percent_decode_str(key).decode_utf8().ok()?.into_owned();
    let query: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let operation = match (query.get("upload"), query.get("part")) {
        (None, None) => Operation::Get,
        (Some(upload), Some(part)) => Operation::PutPart { upload: upload.to_string(), number: part.parse().ok()? },
        _ => return None,
    };
    let line_break = |text: &str| text.contains('\n');
    let strange = line_break(bucket) || line_break(&key) || query.values().any(|value| line_break(value));
    let signature = hex::decode(query.get("signature")?.as_bytes()).ok()?;
    let signed = Signed { bucket: bucket.into(), key, operation };
    (!strange).then_some((signed, query.get("expires")?.parse().ok()?, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PresignKey {
        PresignKey::new(&[7; 32]).expect("32 bytes are a key")
    }

    fn part() -> Signed {
        let operation = Operation::PutPart { upload: "0123".into(), number: 3 };
        Signed { bucket: "films".into(), key: "a b/ü?&%2F.mp4".into(), operation }
    }

    #[test]
    fn what_is_signed_is_allowed_until_it_expires() {
        let url = key().sign(&part(), 100);
        assert!(
            url.starts_with("blob/films/a%20b/%C3%BC%3F%26%252F.mp4?expires=100&upload=0123&part=3&signature="),
            "{url}"
        );
        assert_eq!(key().verify("PUT", &url, 99_999), Ok(part()));
        assert_eq!(key().verify("PUT", &format!("/{url}"), 99_999), Ok(part()));
        assert_eq!(key().verify("PUT", &url, 100_000), Err(PresignError::Expired));
        assert_eq!(key().verify("GET", &url, 0), Err(PresignError::Method));
    }

    #[test]
    fn nothing_can_be_changed() {
        let url = key().sign(&part(), 100);
        let changes = [
            ("films", "other"),
            ("a%20b", "a%20c"),
            ("expires=100", "expires=999"),
            ("part=3", "part=4"),
            ("0123", "0124"),
        ];
        for (from, to) in changes {
            assert_eq!(key().verify("PUT", &url.replacen(from, to, 1), 0), Err(PresignError::Signature), "{from}");
        }
        let get = url.replace("&upload=0123&part=3", "");
        assert_eq!(key().verify("GET", &get, 0), Err(PresignError::Signature));
        let other = PresignKey::new(&[8; 32]).expect("32 bytes are a key");
        assert_eq!(other.verify("PUT", &url, 0), Err(PresignError::Signature));
    }

    #[test]
    fn what_is_no_presigned_url_is_refused() {
        for url in [
            "",
            "/",
            "blob",
            "blob/x",
            "blob/x/y",
            "blob/x/y?",
            "blob/x/y?expires=1",
            "blob/x/y?expires=x&signature=00",
            "blob/x/%ff?expires=1&signature=00",
        ] {
            assert_eq!(key().verify("GET", url, 0), Err(PresignError::Malformed), "{url}");
        }
    }
}
