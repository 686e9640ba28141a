//! What the runner promises, each promise against in-memory tables and buckets.

mod durability;
mod encoding;
mod lifecycle;
mod maps;
mod refusals;
mod retries;
mod states;
mod support;
