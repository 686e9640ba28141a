//! The price file, `infra/plans.toml`.

use reel_api::Millis;
use reel_api::billing::{Entitlement, Offer, Plan};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The price file as it was when this was built.
const FILE: &str = include_str!("../../../infra/plans.toml");

/// No month costs more, in minor units.
const MAX_AMOUNT: i64 = 100_000_000;

/// Why prices cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the prices cannot be used: {0}")]
pub struct PriceError(String);

/// Plans and their prices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    plans: BTreeMap<Plan, Extent>,
    countries: BTreeMap<String, Country>,
}

/// What a plan has.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extent {
    max_height: u32,
    streams: u32,
}

/// What a country has: its currency, tax and prices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    currency: String,
    /// What the tax is called there.
    pub tax_name: String,
    tax_basis_points: u32,
    tax_included: bool,
    prices: BTreeMap<Plan, i64>,
}

impl Prices {
    /// The prices that were built in.
    ///
    /// # Errors
    /// None, or this was never tested.
    pub fn built_in() -> Result<Self, PriceError> {
        Self::parse(FILE)
    }

    /// Reads prices from TOML of the form of `infra/plans.toml`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let prices: Self = toml::from_str(text).map_err(|e| PriceError(e.to_string()))?;
        prices.check()?;
        Ok(prices)
    }

    fn check(&self) -> Result<(), PriceError> {
        let wrong = |why: String| Err(PriceError(why));
        if self.countries.is_empty() {
            return wrong("there is no country".into());
        }
        if let Some(plan) = Plan::ALL.into_iter().find(|plan| !self.plans.contains_key(plan)) {
            return wrong(format!("there is no [plans.{plan}]"));
        }
        for (name, country) in &self.countries {
            if !is_capitals(name, 2) || !is_capitals(&country.currency, 3) {
                return wrong(format!("{name} or its currency {} is not in capitals, as DE and EUR", country.currency));
            }
            if country.tax_basis_points > 10_000 {
                return wrong(format!("the tax of {name} is more than 100 %"));
            }
            for plan in Plan::ALL {
                match country.prices.get(&plan) {
                    Some(1..=MAX_AMOUNT) => {}
                    other => return wrong(format!("{plan} costs {other:?} in {name}, not 1 to {MAX_AMOUNT}")),
                }
            }
        }
        Ok(())
    }

    /// Every country that has prices.
    pub fn countries(&self) -> impl Iterator<Item = &str> {
        self.countries.keys().map(String::as_str)
    }

    /// A country's currency and tax; none when it has no prices.
    pub fn country(&self, name: &str) -> Option<&Country> {
        self.countries.get(name)
    }

    /// A plan in a country; none when it has no prices.
    pub fn offer(&self, plan: Plan, country: &str) -> Option<Offer> {
        let (extent, country) = (self.plans.get(&plan)?, self.countries.get(country)?);
        Some(Offer {
            plan,
            max_height: extent.max_height,
            streams: extent.streams,
            amount: *country.prices.get(&plan)?,
            currency: country.currency.clone(),
            tax_basis_points: country.tax_basis_points,
            tax_included: country.tax_included,
        })
    }

    /// Every plan in a country, the smallest first; empty when it has no prices.
    pub fn offers(&self, country: &str) -> Vec<Offer> {
        Plan::ALL.into_iter().filter_map(|plan| self.offer(plan, country)).collect()
    }

    /// What who has paid for a plan may watch.
    pub fn entitlement(&self, plan: Plan, until: Millis) -> Entitlement {
        let extent = self.plans.get(&plan).copied().unwrap_or(Extent { max_height: 0, streams: 0 });
        Entitlement { plan: Some(plan), max_height: extent.max_height, streams: extent.streams, until: Some(until) }
    }
}

fn is_capitals(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// What the provider calls a price: another amount, currency or tax is another price, so that those who have one
/// keep it. `reel_standard_DE_EUR_1399_1900i`.
pub fn price_id(offer: &Offer, country: &str) -> String {
    let Offer { plan, amount, currency, tax_basis_points, tax_included, .. } = offer;
    let included = if *tax_included { "i" } else { "x" };
    format!("reel_{plan}_{country}_{currency}_{amount}_{tax_basis_points}{included}")
}

/// The plan and the country of a [`price_id`].
pub fn read_price_id(id: &str) -> Option<(Plan, &str)> {
    let mut parts = id.strip_prefix("reel_")?.splitn(3, '_');
    Some((Plan::named(parts.next()?)?, parts.next()?)).filter(|(_, country)| is_capitals(country, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_three_plans_in_every_country() {
        let prices = Prices::built_in().unwrap();
        assert!(prices.countries().count() >= 7);
        for country in prices.countries() {
            let offers = prices.offers(country);
            assert_eq!(offers.iter().map(|offer| offer.plan).collect::<Vec<_>>(), Plan::ALL);
            assert!(offers.is_sorted_by_key(|offer| offer.amount), "{country}: a larger plan costs more");
            let extents: Vec<_> = offers.iter().map(|offer| (offer.max_height, offer.streams)).collect();
            assert_eq!(extents, [(720, 1), (1_080, 2), (2_160, 4)]);
        }
        assert!(prices.offers("XX").is_empty());
    }

    #[test]
    fn a_price_is_known_by_its_id() {
        let prices = Prices::built_in().unwrap();
        let offer = prices.offer(Plan::Standard, "DE").unwrap();
        let id = price_id(&offer, "DE");
        assert_eq!(id, "reel_standard_DE_EUR_1399_1900i");
        assert_eq!(read_price_id(&id), Some((Plan::Standard, "DE")));
        for other in ["", "price_1", "reel_gold_DE_EUR_1", "reel_basic", "reel_basic_de_EUR"] {
            assert_eq!(read_price_id(other), None, "{other}");
        }
    }

    #[test]
    fn prices_that_cannot_be_true_are_refused() {
        for (good, bad, why) in [
            ("currency = \"EUR\"", "currency = \"eur\"", "capitals"),
            ("basic = 899", "basic = 0", "not 1 to"),
            ("basic = 899, ", "", "basic costs None"),
            ("tax_basis_points = 1_900", "tax_basis_points = 19_000", "100 %"),
            ("[plans.basic]", "[plans.gold]", "unknown variant"),
        ] {
            let error = Prices::parse(&FILE.replace(good, bad)).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
