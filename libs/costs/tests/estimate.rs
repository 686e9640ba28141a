//! The estimate against sums made by hand, and against its files.

use reel_costs::{Bill, Door, Film, Item, Load, Loads, Money, Prices, delivery, film, front_doors, platform, report};
use std::process::Command;

const PRICES: &str = include_str!("../../../infra/prices.toml");
const LOAD: &str = include_str!("../../../infra/load.toml");

fn files() -> (Loads, Prices) {
    (Loads::parse(LOAD).unwrap(), Prices::parse(PRICES).unwrap())
}

fn line(bill: &Bill, service: &str, what: &str) -> (u64, u128) {
    let mut lines = bill.lines.iter().filter(|line| line.service == service && line.what.starts_with(what));
    let line = lines.next().unwrap_or_else(|| panic!("{service}: {what}"));
    (line.quantity, line.amount.as_microdollars())
}

/// Everything that is calculated of a load.
fn amounts(loads: &Loads, load: &Load, prices: &Prices) -> Vec<Money> {
    let mut amounts = vec![platform(load, &loads.encoding, prices).total(), delivery(load, prices).cloudfront];
    let doors = front_doors(load, &loads.front_door, prices);
    amounts.extend(doors.iter().flat_map(|door| [door.itself, door.behind]));
    amounts.push(film(&Film::of_hours(2.0), &loads.encoding, true, prices).total());
    amounts
}

#[test]
fn a_thousand_viewers_cost_what_a_hand_adds_up() {
    let (loads, prices) = files();
    let load = &loads.load["small"];
    let bill = platform(load, &loads.encoding, &prices);
    // 500 viewers × 2 h × 372 requests × 730 h / 24, 2 edges that tell of themselves every 2 s, and 5 % of 1,800
    // segments an hour.
    let requests = 11_315_000 + 2_628_000 + 2_737_500;
    assert_eq!(line(&bill, "API Gateway", "requests"), (requests, 58_381_750));
    // 1.1 for each, and one for each of 5 × 1,000 × 730 / 24 events, rounded up; 20 cents a million.
    assert_eq!(line(&bill, "Lambda", "invocations"), (18_500_634, 3_700_127));
    // Two shards, 730 hours, 1.5 and 2 cents.
    assert_eq!(line(&bill, "Kinesis", "shard-hours"), (1_460, 21_900_000));
    assert_eq!(line(&bill, "Kinesis", "shard-hours, kept"), (1_460, 29_200_000));
    // 30,416.7 h × 2.25 GB × 5 %, and 13.943 million answers of 2 KB, at 9 cents.
    assert_eq!(line(&bill, "Data out", "GB of"), (3_450, 310_500_000));
    assert_eq!(bill.total(), bill.lines.iter().map(|line| line.amount).sum());
    assert_eq!(bill.of("Kinesis").as_microdollars(), 51_102_130);
}

#[test]
fn the_document_s_figures_come_out() {
    let (loads, _) = files();
    let load = &loads.load["document"];
    assert_eq!(load.peak_bits(), 100e12);
    assert_eq!((load.requests_a_second() * load.peak()).round(), 2e6);
    assert_eq!((load.events_a_second() / 1e3).round(), 8e3);
    let a_request = load.cache_reads_a_request + load.cache_writes_a_request;
    assert_eq!((2e6 * a_request, 2e6 * load.table_reads_a_request), (50e6, 20e6));
    let events_a_year = load.events_a_second() * 86_400.0 * 365.0 * load.event_bytes;
    assert!((events_a_year / 20e15 - 1.0).abs() < 0.02, "{events_a_year}");
}

#[test]
fn front_doors_cost_what_a_hand_adds_up() {
    let (loads, prices) = files();
    let doors = |name: &str| front_doors(&loads.load[name], &loads.front_door, &prices);
    let [rest, http, alb, fleet] = doors("small");
    assert_eq!((rest.itself.as_microdollars(), http.itself.as_microdollars()), (58_381_750, 16_680_500));
    // 3,422 GB of segments, 28 of answers and 17 of requests in units of 0.4 GB.
    assert_eq!(alb.itself.as_microdollars(), 730 * 22_500 + 8_667 * 8_000);
    assert_eq!((fleet.servers, fleet.behind.as_microdollars()), (2, 2 * 730 * 89_250));
    let cheapest = |doors: [reel_costs::FrontDoor; 4]| doors.into_iter().min_by_key(|door| door.total()).unwrap().door;
    assert_eq!((cheapest(doors("small")), cheapest(doors("document"))), (Door::Http, Door::Fleet));
}

#[test]
fn delivery_costs_what_a_hand_adds_up() {
    let (loads, prices) = files();
    let delivery = delivery(&loads.load["small"], &prices);
    // 10 TB at 8.5 cents, 40 at 8, 18.438 at 6, and 54.75 million requests at a dollar each.
    assert_eq!(delivery.gb, 68_438);
    assert_eq!(delivery.cloudfront.as_microdollars(), 850_000_000 + 3_200_000_000 + 1_106_280_000 + 54_750_000);
    // Two machines of 60 dollars, 3,422 GB at 9 cents, 2.7375 million requests at 3.5 and at 0.4 dollars a million.
    assert_eq!(delivery.own.as_microdollars(), 120_000_000 + 307_980_000 + 9_581_250 + 1_095_000);
}

#[test]
fn a_film_costs_what_a_hand_adds_up() {
    let (loads, prices) = files();
    let bill = film(&Film::of_hours(2.0), &loads.encoding, false, &prices);
    // 172,800 frames / 613, 272, 153, 68 and 30 a second, × 1.3, and 7,200 s of sound / 85: 13,537 s of a core.
    // / 0.7 / 2 processors × 3,538 MB.
    assert_eq!(line(&bill, "Lambda", "GB-seconds of encode"), (33_408, 556_802));
    // 900 chunks of 5 rungs, sound and artwork, 6 transitions each.
    assert_eq!(line(&bill, "Step Functions", "transitions"), (27_012, 675_300));
    assert_eq!(line(&bill, "S3", "objects"), (22_510, 112_550));
}

#[test]
fn every_price_counts() {
    let (loads, prices) = files();
    let load = &loads.load["document"];
    let usual = amounts(&loads, load, &prices);
    for item in Item::ALL {
        let heading = format!("[price.{}]", item.key());
        let (before, after) = PRICES.split_once(&heading).unwrap();
        // One more tier in front, of one unit for a million dollars.
        let dearer = after.replacen("tiers = [", "tiers = [{ next = 1, microdollars = 1_000_000_000_000 }, ", 1);
        let dearer = Prices::parse(&format!("{before}{heading}{dearer}")).unwrap();
        assert_ne!(amounts(&loads, load, &dearer), usual, "price.{} is not used", item.key());
    }
}

#[test]
fn an_assumption_that_cannot_be_is_named() {
    for (from, to, named) in [
        ("mbps = 5.0", "mbps = -5.0", "load.document.mbps is negative"),
        ("mbps = 5.0", "mbps = nan", "load.document.mbps is negative or no number"),
        ("server_busy = 0.5", "server_busy = 0.0", "front_door.server_busy is 0"),
        ("frames_a_second = 613.0", "frames_a_second = 0", "encoding.rungs[0].frames_a_second is 0"),
        ("mbps = 5.0", "mpbs = 5.0", "mpbs"),
    ] {
        // From the end: the document's load comes after the other.
        let (before, after) = LOAD.rsplit_once(from).unwrap();
        let error = Loads::parse(&format!("{before}{to}{after}")).unwrap_err().to_string();
        assert!(error.contains(named), "{to}: {error}");
    }
}

#[test]
fn the_report_tells_both_loads_and_which_front_door() {
    let (loads, prices) = files();
    let report = report(&loads, &prices);
    for told in [
        "### 1,000 viewers",
        "### The source document's load",
        "Keep the REST API",
        "Take the fleet",
        "as of June 2026",
    ] {
        assert!(report.contains(told), "{told} in {report}");
    }
    assert!(report.find("### 1,000") < report.find("### The source"), "the smallest comes first");
}

#[test]
fn the_documentation_has_what_is_printed_today() {
    let (loads, prices) = files();
    let told = include_str!("../../../docs/deploy.md");
    let between =
        told.split_once("<!-- reel-costs -->\n").and_then(|(_, rest)| rest.split_once("\n<!-- /reel-costs -->"));
    let (pasted, _) = between.expect("docs/deploy.md has the lines <!-- reel-costs --> and <!-- /reel-costs -->");
    let printed = report(&loads, &prices);
    assert!(pasted.trim() == printed.trim(), "paste what `cargo run -p reel-costs` prints into docs/deploy.md");
}

#[test]
fn the_program_names_the_file_and_the_key_that_is_wrong() {
    let folder = std::env::temp_dir().join(format!("reel-costs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (prices, load) = (folder.join("prices.toml"), folder.join("load.toml"));
    std::fs::write(&prices, PRICES.replace("[price.s3-get]", "[price.s3-got]")).unwrap();
    std::fs::write(&load, LOAD).unwrap();
    let run = || Command::new(env!("CARGO_BIN_EXE_reel-costs")).arg(&prices).arg(&load).output().unwrap();
    let wrong = run();
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        !wrong.status.success() && told.contains("prices.toml") && told.contains("price.s3-get is missing"),
        "{told}"
    );
    std::fs::write(&prices, PRICES).unwrap();
    assert!(run().status.success());
    std::fs::remove_dir_all(&folder).unwrap();
}
