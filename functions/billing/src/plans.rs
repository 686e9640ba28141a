//! What can be subscribed to.

use crate::settings;
use reel_api::billing::{Billing, Plans};
use reel_billing::prices::Prices;
use reel_sdk::{Problem, Request, Response};

/// Whose prices are shown to who names no country.
const DEFAULT_COUNTRY: &str = "US";

/// The plans and their prices in a country.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let prices = settings::prices()?;
    let country = request.query("country").unwrap_or_else(|| DEFAULT_COUNTRY.into()).to_ascii_uppercase();
    let plans = prices.offers(&country);
    if plans.is_empty() {
        return Err(no_prices(&prices, &country));
    }
    let (billing, checkout) = match settings::provider().await? {
        Some(_) => (Billing::On, settings::checkout()?),
        None => (Billing::Off, None),
    };
    let countries = prices.countries().map(str::to_owned).collect();
    Response::json(200, &Plans { billing, country, countries, plans, checkout })
}

/// There are no prices for a country.
pub(crate) fn no_prices(prices: &Prices, country: &str) -> Problem {
    let countries: Vec<_> = prices.countries().collect();
    let country: String = country.chars().take(8).collect();
    Problem::invalid(format!("there are no prices for the country {country:?}; there are for {}", countries.join(", ")))
}
