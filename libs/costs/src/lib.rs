//! What Reel costs on AWS: a pure calculation from one file of prices (`infra/prices.toml`) and one of assumptions
//! (`infra/load.toml`).
//!
//! Amounts are whole millionths of a US dollar ([`Money`]), so that totals are exactly the sum of their parts. A
//! month has 730 hours, a GB 10⁹ bytes.
#![deny(missing_docs)]

mod bill;
mod delivery;
mod film;
mod front_door;
mod load;
mod money;
mod platform;
mod price;
mod report;

pub use bill::{Bill, Line};
pub use delivery::{Delivery, delivery};
pub use film::{Film, film};
pub use front_door::{Door, FrontDoor, front_doors};
pub use load::{Encoding, FrontDoorAssumptions, Load, Loads, Rung};
pub use money::Money;
pub use platform::platform;
pub use price::{Item, Prices};
pub use report::report;

/// What is wrong with a file of prices or assumptions.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// The text is no TOML, or lacks a field: what the reader says.
    #[error("{0}")]
    Syntax(String),
    /// A price is used that the file does not have.
    #[error("price.{0} is missing: add it, with its unit and source")]
    Missing(&'static str),
    /// The file has a price that nothing uses.
    #[error("price.{0} is used by no calculation: take it out, or correct its name")]
    Unknown(String),
    /// A price or an assumption cannot be what it is: names it, and says what would be right.
    #[error("{0} {1}")]
    Wrong(String, &'static str),
}

/// A count of units from a calculation: rounded up, but not for what the calculation itself lost.
fn whole(quantity: f64) -> u64 {
    let lost = quantity.abs() * 1e-12 + 1e-9;
    (quantity - lost).ceil().max(0.0) as u64
}

/// Hours of a month, as AWS counts them.
const HOURS: f64 = 730.0;
/// Days of the same month.
const DAYS: f64 = HOURS / 24.0;
/// Seconds of the same month.
const SECONDS: f64 = HOURS * 3_600.0;
/// Bytes of a GB.
const GB: f64 = 1e9;
