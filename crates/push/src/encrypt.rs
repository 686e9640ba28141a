//! A message, encrypted for one browser (RFC 8291) as one record of `aes128gcm` (RFC 8188).

use crate::{PushError, Subscription};
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Key, Nonce};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey, ecdh};
use sha2::Sha256;

/// The size of a record, as the header says; services take no longer bodies (RFC 8030, section 7.2).
const RECORD: u32 = 4096;
/// What a record holds besides the message: header, key id, padding delimiter, tag.
const OVERHEAD: usize = 16 + 4 + 1 + 65 + 1 + 16;
/// The most bytes of a message.
pub(crate) const MAX_PLAINTEXT: usize = RECORD as usize - OVERHEAD;
/// No padding follows: it is the last record.
const LAST: u8 = 2;

/// Encrypts a message, with a key and a salt that are used this once.
///
/// # Errors
/// [`PushError::Invalid`] when it is longer than what push services take.
pub fn encrypt(
    plaintext: &[u8],
    to: &Subscription,
    ephemeral: &SecretKey,
    salt: [u8; 16],
) -> Result<Vec<u8>, PushError> {
    if plaintext.len() > MAX_PLAINTEXT {
        let (size, most) = (plaintext.len(), MAX_PLAINTEXT);
        return Err(PushError::Invalid(format!("a push has at most {most} bytes; this one has {size}")));
    }
    let ours = point(&ephemeral.public_key());
    let shared = ecdh::diffie_hellman(ephemeral.to_nonzero_scalar(), to.key.as_affine());
    let (key, nonce) = derive(shared.raw_secret_bytes(), to, &ours, salt)?;
    let record = [plaintext, &[LAST]].concat();
    let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key));
    let sealed = cipher.encrypt(&Nonce::from(nonce), &*record).map_err(|_| broken())?;
    let mut body = Vec::with_capacity(sealed.len() + OVERHEAD);
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(ours.len() as u8);
    body.extend_from_slice(&ours);
    body.extend_from_slice(&sealed);
    Ok(body)
}

/// The content encryption key and the nonce (RFC 8291, section 3.4).
fn derive(shared: &[u8], to: &Subscription, ours: &[u8], salt: [u8; 16]) -> Result<([u8; 16], [u8; 12]), PushError> {
    let info = [b"WebPush: info\0", &*point(&to.key), ours].concat();
    let mut input = [0; 32];
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    Hkdf::<Sha256>::new(Some(&to.secret), shared).expand(&info, &mut input).map_err(|_| broken())?;
    let keys = Hkdf::<Sha256>::new(Some(&salt), &input);
    keys.expand(b"Content-Encoding: aes128gcm\0", &mut key).map_err(|_| broken())?;
    keys.expand(b"Content-Encoding: nonce\0", &mut nonce).map_err(|_| broken())?;
    Ok((key, nonce))
}

/// The 65 bytes of a point, uncompressed.
pub(crate) fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// Lengths are fixed: this does not happen.
fn broken() -> PushError {
    PushError::Invalid("the message cannot be encrypted".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::tests::{AUTH, P256DH, json};
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

    fn receiver() -> Subscription {
        Subscription::parse(&json("https://push.example.net/push/x", P256DH, AUTH)).unwrap()
    }

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64.decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_example_of_rfc_8291() {
        let sender = SecretKey::from_slice(&bytes::<32>("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let plaintext = b"When I grow up, I want to be a watermelon";
        let body = encrypt(plaintext, &receiver(), &sender, bytes("DGv6ra1nlYgDCS1FRnbzlw")).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
            AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64.encode(body), expected);
    }

    #[test]
    fn the_longest_message_fills_a_record() {
        let sender = SecretKey::from_slice(&[7; 32]).unwrap();
        let body = encrypt(&[b'x'; MAX_PLAINTEXT], &receiver(), &sender, [1; 16]).unwrap();
        assert_eq!(body.len(), RECORD as usize);
        assert!(encrypt(&[b'x'; MAX_PLAINTEXT + 1], &receiver(), &sender, [1; 16]).is_err());
    }
}
