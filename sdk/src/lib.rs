#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod blob;
pub mod cache;
pub mod clock;
pub mod config;
pub mod events;
pub mod http;
pub mod notify;
pub mod random;
pub mod secrets;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod workflow;

mod background;
mod bindings;
mod body;
mod denied;
mod filter;
mod request;
mod response;

#[doc(hidden)]
pub mod export;

pub use background::background;
pub use filter::FilterRequest;
pub use reel_api::{Principal, Problem, Role};
pub use request::{Request, decode};
pub use response::Response;

/// The most bytes of a request's body, unless `function!` is told otherwise: 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;
