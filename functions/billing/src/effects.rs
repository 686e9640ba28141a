//! What follows from news of the provider: rows, postings, and what others are told, in one transaction.

use crate::booked::Booked;
use crate::outbox::{self, Outgoing, payment_event};
use crate::store::Versioned;
use crate::stripe::{Invoice, Refund, Subscription as StripeSubscription};
use crate::{ledger, store};
use reel_api::{AccountId, Millis};
use reel_billing::ledger::Transaction;
use reel_billing::prices::read_price_id;
use reel_billing::subscription::{Subscription, Told};
use reel_events::PaymentOutcome;
use reel_sdk::Problem;
use reel_sdk::table::Write;

/// What is to be written, together.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    writes: Vec<Write>,
    told: Vec<String>,
}

impl Effects {
    /// With one more write.
    pub(crate) fn add(&mut self, write: Write) {
        self.writes.push(write);
    }

    /// With something that others are told.
    pub(crate) fn tell(&mut self, key: &str, outgoing: &Outgoing) -> Result<(), Problem> {
        self.writes.push(outbox::keep(key, outgoing)?);
        self.told.push(key.to_owned());
        Ok(())
    }

    /// Writes everything, then tells who is to be told. False: something was changed meanwhile, and nothing is done.
    pub(crate) async fn commit(self) -> Result<bool, Problem> {
        if !store::commit(self.writes).await? {
            return Ok(false);
        }
        outbox::tell(&self.told).await;
        Ok(true)
    }

    /// Takes in an invoice as it is now. The invoice as it is booked then.
    pub(crate) async fn invoice(&mut self, account: AccountId, told: &Invoice) -> Result<Booked, Problem> {
        let (before, version) = match store::invoice(account, told.created * 1_000, &told.id).await? {
            Some((booked, version)) => (booked, Some(version)),
            None => (Booked::new(told, &country(account).await?), None),
        };
        let (booked, posted) = before.clone().taking(told, account).map_err(|e| Problem::internal(e.to_string()))?;
        if version.is_none() || booked != before {
            self.add(store::put_invoice(account, &booked, version)?);
        }
        posted.iter().try_for_each(|transaction| self.post(transaction))?;
        Ok(booked)
    }

    /// Takes in refunds of an invoice that is booked.
    pub(crate) async fn refunds(
        &mut self,
        account: AccountId,
        told: &Invoice,
        refunds: &[Refund],
    ) -> Result<(), Problem> {
        let Some((before, version)) = store::invoice(account, told.created * 1_000, &told.id).await? else {
            return Err(Problem::unavailable(format!("invoice {} is not booked yet", told.id), 5));
        };
        let mut booked = before.clone();
        for refund in refunds {
            let (next, posted) = booked.refunding(refund, account).map_err(|e| Problem::internal(e.to_string()))?;
            booked = next;
            posted.iter().try_for_each(|transaction| self.post(transaction))?;
        }
        if booked != before {
            self.add(store::put_invoice(account, &booked, Some(version))?);
        }
        Ok(())
    }

    /// Takes in how a subscription stands now. `read` is the row as it was before the provider was asked: who asked
    /// later and was faster has changed it, and this is asked again.
    pub(crate) fn subscription(
        &mut self,
        account: AccountId,
        read: Versioned<Subscription>,
        told: &StripeSubscription,
        now: Millis,
    ) -> Result<(), Problem> {
        let (before, version) = read.unzip();
        let after = Subscription::after(before.as_ref(), &facts(told)?, now);
        if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
            self.add(store::put_subscription(account, &after, version)?);
        }
        Ok(())
    }

    /// Posts a transaction, and tells the log of the money that it moved.
    fn post(&mut self, transaction: &Transaction) -> Result<(), Problem> {
        self.writes.extend(ledger::post(transaction)?);
        let Some(payment) = &transaction.payment else { return Ok(()) };
        let amount = transaction.of(reel_billing::ledger::Account::Clearing);
        let outcome = if amount < 0 { PaymentOutcome::Refunded } else { PaymentOutcome::Succeeded };
        let Transaction { key, at, holder, currency, .. } = transaction;
        self.tell(key, &payment_event(*holder, key, *at, payment, amount, currency, outcome))
    }
}

/// What the provider tells of a subscription, as the rules read it.
fn facts(subscription: &StripeSubscription) -> Result<Told, Problem> {
    let price = subscription.items.data.first().map_or("", |item| &item.plan.id);
    let (plan, country) = read_price_id(price).ok_or_else(|| {
        Problem::internal(format!("subscription {} has the price {price:?}, which is none of ours", subscription.id))
    })?;
    let latest = subscription.latest_invoice.as_ref();
    let paid = |invoice: &Invoice| invoice.status() == "paid";
    Ok(Told {
        id: subscription.id.clone(),
        status: subscription.status.clone(),
        plan,
        country: country.to_owned(),
        period_end: subscription.current_period_end * 1_000,
        cancels: subscription.cancel_at_period_end,
        latest: latest.map(|invoice| (invoice.id().to_owned(), invoice.whole().is_some_and(paid))),
    })
}

async fn country(account: AccountId) -> Result<String, Problem> {
    let customer = store::customer(account).await?;
    Ok(customer.and_then(|(customer, _)| customer.country).unwrap_or_default())
}
