//! Amounts of money.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

const DOLLAR: u128 = 1_000_000;
const CENT: u128 = 10_000;

/// An amount in millionths of a US dollar. It prints as dollars: with cents below 100, whole from there on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(u128);

impl Money {
    /// So many millionths of a dollar.
    pub const fn microdollars(amount: u128) -> Self {
        Self(amount)
    }

    /// So many cents.
    pub const fn cents(amount: u64) -> Self {
        Self(amount as u128 * CENT)
    }

    /// In millionths of a dollar.
    pub const fn as_microdollars(self) -> u128 {
        self.0
    }

    /// So many times the amount.
    pub const fn times(self, count: u64) -> Self {
        Self(self.0 * count as u128)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = (self.0 + CENT / 2) / CENT;
        match cents < 10_000 {
            true => write!(f, "{}.{:02}", cents / 100, cents % 100),
            false => f.write_str(&grouped((self.0 + DOLLAR / 2) / DOLLAR)),
        }
    }
}

/// A number with a comma before each three digits.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_as_dollars() {
        let printed = |amount| Money::microdollars(amount).to_string();
        assert_eq!(printed(0), "0.00");
        assert_eq!(printed(4_999), "0.00");
        assert_eq!(printed(5_000), "0.01");
        assert_eq!(printed(99_990_000), "99.99");
        assert_eq!(printed(100_000_000), "100");
        assert_eq!(printed(1_234_567_500_000), "1,234,568");
        assert_eq!(Money::cents(6_000).times(2).to_string(), "120");
    }
}
