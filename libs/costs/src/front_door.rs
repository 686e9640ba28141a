//! What stands between viewers and functions.

use crate::platform::{lambda, passed_gb, requests};
use crate::{FrontDoorAssumptions, HOURS, Item, Load, Money, Prices, SECONDS, whole};

/// A kind of front door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// API Gateway's REST API before Lambdas: what `reel deploy` makes.
    Rest,
    /// API Gateway's HTTP API before Lambdas.
    Http,
    /// An Application Load Balancer before Lambdas.
    Alb,
    /// A Network Load Balancer before plain servers that run Reel's host.
    Fleet,
}

/// A month of one front door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontDoor {
    /// Which.
    pub door: Door,
    /// What it costs itself, without bytes to the internet, which are the same for all.
    pub itself: Money,
    /// What runs the functions behind it: Lambdas or servers.
    pub behind: Money,
    /// How many servers; 0 before Lambdas.
    pub servers: u64,
}

impl FrontDoor {
    /// Both together.
    pub fn total(&self) -> Money {
        self.itself + self.behind
    }
}

/// What each front door costs for a load.
pub fn front_doors(load: &Load, assumed: &FrontDoorAssumptions, prices: &Prices) -> [FrontDoor; 4] {
    let (asked, lambdas, servers) = (whole(requests(load)), lambda(load, prices), servers(load, assumed));
    let before_lambdas = |door, itself| FrontDoor { door, itself, behind: lambdas, servers: 0 };
    [
        before_lambdas(Door::Rest, prices.of(Item::ApiRest, asked)),
        before_lambdas(Door::Http, prices.of(Item::ApiHttp, asked)),
        before_lambdas(Door::Alb, alb(load, assumed, prices)),
        FrontDoor {
            door: Door::Fleet,
            itself: nlb(load, assumed, prices),
            behind: prices.of(Item::ServerHour, whole(servers as f64 * HOURS)),
            servers,
        },
    ]
}

/// A second of the mean, as load balancers see it.
struct Traffic {
    requests: f64,
    connections: f64,
    gb_an_hour: f64,
    balancers: u64,
}

fn traffic(load: &Load, assumed: &FrontDoorAssumptions) -> Traffic {
    let a_second = requests(load) / SECONDS;
    Traffic {
        requests: a_second,
        connections: a_second / assumed.requests_a_connection,
        gb_an_hour: passed_gb(load) / HOURS,
        balancers: whole(a_second * load.peak() / assumed.requests_a_balancer).max(1),
    }
}

/// A capacity unit: 25 new connections or 1,000 evaluations of rules (ten are free) a second, 3,000 open connections,
/// or 0.4 GB an hour to Lambdas. What takes most of them counts.
fn alb(load: &Load, assumed: &FrontDoorAssumptions, prices: &Prices) -> Money {
    let traffic = traffic(load, assumed);
    let rules = (assumed.rules - 10.0).max(0.0) * traffic.requests / 1_000.0;
    let open = load.mean_streams() / 3_000.0;
    let units = (traffic.connections / 25.0).max(rules).max(open).max(traffic.gb_an_hour / 0.4);
    prices.of(Item::AlbHour, whole(traffic.balancers as f64 * HOURS))
        + prices.of(Item::AlbLcuHour, whole(units * HOURS))
}

/// A capacity unit, TLS ending at the servers: 800 new or 100,000 open connections, or 1 GB an hour.
fn nlb(load: &Load, assumed: &FrontDoorAssumptions, prices: &Prices) -> Money {
    let traffic = traffic(load, assumed);
    let open = load.mean_streams() / 100_000.0;
    let units = (traffic.connections / 800.0).max(open).max(traffic.gb_an_hour);
    prices.of(Item::NlbHour, whole(traffic.balancers as f64 * HOURS))
        + prices.of(Item::NlbLcuHour, whole(units * HOURS))
}

/// How many plain servers carry the peak.
fn servers(load: &Load, assumed: &FrontDoorAssumptions) -> u64 {
    let peak = requests(load) / SECONDS * load.peak();
    let busy = peak * assumed.server_microseconds / 1e6;
    whole(busy / assumed.server_busy / assumed.server_processors).max(assumed.least_servers)
}
