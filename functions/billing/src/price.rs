//! Prices at the provider, made when they are first needed and then for ever.

use crate::stripe::{Failure, Form, Named, Stripe};
use reel_api::billing::Offer;
use reel_billing::prices::price_id;

/// Ours in a price: its tax rate.
const TAX_RATE: &str = "tax_rate";

/// A price at the provider.
#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub(crate) id: String,
    /// The tax rate that goes with it; none where there is no tax.
    pub(crate) tax_rate: Option<String>,
}

/// The price of an offer at the provider.
pub(crate) async fn at_provider(
    stripe: &Stripe,
    offer: &Offer,
    country: &str,
    tax_name: &str,
) -> Result<Price, Failure> {
    let id = price_id(offer, country);
    let found = match stripe.get(&format!("plans/{id}"), Form::default()).await {
        Err(Failure::Missing(_)) => make(stripe, &id, offer, country, tax_name).await?,
        found => found?,
    };
    let Named { id, mut metadata } = found;
    Ok(Price { id, tax_rate: metadata.remove(TAX_RATE) })
}

async fn make(stripe: &Stripe, id: &str, offer: &Offer, country: &str, tax_name: &str) -> Result<Named, Failure> {
    let mut form = Form::of("id", id)
        .with("amount", offer.amount)
        .with("currency", offer.currency.to_ascii_lowercase())
        .with("interval", "month")
        .with("nickname", format!("{} {country}", offer.plan))
        .with("product[name]", format!("Reel {}", offer.plan));
    if offer.tax_basis_points > 0 {
        let rate = make_tax_rate(stripe, offer, country, tax_name).await?;
        form = form.with(&format!("metadata[{TAX_RATE}]"), rate.id);
    }
    match stripe.post("plans", &format!("price-{id}"), form).await {
        Ok(made) => Ok(made),
        // Somebody else made it meanwhile.
        Err(failure) => stripe.get(&format!("plans/{id}"), Form::default()).await.map_err(|_| failure),
    }
}

async fn make_tax_rate(stripe: &Stripe, offer: &Offer, country: &str, tax_name: &str) -> Result<Named, Failure> {
    let points = offer.tax_basis_points;
    let form = Form::of("display_name", tax_name)
        .with("jurisdiction", country)
        .with("inclusive", offer.tax_included)
        .with("percentage", format!("{}.{:02}", points / 100, points % 100));
    stripe.post("tax_rates", &format!("tax-{country}-{points}-{}", offer.tax_included), form).await
}
