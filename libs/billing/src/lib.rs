//! What billing is, without anybody to ask: prices, the rules of the ledger, how a subscription goes on as the
//! provider tells of it, and the provider's signatures. Amounts are integers in minor units of a currency.
#![deny(missing_docs)]

pub mod ledger;
pub mod prices;
pub mod signature;
pub mod subscription;
