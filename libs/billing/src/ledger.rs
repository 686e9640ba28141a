//! The ledger: double entry, append-only. What was posted is never changed; a mistake is posted the other way round.
//!
//! | what happens | debit | credit |
//! |---|---|---|
//! | an invoice is issued | receivable: its total | revenue: total without tax; tax payable: the tax |
//! | an invoice is paid | clearing: what was paid | receivable: the same |
//! | an invoice is given up | revenue, tax payable | receivable |
//! | money goes back | refunds: the amount without tax; tax payable: the tax in it | clearing |
//!
//! `clearing` is what the provider owes us. An invoice of less than nothing, which credits what a smaller plan is
//! cheaper by, is posted with debit and credit exchanged: the receivable that is left is what the next invoice is
//! paid with.

use reel_api::{AccountId, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What subscribers owe us.
    Receivable,
    /// What we earned, without tax.
    Revenue,
    /// What we owe the tax office.
    TaxPayable,
    /// What the provider has taken in for us.
    Clearing,
    /// What went back, without tax: it lessens the revenue.
    Refunds,
}

impl Account {
    /// Its name, as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Revenue => "revenue",
            Self::TaxPayable => "tax_payable",
            Self::Clearing => "clearing",
            Self::Refunds => "refunds",
        }
    }
}

/// One side of a transaction; positive is a debit, negative a credit, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// The account.
    pub account: Account,
    /// In minor units of the transaction's currency.
    pub amount: i64,
}

/// What was posted at once: debits equal credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Names it: posted once, however often it is told of. `in_1/paid`, `re_1`.
    pub key: String,
    /// When it happened, as the provider dates it.
    pub at: Millis,
    /// Whose it is.
    pub holder: AccountId,
    /// Its currency.
    pub currency: String,
    /// What the provider calls the payment or the refund, where money moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// The sides.
    pub legs: Vec<Leg>,
}

/// Why something cannot be posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("transaction {key} cannot be posted: {why}")]
pub struct LedgerError {
    /// The transaction.
    pub key: String,
    /// Why not.
    pub why: String,
}

/// What a transaction is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What it is called.
    pub key: &'a str,
    /// When it happened.
    pub at: Millis,
    /// Whose it is.
    pub holder: AccountId,
    /// Its currency.
    pub currency: &'a str,
    /// The payment or the refund, where money moved.
    pub payment: Option<&'a str>,
}

impl Transaction {
    /// A transaction of these sides, without those that are nothing; none when nothing is left.
    ///
    /// # Errors
    /// That debits and credits differ, or are more than can be counted.
    pub fn new(about: About<'_>, sides: &[(Account, i64)]) -> Result<Option<Self>, LedgerError> {
        let error = |why: &str| LedgerError { key: about.key.into(), why: why.into() };
        let sum = sides.iter().try_fold(0_i64, |sum, (_, amount)| sum.checked_add(*amount));
        match sum {
            None => return Err(error("its sums are too large")),
            Some(0) => {}
            Some(left) => return Err(error(&format!("debits and credits differ by {left}"))),
        }
        let legs: Vec<_> = sides.iter().filter(|(_, amount)| *amount != 0).collect();
        let legs: Vec<_> =
            legs.into_iter().map(|(account, amount)| Leg { account: *account, amount: *amount }).collect();
        Ok((!legs.is_empty()).then(|| Self {
            key: about.key.into(),
            at: about.at,
            holder: about.holder,
            currency: about.currency.into(),
            payment: about.payment.map(str::to_owned),
            legs,
        }))
    }

    /// An invoice was issued: `total` with `tax` in it.
    ///
    /// # Errors
    /// As [`Transaction::new`].
    pub fn issued(about: About<'_>, total: i64, tax: i64) -> Result<Option<Self>, LedgerError> {
        let earned = less(about.key, total, tax)?;
        Self::new(about, &[(Account::Receivable, total), (Account::Revenue, -earned), (Account::TaxPayable, -tax)])
    }

    /// An invoice was given up: all that was issued is taken back.
    ///
    /// # Errors
    /// As [`Transaction::new`].
    pub fn given_up(about: About<'_>, total: i64, tax: i64) -> Result<Option<Self>, LedgerError> {
        let earned = less(about.key, total, tax)?;
        Self::new(about, &[(Account::Revenue, earned), (Account::TaxPayable, tax), (Account::Receivable, -total)])
    }

    /// An invoice was paid.
    ///
    /// # Errors
    /// As [`Transaction::new`].
    pub fn paid(about: About<'_>, paid: i64) -> Result<Option<Self>, LedgerError> {
        Self::new(about, &[(Account::Clearing, paid), (Account::Receivable, -paid)])
    }

    /// Money went back, `tax` of it tax.
    ///
    /// # Errors
    /// As [`Transaction::new`].
    pub fn refunded(about: About<'_>, amount: i64, tax: i64) -> Result<Option<Self>, LedgerError> {
        let earned = less(about.key, amount, tax)?;
        Self::new(about, &[(Account::Refunds, earned), (Account::TaxPayable, tax), (Account::Clearing, -amount)])
    }

    /// What it adds to an account.
    pub fn of(&self, account: Account) -> i64 {
        self.legs.iter().filter(|leg| leg.account == account).map(|leg| leg.amount).sum()
    }
}

fn less(key: &str, total: i64, tax: i64) -> Result<i64, LedgerError> {
    total.checked_sub(tax).ok_or_else(|| LedgerError { key: key.into(), why: "its sums are too large".into() })
}

/// The tax in a refund, such that the parts of all refunds of an invoice come to its tax when all went back.
/// `before` is what had gone back by then.
pub fn tax_of_refund(total: i64, tax: i64, before: i64, amount: i64) -> i64 {
    if total <= 0 {
        return 0;
    }
    let part = |refunded: i64| i128::from(tax) * i128::from(refunded) / i128::from(total);
    i64::try_from(part(before.saturating_add(amount)) - part(before)).unwrap_or_default()
}

/// The sums of accounts, by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<(String, Account), (i128, i128)>);

impl Sums {
    /// Adds a transaction.
    pub fn add(&mut self, transaction: &Transaction) {
        for leg in &transaction.legs {
            let (debit, credit) = self.0.entry((transaction.currency.clone(), leg.account)).or_default();
            *debit += i128::from(leg.amount.max(0));
            *credit += i128::from(leg.amount.min(0).unsigned_abs());
        }
    }

    /// Whether debits equal credits in every currency.
    pub fn balance(&self) -> bool {
        let mut left: BTreeMap<&str, i128> = BTreeMap::new();
        self.0.iter().for_each(|((currency, _), (debit, credit))| *left.entry(currency).or_default() += debit - credit);
        left.values().all(|left| *left == 0)
    }

    /// Currency, account, debits and credits, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Account, i64, i64)> {
        let fit = |sum: &i128| i64::try_from(*sum).unwrap_or(i64::MAX);
        self.0
            .iter()
            .map(move |((currency, account), (debit, credit))| (currency.as_str(), *account, fit(debit), fit(credit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn about(key: &str) -> About<'_> {
        About { key, at: 1, holder: AccountId::new(1, &[1; 10]), currency: "EUR", payment: None }
    }

    fn posted(transaction: Result<Option<Transaction>, LedgerError>) -> Transaction {
        transaction.unwrap().unwrap()
    }

    #[test]
    fn an_invoice_that_is_paid_and_refunded_leaves_nothing() {
        let all = [
            posted(Transaction::issued(about("in_1/issued"), 1_190, 190)),
            posted(Transaction::paid(about("in_1/paid"), 1_190)),
            posted(Transaction::refunded(about("re_1"), 1_190, 190)),
        ];
        let left = |account| all.iter().map(|transaction| transaction.of(account)).sum::<i64>();
        assert_eq!((left(Account::Clearing), left(Account::Receivable), left(Account::TaxPayable)), (0, 0, 0));
        assert_eq!((left(Account::Revenue), left(Account::Refunds)), (-1_000, 1_000));
    }

    #[test]
    fn a_credit_is_what_the_next_invoice_is_paid_with() {
        let all = [
            posted(Transaction::issued(about("in_1/issued"), -400, 0)),
            posted(Transaction::issued(about("in_2/issued"), 1_000, 0)),
            posted(Transaction::paid(about("in_2/paid"), 600)),
        ];
        assert_eq!(all.iter().map(|transaction| transaction.of(Account::Receivable)).sum::<i64>(), 0);
    }

    #[test]
    fn what_does_not_balance_is_not_posted() {
        let error = Transaction::new(about("x"), &[(Account::Clearing, 5), (Account::Revenue, -4)]).unwrap_err();
        assert!(error.to_string().contains("differ by 1"), "{error}");
        assert!(Transaction::new(about("x"), &[(Account::Clearing, i64::MAX), (Account::Revenue, 1)]).is_err());
        assert!(Transaction::issued(about("x"), i64::MIN, 1).is_err());
        assert_eq!(Transaction::paid(about("x"), 0), Ok(None));
    }

    proptest! {
        #[test]
        fn everything_posted_balances(amounts in proptest::collection::vec((-1_000_000_i64..1_000_000, 0_i64..3_000, 0_u8..4), 0..60)) {
            let mut sums = Sums::default();
            for (amount, rate, what) in amounts {
                let tax = amount * rate / 10_000;
                let transaction = match what {
                    0 => Transaction::issued(about("i"), amount, tax),
                    1 => Transaction::given_up(about("g"), amount, tax),
                    2 => Transaction::paid(about("p"), amount),
                    _ => Transaction::refunded(about("r"), amount, tax),
                };
                transaction.unwrap().iter().for_each(|transaction| sums.add(transaction));
            }
            prop_assert!(sums.balance());
        }

        #[test]
        fn the_tax_of_all_refunds_is_the_tax(total in 1_i64..10_000_000, rate in 0_i64..3_000, parts in proptest::collection::vec(1_i64..1_000_000, 1..20)) {
            let (tax, mut before, mut given_back) = (total * rate / 10_000, 0, 0);
            for part in parts.into_iter().chain([total]) {
                let part = part.min(total - before);
                let part_tax = tax_of_refund(total, tax, before, part);
                prop_assert!((0..=part).contains(&part_tax));
                before += part;
                given_back += part_tax;
            }
            prop_assert_eq!((before, given_back), (total, tax));
        }
    }
}
