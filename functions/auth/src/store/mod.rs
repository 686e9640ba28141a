//! Accounts and sessions, as rows.

pub(crate) mod accounts;
pub(crate) mod sessions;
