//! Both ceremonies, with an authenticator that is written here from the specification.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::Signer as _;
use minicbor::Encoder;
use reel_api::passkey::{Attestation, Signed};
use reel_passkey::{PasskeyError, RelyingParty, assert, challenge, register};
use serde_json::json;
use sha2::{Digest, Sha256};

const CHALLENGE: &[u8] = b"sixteen bytes and more";
const ID: &[u8] = b"credential";
const PRESENT_AND_VERIFIED: u8 = 0b101;

enum Key {
    Es256(p256::ecdsa::SigningKey),
    Eddsa(ed25519_dalek::SigningKey),
}

/// What an authenticator and a browser do, each step to be changed by a test.
struct Device {
    key: Key,
    rp_id: &'static str,
    origin: &'static str,
    flags: u8,
    counter: u32,
    cross_origin: bool,
}

fn keys() -> [Key; 2] {
    let es256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    [Key::Es256(es256), Key::Eddsa(ed25519_dalek::SigningKey::from_bytes(&[7; 32]))]
}

fn device(key: Key) -> Device {
    Device {
        key,
        rp_id: "localhost",
        origin: "http://localhost:8080",
        flags: PRESENT_AND_VERIFIED,
        counter: 1,
        cross_origin: false,
    }
}

fn party() -> RelyingParty {
    RelyingParty::of("http://localhost:8080").unwrap()
}

impl Device {
    fn client_data(&self, kind: &str) -> Vec<u8> {
        let challenge = BASE64.encode(CHALLENGE);
        let data =
            json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin });
        data.to_string().into_bytes()
    }

    fn data(&self, extra_flags: u8) -> Vec<u8> {
        let hash = Sha256::digest(self.rp_id);
        [&hash[..], &[self.flags | extra_flags], &self.counter.to_be_bytes()].concat()
    }

    fn cose(&self) -> Vec<u8> {
        let mut cose = Encoder::new(Vec::new());
        match &self.key {
            Key::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                cose.map(5).unwrap().u8(1).unwrap().u8(2).unwrap().u8(3).unwrap().i8(-7).unwrap();
                cose.i8(-1).unwrap().u8(1).unwrap();
                cose.i8(-2).unwrap().bytes(point.x().unwrap()).unwrap();
                cose.i8(-3).unwrap().bytes(point.y().unwrap()).unwrap();
            }
            Key::Eddsa(key) => {
                cose.map(4).unwrap().u8(1).unwrap().u8(1).unwrap().u8(3).unwrap().i8(-8).unwrap();
                cose.i8(-1).unwrap().u8(6).unwrap();
                cose.i8(-2).unwrap().bytes(key.verifying_key().as_bytes()).unwrap();
            }
        }
        cose.into_writer()
    }

    fn make(&self) -> Attestation {
        let length = (ID.len() as u16).to_be_bytes();
        let data = [&self.data(1 << 6)[..], &[0; 16], &length, ID, &self.cose()].concat();
        let mut object = Encoder::new(Vec::new());
        object.map(3).unwrap().str("fmt").unwrap().str("none").unwrap();
        object.str("attStmt").unwrap().map(0).unwrap();
        object.str("authData").unwrap().bytes(&data).unwrap();
        Attestation {
            client_data_json: BASE64.encode(self.client_data("webauthn.create")),
            attestation_object: BASE64.encode(object.into_writer()),
        }
    }

    fn sign(&self) -> Signed {
        let (client_data, data) = (self.client_data("webauthn.get"), self.data(0));
        let message = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = match &self.key {
            Key::Es256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(&message);
                signature.as_bytes().to_vec()
            }
            Key::Eddsa(key) => key.sign(&message).to_bytes().to_vec(),
        };
        Signed {
            client_data_json: BASE64.encode(client_data),
            authenticator_data: BASE64.encode(data),
            signature: BASE64.encode(signature),
            user_handle: None,
        }
    }
}

#[test]
fn a_passkey_is_made_and_signs() {
    for key in keys() {
        let mut device = device(key);
        let made = register(&device.make(), CHALLENGE, &party()).unwrap();
        assert_eq!((made.id.as_str(), made.counter), (BASE64.encode(ID).as_str(), 1));
        let stored = serde_json::from_value(serde_json::to_value(&made.key).unwrap()).unwrap();
        device.counter = 2;
        let signed = device.sign();
        assert_eq!(challenge(&signed.client_data_json).unwrap(), CHALLENGE);
        assert_eq!(assert(&signed, CHALLENGE, &party(), &stored, 1), Ok(2));
    }
}

#[test]
fn what_is_not_ours_is_refused() {
    type Change = fn(&mut Device);
    let changes: [(Change, PasskeyError); 5] = [
        (|d| d.origin = "http://localhost:9090", PasskeyError::WrongOrigin("http://localhost:9090".into())),
        (|d| d.cross_origin = true, PasskeyError::WrongOrigin("http://localhost:8080".into())),
        (|d| d.rp_id = "evil.example", PasskeyError::WrongParty),
        (|d| d.flags = 1, PasskeyError::NotVerified),
        (|d| d.flags = 1 << 2, PasskeyError::NotVerified),
    ];
    for (change, error) in changes {
        for key in keys() {
            let honest = device(key);
            let key = register(&honest.make(), CHALLENGE, &party()).unwrap().key;
            let mut other = honest;
            change(&mut other);
            assert_eq!(register(&other.make(), CHALLENGE, &party()), Err(error.clone()));
            assert_eq!(assert(&other.sign(), CHALLENGE, &party(), &key, 0), Err(error.clone()));
        }
    }
}

#[test]
fn another_challenge_ceremony_key_or_byte_is_refused() {
    for (key, other) in keys().into_iter().zip(keys().into_iter().rev()) {
        let (device, other) = (device(key), device(other));
        let key = register(&device.make(), CHALLENGE, &party()).unwrap().key;
        let signed = device.sign();
        assert_eq!(assert(&signed, b"another", &party(), &key, 0), Err(PasskeyError::WrongChallenge));
        assert_eq!(assert(&other.sign(), CHALLENGE, &party(), &key, 0), Err(PasskeyError::BadSignature));
        let made = Signed { client_data_json: device.make().client_data_json, ..signed.clone() };
        assert!(matches!(assert(&made, CHALLENGE, &party(), &key, 0), Err(PasskeyError::WrongType { .. })));
        let mut data = BASE64.decode(&signed.authenticator_data).unwrap();
        data[36] ^= 2;
        let counted = Signed { authenticator_data: BASE64.encode(data), ..signed.clone() };
        assert_eq!(assert(&counted, CHALLENGE, &party(), &key, 0), Err(PasskeyError::BadSignature));
    }
}

#[test]
fn a_counter_only_grows_where_there_is_one() {
    for key in keys() {
        let mut device = device(key);
        let key = register(&device.make(), CHALLENGE, &party()).unwrap().key;
        let again = assert(&device.sign(), CHALLENGE, &party(), &key, 1);
        assert_eq!(again, Err(PasskeyError::Copied { before: 1, found: 1 }));
        device.counter = 0;
        assert_eq!(assert(&device.sign(), CHALLENGE, &party(), &key, 0), Ok(0));
    }
}

/// Whatever is cut off or changed in what a device made: an error, never a panic, and never a key without a party.
#[test]
fn damage_is_an_error() {
    for key in keys() {
        let made = device(key).make();
        let object = BASE64.decode(&made.attestation_object).unwrap();
        for length in 0..object.len() {
            let cut = Attestation { attestation_object: BASE64.encode(&object[..length]), ..made.clone() };
            assert!(register(&cut, CHALLENGE, &party()).is_err(), "cut at {length}");
            let mut changed = object.clone();
            changed[length] ^= 0xff;
            let changed = Attestation { attestation_object: BASE64.encode(changed), ..made.clone() };
            let _ = register(&changed, CHALLENGE, &party());
        }
    }
    for text in ["", "!", "AAAA"] {
        let made = Attestation { client_data_json: text.into(), attestation_object: text.into() };
        assert!(register(&made, CHALLENGE, &party()).is_err());
        assert!(challenge(text).is_err());
    }
}

#[test]
fn a_party_is_the_host_of_the_pages() {
    assert_eq!(party().id, "localhost");
    let party = RelyingParty::of("https://Reel.example/").unwrap();
    assert_eq!((party.id.as_str(), party.origin.as_str()), ("reel.example", "https://reel.example"));
    for none in ["", "reel.example", "https://", "https://a/b"] {
        assert_eq!(RelyingParty::of(none), None, "{none}");
    }
}
