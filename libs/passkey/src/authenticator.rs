//! What the authenticator says (section 6.1).

use crate::{MAX_ID, PasskeyError};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;
const MALFORMED: PasskeyError = PasskeyError::Malformed("authenticatorData");

/// Authenticator data: 32 bytes of the party's hash, a byte of flags, four of a counter, and what was made.
pub(crate) struct AuthenticatorData<'a> {
    pub(crate) rp_id_hash: &'a [u8],
    flags: u8,
    pub(crate) counter: u32,
    /// The credential's id, and its key as COSE with what follows it.
    pub(crate) credential: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        let (rp_id_hash, rest) = bytes.split_at_checked(32).ok_or(MALFORMED)?;
        let (flags, rest) = rest.split_first().ok_or(MALFORMED)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(MALFORMED)?;
        let credential = if flags & ATTESTED == 0 { None } else { Some(credential(rest)?) };
        Ok(Self { rp_id_hash, flags: *flags, counter: u32::from_be_bytes(*counter), credential })
    }

    /// Whether somebody was there whom the device knows.
    pub(crate) fn is_verified(&self) -> bool {
        self.flags & (USER_PRESENT | USER_VERIFIED) == USER_PRESENT | USER_VERIFIED
    }
}

/// Sixteen bytes of the authenticator's kind, which is not asked, the id with its length, and the key.
fn credential(bytes: &[u8]) -> Result<(&[u8], &[u8]), PasskeyError> {
    let (_, rest) = bytes.split_at_checked(16).ok_or(MALFORMED)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(MALFORMED)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=MAX_ID).contains(&length) {
        return Err(MALFORMED);
    }
    rest.split_at_checked(length).ok_or(MALFORMED)
}
