//! Content keys from one seed: nothing is stored, and any instance derives the same.
//!
//! Key id = first 16 bytes of HMAC-SHA256(seed, "kid" ‖ title ‖ revision ‖ track), key =
//! first 16 bytes of HMAC-SHA256(seed, "key" ‖ key id). The ids are public; the seed is not.

use hmac::{Hmac, KeyInit, Mac};
use reel_api::license::{Definition, Track};
use reel_api::{Problem, RevisionId, TitleId};
use sha2::Sha256;

/// A key or a key id.
pub(crate) type Bytes16 = [u8; 16];

/// The shortest seed, in bytes.
const MIN_SEED: usize = 16;

/// What every content key is derived from.
pub(crate) struct Seed(Hmac<Sha256>);

impl Seed {
    /// A seed of at least 16 bytes.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, Problem> {
        let short = || {
            Problem::new(
                500,
                "misconfigured",
                "Something is wrong on our side",
                format!("the secret content-key-seed has {} bytes; it must have at least {MIN_SEED}", secret.len()),
            )
        };
        if secret.len() < MIN_SEED {
            return Err(short());
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| short())
    }

    pub(crate) fn kid(&self, title: TitleId, revision: RevisionId, track: Track) -> Bytes16 {
        let track: &[u8] = match track {
            Track::Video(Definition::Hd) => b"video",
            Track::Video(Definition::FullHd) => b"video-full-hd",
            Track::Video(Definition::UltraHd) => b"video-ultra-hd",
            Track::Audio => b"audio",
        };
        self.derive(&[b"kid", title.as_bytes(), revision.as_bytes(), track])
    }

    pub(crate) fn key(&self, kid: &Bytes16) -> Bytes16 {
        self.derive(&[b"key", kid])
    }

    fn derive(&self, parts: &[&[u8]]) -> Bytes16 {
        let mac = parts.iter().fold(self.0.clone(), |mac, part| mac.chain_update(part));
        let tag: [u8; 32] = mac.finalize().into_bytes().into();
        std::array::from_fn(|i| tag[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (TitleId, RevisionId) {
        (TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]))
    }

    #[test]
    fn every_title_revision_and_track_has_keys_of_its_own() {
        let seed = Seed::new(&[7; 32]).unwrap();
        let (title, revision) = ids();
        let video = seed.kid(title, revision, Track::Video(Definition::Hd));
        assert_eq!(video, seed.kid(title, revision, Track::Video(Definition::Hd)));
        let others = [
            seed.kid(title, revision, Track::Audio),
            seed.kid(TitleId::new(1, &[9; 10]), revision, Track::Video(Definition::Hd)),
            seed.kid(title, RevisionId::new(2, &[9; 10]), Track::Video(Definition::Hd)),
            Seed::new(&[8; 32]).unwrap().kid(title, revision, Track::Video(Definition::Hd)),
        ];
        for other in others {
            assert_ne!(other, video);
            assert_ne!(seed.key(&other), seed.key(&video));
        }
        assert_ne!(seed.key(&video), video);
    }

    /// A change of the derivation would lose every title that is encrypted.
    #[test]
    fn the_derivation_stays_as_it_is() {
        let seed = Seed::new(&[7; 32]).unwrap();
        let (title, revision) = ids();
        let kid = seed.kid(title, revision, Track::Video(Definition::Hd));
        assert_eq!(hex::encode(kid), "f07d03fd8cd32ee1b25a3e5acd1c81a7");
        assert_eq!(hex::encode(seed.key(&kid)), "c82131f82dd9bdda526b378e95a36b74");
    }

    #[test]
    fn a_short_seed_is_refused() {
        assert_eq!(Seed::new(&[7; 15]).err().map(|p| p.status), Some(500));
    }
}
