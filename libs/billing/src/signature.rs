//! Signatures of webhooks: Stripe's scheme `v1`, HMAC-SHA256 over `TIME.PAYLOAD`.

use hmac::{Hmac, KeyInit, Mac};
use reel_api::Millis;
use sha2::Sha256;

/// How far the time of a signature may be from ours, in milliseconds: what Stripe's own libraries allow.
pub const TOLERANCE_MS: Millis = 5 * 60 * 1_000;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forgery {
    /// The header is not of the form `t=SECONDS,v1=HEX`.
    #[error("Stripe-Signature is not of the form t=SECONDS,v1=HEX")]
    Malformed,
    /// It was signed too long ago, or in the future.
    #[error("it was signed more than five minutes from now")]
    Stale,
    /// No signature is of ours.
    #[error("none of its signatures is right")]
    Wrong,
}

/// Believes a payload whose header `Stripe-Signature` has one right signature, made within [`TOLERANCE_MS`].
///
/// # Errors
/// Why it is not believed.
pub fn verify(secret: &[u8], header: &str, payload: &[u8], now: Millis) -> Result<(), Forgery> {
    let pairs = || header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let seconds = pairs().find(|(name, _)| *name == "t").map(|(_, value)| value).ok_or(Forgery::Malformed)?;
    let at = seconds.parse::<u64>().ok().and_then(|seconds| seconds.checked_mul(1_000)).ok_or(Forgery::Malformed)?;
    let mut signatures = pairs().filter(|(name, _)| *name == "v1").filter_map(|(_, value)| hex::decode(value).ok());
    // In constant time, as `verify_slice` compares.
    let right = |signature: Vec<u8>| mac(secret, seconds, payload).verify_slice(&signature).is_ok();
    match signatures.any(right) {
        false => Err(Forgery::Wrong),
        true if now.abs_diff(at) > TOLERANCE_MS => Err(Forgery::Stale),
        true => Ok(()),
    }
}

/// The header of a payload that is signed at a time in Unix seconds.
pub fn sign(secret: &[u8], seconds: u64, payload: &[u8]) -> String {
    let signature = mac(secret, &seconds.to_string(), payload).finalize().into_bytes();
    format!("t={seconds},v1={}", hex::encode(signature))
}

fn mac(secret: &[u8], seconds: &str, payload: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed(secret);
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(payload);
    mac
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"whsec_test";
    const NOW: Millis = 1_700_000_000_000;

    #[test]
    fn what_is_signed_is_believed_for_five_minutes() {
        let header = sign(SECRET, NOW / 1_000, b"{}");
        for (later, verdict) in [(0, Ok(())), (TOLERANCE_MS, Ok(())), (TOLERANCE_MS + 1, Err(Forgery::Stale))] {
            assert_eq!(verify(SECRET, &header, b"{}", NOW + later), verdict);
            assert_eq!(verify(SECRET, &header, b"{}", NOW - later), verdict);
        }
    }

    #[test]
    fn the_scheme_is_stripes() {
        // HMAC-SHA256 of "1700000000.{}" by another implementation (Python's hmac).
        let expected = "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
        assert_eq!(sign(SECRET, NOW / 1_000, b"{}"), expected);
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let header = sign(SECRET, NOW / 1_000, b"{}");
        let (time, right) = header.split_once(',').unwrap();
        let rolled = format!("{time},v1={},v0=00,{right}", "00".repeat(32));
        assert_eq!(verify(SECRET, &rolled, b"{}", NOW), Ok(()));
    }

    #[test]
    fn forgeries_are_refused() {
        let header = sign(SECRET, NOW / 1_000, b"{}");
        let other_time = header.replace("t=1700000000", "t=1700000001");
        let v0 = header.replace("v1=", "v0=");
        for (header, payload, why) in [
            (&*header, &b"{ }"[..], Forgery::Wrong),
            (&sign(b"whsec_other", NOW / 1_000, b"{}"), b"{}", Forgery::Wrong),
            (&other_time, b"{}", Forgery::Wrong),
            (&v0, b"{}", Forgery::Wrong),
            ("t=1700000000", b"{}", Forgery::Wrong),
            ("t=1700000000,v1=", b"{}", Forgery::Wrong),
            ("", b"{}", Forgery::Malformed),
            ("t=now,v1=00", b"{}", Forgery::Malformed),
            ("t=18446744073709551615,v1=00", b"{}", Forgery::Malformed),
        ] {
            assert_eq!(verify(SECRET, header, payload, NOW), Err(why), "{header}");
        }
    }
}
