//! What it costs to bring segments to viewers.

use crate::platform::{fetched, fetched_gb};
use crate::{Item, Load, Money, Prices, whole};

/// A month of delivery, in two ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// GB that viewers are sent.
    pub gb: u64,
    /// By CloudFront: its bytes and its requests. S3 sends to it for nothing.
    pub cloudfront: Money,
    /// By own edges: the machines, and what the origin sends to them.
    pub own: Money,
    /// How many machines.
    pub edges: u64,
}

/// What delivering a load costs.
pub fn delivery(load: &Load, prices: &Prices) -> Delivery {
    let (gb, edges) = (whole(load.delivered_gb()), load.edges());
    let requests = whole(load.hours() * load.segments_an_hour);
    let (sent, asked) = (whole(fetched_gb(load)), whole(fetched(load)));
    Delivery {
        gb,
        cloudfront: prices.of(Item::CloudFrontGb, gb) + prices.of(Item::CloudFrontRequest, requests),
        own: Money::cents(load.edge_cents_a_month).times(edges)
            + prices.of(Item::DataOutGb, sent)
            + prices.of(Item::ApiRest, asked)
            + prices.of(Item::S3Get, asked),
        edges,
    }
}
