//! What is confirmed by a mail: an address, and that a forgotten password may be replaced.

mod password;
mod token;
mod verify;

pub(crate) use password::{forgot, reset};
pub(crate) use verify::{ask, limited, resend, verify};
