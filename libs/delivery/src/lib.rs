//! Where segments live and who may fetch them: paths, signed tokens, and the signatures
//! of edges.
//!
//! A viewer's request is `/t/{token}/{title}/{revision}/{rendition}/{file}`. The token
//! stands in the path, so that the relative addresses of a manifest inherit it, and is no
//! part of the cache key: what follows it is (`docs/decisions/0007-edge.md`).
#![deny(missing_docs)]

mod address;
pub mod heartbeat;
mod keys;
mod limits;
mod path;
mod token;

pub use address::{pathway_base, platform_url};
pub use keys::{KEY_BYTES, KeyError, Keys};
pub use path::{Object, PathError, Request};
pub use token::{Audience, Claims, GRACE_MS, TokenError};
