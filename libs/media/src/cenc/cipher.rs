//! The ciphers: AES-CTR, and AES-CBC over a pattern of blocks.

use aes::Aes128;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use reel_api::encoding::Scheme;

/// Blocks encrypted and blocks left clear, in turn (ISO/IEC 23001-7, section 9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) crypt: u8,
    pub(crate) skip: u8,
}

impl Pattern {
    /// Of pictures under `cbcs` (section 10.4.2).
    pub(crate) const PICTURES: Self = Self { crypt: 1, skip: 9 };
    /// Every block: of sound under `cbcs`, and of all under `cenc`.
    pub(crate) const ALL: Self = Self { crypt: 0, skip: 0 };

    /// Blocks of a period, and how many of them are encrypted.
    fn period(self) -> (usize, usize) {
        match self {
            Self { crypt: 0, .. } | Self { skip: 0, .. } => (1, 1),
            Self { crypt, skip } => (usize::from(crypt) + usize::from(skip), usize::from(crypt)),
        }
    }
}

/// A run of clear bytes and the protected bytes after it (section 9.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subsample {
    pub(crate) clear: u16,
    pub(crate) protected: u32,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

/// A key, ready for many samples.
pub(crate) struct Cipher {
    aes: Aes128,
    key: [u8; 16],
    scheme: Scheme,
    pattern: Pattern,
    direction: Direction,
}

impl Cipher {
    pub(crate) fn new(scheme: Scheme, key: &[u8; 16], pattern: Pattern, direction: Direction) -> Self {
        Self { aes: Aes128::new(key.into()), key: *key, scheme, pattern, direction }
    }

    /// Encrypts or decrypts a sample in place; without subsamples all of it. None when the
    /// subsamples are not those of the sample.
    pub(crate) fn apply(&self, sample: &mut [u8], iv: &[u8; 16], subsamples: &[Subsample]) -> Option<()> {
        let ranges = ranges(sample.len(), subsamples)?;
        match self.scheme {
            Scheme::Cenc => self.counter(sample, iv, &ranges),
            Scheme::Cbcs => self.blocks(sample, iv, &ranges),
        }
        Some(())
    }

    /// The keystream goes on from one range to the next (section 9.5.2).
    fn counter(&self, sample: &mut [u8], iv: &[u8; 16], ranges: &[std::ops::Range<usize>]) {
        let mut stream = ctr::Ctr64BE::<Aes128>::new((&self.key).into(), iv.into());
        for range in ranges {
            stream.apply_keystream(&mut sample[range.clone()]);
        }
    }

    /// Vector and pattern begin anew with each range (section 10.4.2); what is left of a
    /// block at its end stays clear.
    fn blocks(&self, sample: &mut [u8], iv: &[u8; 16], ranges: &[std::ops::Range<usize>]) {
        let (period, crypt) = self.pattern.period();
        for range in ranges {
            let blocks = sample[range.clone()].chunks_exact_mut(16).enumerate();
            let chosen = blocks.filter(|(i, _)| i % period < crypt).filter_map(|(_, block)| block.as_mut_array::<16>());
            match self.direction {
                Direction::Encrypt => {
                    let mut chain = cbc::Encryptor::inner_iv_init(self.aes.clone(), iv.into());
                    chosen.for_each(|block| chain.encrypt_block(block.into()));
                }
                Direction::Decrypt => {
                    let mut chain = cbc::Decryptor::inner_iv_init(self.aes.clone(), iv.into());
                    chosen.for_each(|block| chain.decrypt_block(block.into()));
                }
            }
        }
    }
}

fn ranges(length: usize, subsamples: &[Subsample]) -> Option<Vec<std::ops::Range<usize>>> {
    if subsamples.is_empty() {
        return Some(std::iter::once(0..length).collect());
    }
    let (mut at, mut ranges) = (0_usize, Vec::with_capacity(subsamples.len()));
    for subsample in subsamples {
        let begin = at.checked_add(usize::from(subsample.clear))?;
        at = begin.checked_add(usize::try_from(subsample.protected).ok()?)?;
        ranges.push(begin..at);
    }
    (at == length).then_some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_encrypts_one_block_in_ten() {
        let cipher = Cipher::new(Scheme::Cbcs, &[1; 16], Pattern::PICTURES, Direction::Encrypt);
        let mut sample = vec![0; 16 * 21 + 5];
        cipher.apply(&mut sample, &[2; 16], &[]).unwrap();
        let touched: Vec<usize> =
            sample.chunks(16).enumerate().filter(|(_, block)| block.iter().any(|b| *b != 0)).map(|(i, _)| i).collect();
        assert_eq!(touched, [0, 10, 20]);
    }

    #[test]
    fn aes_ctr_is_that_of_nist() {
        // NIST SP 800-38A, F.5.1, whose counter block fits 8 bytes of vector and 8 of counter.
        let key: [u8; 16] = hex::decode("2b7e151628aed2a6abf7158809cf4f3c").unwrap().try_into().unwrap();
        let iv: [u8; 16] = hex::decode("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").unwrap().try_into().unwrap();
        let mut text = hex::decode("6bc1bee22e409f96e93d7e117393172a").unwrap();
        Cipher::new(Scheme::Cenc, &key, Pattern::ALL, Direction::Encrypt).apply(&mut text, &iv, &[]).unwrap();
        assert_eq!(hex::encode(text), "874d6191b620e3261bef6864990db6ce");
    }

    #[test]
    fn subsamples_must_fit_their_sample() {
        let cipher = Cipher::new(Scheme::Cenc, &[1; 16], Pattern::ALL, Direction::Encrypt);
        let subsample = Subsample { clear: 10, protected: 20 };
        assert_eq!(cipher.apply(&mut [0; 29], &[0; 16], &[subsample]), None);
        assert_eq!(cipher.apply(&mut [0; 31], &[0; 16], &[subsample]), None);
        assert_eq!(cipher.apply(&mut [0; 30], &[0; 16], &[subsample]), Some(()));
    }
}
