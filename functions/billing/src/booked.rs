//! An invoice as it was booked: what of it stands in the ledger, so that each step is posted once.

use crate::stripe::{Invoice, Refund, Transitions};
use reel_api::{AccountId, Millis, billing, rfc3339};
use reel_billing::ledger::{About, LedgerError, Transaction, tax_of_refund};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An invoice, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Booked {
    pub(crate) id: String,
    pub(crate) created: Millis,
    number: Option<String>,
    status: String,
    total: i64,
    tax: i64,
    paid: i64,
    currency: String,
    country: String,
    url: Option<String>,
    /// What the ledger calls its payment.
    pub(crate) payment: Option<String>,
    /// How often it was issued: once more when what was given up is paid after all.
    issued: u32,
    /// Whether the ledger holds it to be owed or paid.
    owed: bool,
    settled: bool,
    /// What went back, by the refund's name.
    refunds: BTreeMap<String, i64>,
}

impl Booked {
    /// An invoice of which nothing is posted.
    pub(crate) fn new(told: &Invoice, country: &str) -> Self {
        Self {
            id: told.id.clone(),
            created: told.created * 1_000,
            number: None,
            status: "draft".into(),
            total: 0,
            tax: 0,
            paid: 0,
            currency: told.currency.to_ascii_uppercase(),
            country: country.into(),
            url: None,
            payment: None,
            issued: 0,
            owed: false,
            settled: false,
            refunds: BTreeMap::new(),
        }
    }

    /// The invoice as the provider tells of it, and what there is to post.
    ///
    /// # Errors
    /// That it does not add up.
    pub(crate) fn taking(mut self, told: &Invoice, holder: AccountId) -> Result<(Self, Vec<Transaction>), LedgerError> {
        let status = told.status();
        self.number = told.number.clone().or(self.number);
        self.url = told.hosted_invoice_url.clone().or(self.url);
        if !self.settled {
            self.status = status.into();
        }
        let mut posted = Vec::new();
        let final_now = matches!(status, "open" | "paid" | "uncollectible");
        if final_now && !self.owed && !self.settled && (self.issued == 0 || status == "paid") {
            (self.total, self.tax) = (told.total, told.tax.unwrap_or(0));
            posted.extend(self.issue(told, holder)?);
        }
        if status == "paid" && !self.settled {
            posted.extend(self.settle(told, holder)?);
        }
        if matches!(status, "void" | "uncollectible") && self.owed {
            posted.extend(self.give_up(told, holder)?);
        }
        Ok((self, posted))
    }

    fn issue(&mut self, told: &Invoice, holder: AccountId) -> Result<Option<Transaction>, LedgerError> {
        (self.issued, self.owed) = (self.issued + 1, true);
        let again = if self.issued > 1 { format!("-{}", self.issued) } else { String::new() };
        let at = told.status_transitions.finalized_at.unwrap_or(told.created);
        Transaction::issued(self.about(&format!("{}/issued{again}", self.id), at, holder, None), self.total, self.tax)
    }

    fn settle(&mut self, told: &Invoice, holder: AccountId) -> Result<Option<Transaction>, LedgerError> {
        (self.settled, self.owed, self.paid) = (true, false, told.amount_paid);
        let payment = told.payment_intent.as_ref().map_or(told.id.as_str(), |payment| payment.id());
        self.payment = Some(payment.to_owned());
        let at = told.status_transitions.paid_at.unwrap_or(told.created);
        Transaction::paid(self.about(&format!("{}/paid", self.id), at, holder, Some(payment)), told.amount_paid)
    }

    fn give_up(&mut self, told: &Invoice, holder: AccountId) -> Result<Option<Transaction>, LedgerError> {
        self.owed = false;
        let Transitions { voided_at, marked_uncollectible_at, .. } = told.status_transitions;
        let at = voided_at.or(marked_uncollectible_at).unwrap_or(told.created);
        let key = format!("{}/given-up-{}", self.id, self.issued);
        Transaction::given_up(self.about(&key, at, holder, None), self.total, self.tax)
    }

    /// The invoice once money went back, and what there is to post: nothing when it is known, or did not go.
    ///
    /// # Errors
    /// That it does not add up.
    pub(crate) fn refunding(
        mut self,
        refund: &Refund,
        holder: AccountId,
    ) -> Result<(Self, Option<Transaction>), LedgerError> {
        let gone = matches!(refund.status.as_deref(), Some("succeeded" | "pending"));
        let known = self.refunds.get(&refund.id).is_some_and(|amount| *amount != 0);
        if gone == known {
            return Ok((self, None));
        }
        let before = self.refunded() - self.refunds.get(&refund.id).unwrap_or(&0);
        let tax = tax_of_refund(self.total, self.tax, before, refund.amount);
        let transaction = match gone {
            true => {
                let about = self.about(&refund.id, refund.created, holder, Some(&refund.id));
                Transaction::refunded(about, refund.amount, tax)
            }
            // It came back: the bank did not take it.
            false => {
                let key = format!("{}/failed", refund.id);
                Transaction::refunded(self.about(&key, refund.created, holder, None), -refund.amount, -tax)
            }
        }?;
        self.refunds.insert(refund.id.clone(), if gone { refund.amount } else { 0 });
        Ok((self, transaction))
    }

    /// What went back.
    pub(crate) fn refunded(&self) -> i64 {
        self.refunds.values().sum()
    }

    /// What could go back.
    pub(crate) fn refundable(&self) -> i64 {
        self.paid - self.refunded()
    }

    pub(crate) fn currency(&self) -> &str {
        &self.currency
    }

    fn about<'a>(&'a self, key: &'a str, seconds: u64, holder: AccountId, payment: Option<&'a str>) -> About<'a> {
        About { key, at: seconds * 1_000, holder, currency: &self.currency, payment }
    }

    /// The invoice as it is answered.
    pub(crate) fn shown(&self) -> billing::Invoice {
        billing::Invoice {
            id: self.id.clone(),
            number: self.number.clone(),
            at: rfc3339(self.created),
            status: self.status.clone(),
            total: self.total,
            tax: self.tax,
            paid: self.paid,
            refunded: self.refunded(),
            currency: self.currency.clone(),
            country: self.country.clone(),
            url: self.url.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_billing::ledger::{Account, Sums};
    use serde_json::{Value, json};

    fn told(status: &str) -> Invoice {
        invoice(json!({ "status": status }))
    }

    fn invoice(change: Value) -> Invoice {
        let mut invoice = json!({
            "id": "in_1", "customer": "cus_1", "subscription": "sub_1", "status": "open", "currency": "eur",
            "created": 1_700_000_000, "total": 1_190, "tax": 190, "amount_due": 1_190, "amount_paid": 0,
            "payment_intent": "pi_1",
        });
        if change["status"] == "paid" {
            invoice["amount_paid"] = json!(1_190);
        }
        invoice.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        serde_json::from_value(invoice).unwrap()
    }

    fn refund(id: &str, amount: i64, status: &str) -> Refund {
        let refund =
            json!({ "id": id, "amount": amount, "currency": "eur", "created": 1_700_000_001, "status": status });
        serde_json::from_value(refund).unwrap()
    }

    fn holder() -> AccountId {
        AccountId::new(1, &[1; 10])
    }

    /// What is posted as an invoice goes through these.
    fn run(steps: &[Invoice]) -> (Booked, Vec<Transaction>) {
        let mut all = Vec::new();
        let mut booked = Booked::new(&steps[0], "DE");
        for step in steps {
            let (next, posted) = booked.taking(step, holder()).unwrap();
            booked = next;
            all.extend(posted);
        }
        (booked, all)
    }

    fn keys(posted: &[Transaction]) -> Vec<&str> {
        posted.iter().map(|transaction| transaction.key.as_str()).collect()
    }

    fn left(posted: &[Transaction], account: Account) -> i64 {
        posted.iter().map(|transaction| transaction.of(account)).sum()
    }

    #[test]
    fn each_step_is_posted_once_in_whatever_order_it_is_told() {
        let (booked, posted) =
            run(&[told("draft"), told("open"), told("open"), told("paid"), told("open"), told("paid")]);
        assert_eq!(keys(&posted), ["in_1/issued", "in_1/paid"]);
        assert_eq!(booked.refundable(), 1_190);
        let (_, at_once) = run(&[told("paid")]);
        assert_eq!(keys(&at_once), ["in_1/issued", "in_1/paid"]);
        assert_eq!((left(&posted, Account::Clearing), left(&posted, Account::Receivable)), (1_190, 0));
    }

    #[test]
    fn what_is_given_up_is_owed_no_more_until_it_is_paid_after_all() {
        let (_, posted) = run(&[told("open"), told("uncollectible"), told("uncollectible")]);
        assert_eq!(keys(&posted), ["in_1/issued", "in_1/given-up-1"]);
        assert_eq!((left(&posted, Account::Receivable), left(&posted, Account::Revenue)), (0, 0));
        let (_, posted) = run(&[told("open"), told("uncollectible"), told("paid")]);
        assert_eq!(keys(&posted), ["in_1/issued", "in_1/given-up-1", "in_1/issued-2", "in_1/paid"]);
        assert_eq!((left(&posted, Account::Receivable), left(&posted, Account::Revenue)), (0, -1_000));
        assert!(keys(&run(&[told("draft"), told("void")]).1).is_empty(), "it was never issued");
    }

    #[test]
    fn a_credit_lessens_what_is_paid() {
        let with_credit = invoice(json!({ "status": "paid", "amount_due": 790, "amount_paid": 790 }));
        let (_, posted) = run(&[with_credit]);
        assert_eq!((left(&posted, Account::Receivable), left(&posted, Account::Clearing)), (400, 790));
    }

    #[test]
    fn refunds_are_posted_once_and_come_back_when_they_fail() {
        let (booked, mut posted) = run(&[told("paid")]);
        let (booked, first) = booked.refunding(&refund("re_1", 190, "pending"), holder()).unwrap();
        let (booked, again) = booked.refunding(&refund("re_1", 190, "succeeded"), holder()).unwrap();
        let (booked, second) = booked.refunding(&refund("re_2", 1_000, "succeeded"), holder()).unwrap();
        assert_eq!((again, booked.refundable()), (None, 0));
        posted.extend(first.into_iter().chain(second));
        assert_eq!((left(&posted, Account::Clearing), left(&posted, Account::TaxPayable)), (0, 0));
        let (booked, back) = booked.refunding(&refund("re_2", 1_000, "failed"), holder()).unwrap();
        let (booked, nothing) = booked.refunding(&refund("re_2", 1_000, "failed"), holder()).unwrap();
        assert_eq!((nothing, booked.refundable()), (None, 1_000));
        posted.extend(back);
        assert_eq!(left(&posted, Account::Clearing), 1_000);
        let mut sums = Sums::default();
        posted.iter().for_each(|transaction| sums.add(transaction));
        assert!(sums.balance());
    }
}
