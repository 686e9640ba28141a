//! Bills: lines, and their sum.

use crate::{Item, Money, Prices};

/// One line of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The service of AWS, or who else is paid.
    pub service: &'static str,
    /// What is counted.
    pub what: String,
    /// How much of it.
    pub quantity: u64,
    /// What that costs.
    pub amount: Money,
}

/// What a month, or a film, costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bill {
    /// The parts, each with its amount.
    pub lines: Vec<Line>,
}

impl Bill {
    /// The sum of the lines.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The sum of the lines of a service.
    pub fn of(&self, service: &str) -> Money {
        self.lines.iter().filter(|line| line.service == service).map(|line| line.amount).sum()
    }

    /// Adds what so many units of an item cost.
    pub(crate) fn add(&mut self, prices: &Prices, service: &'static str, what: &str, item: Item, quantity: f64) {
        let quantity = crate::whole(quantity);
        self.put(service, what, quantity, prices.of(item, quantity));
    }

    /// Adds a line.
    pub(crate) fn put(&mut self, service: &'static str, what: &str, quantity: u64, amount: Money) {
        self.lines.push(Line { service, what: what.into(), quantity, amount });
    }
}
