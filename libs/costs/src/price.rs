//! Prices, and the file that they stand in.

use crate::{CostError, Money};
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! items {
    ($($item:ident $key:literal $what:literal)*) => {
        /// Something that AWS charges for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Item { $(#[doc = $what] $item,)* }

        impl Item {
            /// All of them, as a file of prices has to have them.
            pub const ALL: &[Self] = &[$(Self::$item,)*];

            /// Its name in the file of prices.
            pub fn key(self) -> &'static str {
                match self { $(Self::$item => $key,)* }
            }
        }
    };
}

items! {
    ApiRest "api-rest" "A request to a REST API of API Gateway."
    ApiHttp "api-http" "A request to an HTTP API of API Gateway."
    AlbHour "alb-hour" "An hour of an Application Load Balancer."
    AlbLcuHour "alb-lcu-hour" "An hour of one of its capacity units."
    NlbHour "nlb-hour" "An hour of a Network Load Balancer."
    NlbLcuHour "nlb-lcu-hour" "An hour of one of its capacity units."
    ServerHour "server-hour" "An hour of a plain server."
    LambdaRequest "lambda-request" "An invocation of a Lambda."
    LambdaGbSecond "lambda-gb-second" "A second of a Lambda with 1 GB of memory."
    LambdaDiskGbSecond "lambda-disk-gb-second" "A second of a Lambda with 1 GB of disk above the free one."
    StepTransition "step-transition" "A state transition of a standard workflow."
    DynamoRead "dynamodb-read" "A read unit on demand."
    DynamoWrite "dynamodb-write" "A write unit on demand."
    DynamoGbMonth "dynamodb-gb-month" "A GB of rows for a month."
    KinesisShardHour "kinesis-shard-hour" "An hour of a shard."
    KinesisRetentionHour "kinesis-retention-hour" "An hour of a shard that keeps records for up to a week."
    KinesisPayload "kinesis-payload" "25 KB of a record that is put."
    S3GbMonth "s3-gb-month" "A GB of objects for a month."
    S3Put "s3-put" "A PUT of an object."
    S3Get "s3-get" "A GET of an object."
    DataOutGb "data-out-gb" "A GB from AWS to the internet."
    CloudFrontGb "cloudfront-gb" "A GB from CloudFront to viewers."
    CloudFrontRequest "cloudfront-request" "An HTTPS request to CloudFront."
    SecretMonth "secret-month" "A secret for a month."
    SecretRead "secret-read" "A call for a secret."
    LogGb "log-gb" "A GB that Lambdas log."
    LogGbMonth "log-gb-month" "A GB of logs kept for a month."
}

/// The prices of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// The region, by AWS's name.
    pub region: String,
    /// When they held.
    pub as_of: String,
    prices: BTreeMap<Item, Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: String,
    as_of: String,
    price: BTreeMap<String, Price>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    unit: String,
    /// For how many units the amounts are.
    per: i64,
    tiers: Vec<Tier>,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    /// How many units it has; the last one has no end.
    next: Option<i64>,
    microdollars: i64,
}

impl Prices {
    /// Reads a file of prices: exactly those of [`Item::ALL`].
    ///
    /// # Errors
    /// [`CostError`] that names the price that is missing, unknown, negative or without unit or source.
    pub fn parse(text: &str) -> Result<Self, CostError> {
        let File { region, as_of, mut price } =
            toml::from_str(text).map_err(|e| CostError::Syntax(format!("the prices: {e}")))?;
        let mut prices = BTreeMap::new();
        for item in Item::ALL {
            let found = price.remove(item.key()).ok_or(CostError::Missing(item.key()))?;
            found.check().map_err(|why| CostError::Wrong(format!("price.{}", item.key()), why))?;
            prices.insert(*item, found);
        }
        match price.into_keys().next() {
            Some(unused) => Err(CostError::Unknown(unused)),
            None => Ok(Self { region, as_of, prices }),
        }
    }

    /// What so many units cost in a month, rounded up to a millionth of a dollar.
    pub fn of(&self, item: Item, units: u64) -> Money {
        self.prices.get(&item).map_or(Money::default(), |price| price.of(units))
    }
}

impl Price {
    fn check(&self) -> Result<(), &'static str> {
        let (last, others) = self.tiers.split_last().ok_or("has no tiers: it needs at least one")?;
        if self.tiers.iter().any(|tier| tier.microdollars < 0) {
            return Err("is negative: a price is 0 or more microdollars");
        }
        if self.per < 1 {
            return Err("is for less than one unit: `per` is at least 1");
        }
        if last.next.is_some() || others.iter().any(|tier| tier.next.is_none_or(|next| next < 1)) {
            return Err("has tiers without order: each but the last has `next`, its number of units");
        }
        match self.unit.is_empty() || !self.source.starts_with("https://") {
            true => Err("does not say its unit, or where AWS publishes it (https://…)"),
            false => Ok(()),
        }
    }

    fn of(&self, units: u64) -> Money {
        let (mut left, mut amount) = (u128::from(units), 0);
        for tier in &self.tiers {
            let here = tier.next.map_or(left, |next| left.min(next.unsigned_abs().into()));
            amount += here * u128::from(tier.microdollars.unsigned_abs());
            left -= here;
        }
        Money::microdollars(amount.div_ceil(u128::from(self.per.unsigned_abs()).max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../../infra/prices.toml");

    fn changed(from: &str, to: &str) -> CostError {
        assert!(FILE.contains(from), "{from}");
        Prices::parse(&FILE.replacen(from, to, 1)).unwrap_err()
    }

    #[test]
    fn the_file_has_every_price_and_no_other() {
        assert!(Prices::parse(FILE).is_ok());
        assert_eq!(changed("[price.s3-get]", "[price.s3-got]"), CostError::Missing("s3-get"));
        let more = "[price.extra]\nunit = \"x\"\nper = 1\ntiers = [{ microdollars = 1 }]\nsource = \"https://x\"\n\n[price.s3-get]";
        assert_eq!(changed("[price.s3-get]", more), CostError::Unknown("extra".into()));
    }

    #[test]
    fn a_price_that_cannot_be_is_named() {
        for (from, to) in [
            ("{ microdollars = 400 }", "{ microdollars = -400 }"),
            ("{ microdollars = 400 }", "{ next = 5, microdollars = 400 }"),
            ("tiers = [{ microdollars = 400 }]", "tiers = []"),
            ("unit = \"GET\"", "unit = \"\""),
            ("unit = \"GET\"\nper = 1_000", "unit = \"GET\"\nper = 0"),
        ] {
            let error = changed(from, to).to_string();
            assert!(error.starts_with("price.s3-get "), "{to}: {error}");
        }
        let error = changed("microdollars = 400", "microdolars = 400").to_string();
        assert!(error.contains("microdolars"), "{error}");
    }

    #[test]
    fn tiers_follow_each_other() {
        let prices = Prices::parse(FILE).unwrap();
        // 10 TB at 9 cents, 40 at 8.5, 100 at 7, and 50 at 5.
        assert_eq!(prices.of(Item::DataOutGb, 200_000), Money::cents(90_000 + 340_000 + 700_000 + 250_000));
        assert_eq!(prices.of(Item::ApiRest, 333_000_001).as_microdollars(), 1_165_500_000 + 3);
        assert_eq!(prices.of(Item::SecretRead, 1).as_microdollars(), 5);
        assert_eq!(prices.of(Item::SecretRead, 0), Money::default());
    }
}
