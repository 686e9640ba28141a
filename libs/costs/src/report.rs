//! The estimate in words and tables, as Markdown.

use crate::front_door::{Door, FrontDoor};
use crate::money::grouped;
use crate::{Bill, Film, Load, Loads, Money, Prices, delivery, film, front_doors, platform};
use std::fmt::Write;

/// The estimate of every load, then that of encoding one film.
pub fn report(loads: &Loads, prices: &Prices) -> String {
    let mut text = format!(
        "US dollars a month, at list prices of {} as of {}, to be checked. Without free tiers, taxes and discounts.\n",
        prices.region, prices.as_of
    );
    for load in loads.by_size() {
        text += &of_load(load, loads, prices);
    }
    text + &of_film(loads, prices)
}

fn of_load(load: &Load, loads: &Loads, prices: &Prices) -> String {
    let bill = platform(load, &loads.encoding, prices);
    [
        format!("\n### {}\n\n{}\n\n", load.title, described(load)),
        table(&bill),
        notes(load),
        doors(load, &front_doors(load, &loads.front_door, prices)),
        delivered(load, prices),
    ]
    .concat()
}

/// The load in one sentence.
fn described(load: &Load) -> String {
    let peak = load.requests_a_second() * load.peak();
    format!(
        "{} viewers, {} a day for {} h: {} streams in the mean, {} at the peak, which is {} at {} Mbit/s. {} requests a \
         second at the peak, {} events a second in the mean.",
        grouped(load.viewers.into()),
        grouped(load.daily_viewers.into()),
        load.hours_a_day,
        number(load.mean_streams()),
        grouped(load.peak_streams.into()),
        bits(load.peak_bits()),
        load.mbps,
        number(peak),
        number(load.events_a_second()),
    )
}

fn notes(load: &Load) -> String {
    let notes = load.notes.iter().map(|note| format!("- {note}\n"));
    if load.notes.is_empty() { String::new() } else { format!("\n{}", notes.collect::<String>()) }
}

fn table(bill: &Bill) -> String {
    let mut text = String::from("| service | what | how much | US$ |\n|---|---|---:|---:|\n");
    for line in &bill.lines {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            line.service,
            line.what,
            grouped(line.quantity.into()),
            line.amount
        );
    }
    let _ = writeln!(text, "| **all** | | | **{}** |", bill.total());
    text
}

fn doors(load: &Load, doors: &[FrontDoor]) -> String {
    let mut text =
        String::from("\nFront doors:\n\n| front door | itself | what runs behind it | both |\n|---|---:|---:|---:|\n");
    for door in doors {
        let _ = writeln!(text, "| {} | {} | {} | {} |", named(door), door.itself, door.behind, door.total());
    }
    text + &format!("\n{}\n", advice(load, doors))
}

fn named(door: &FrontDoor) -> String {
    match door.door {
        Door::Rest => "REST API, Lambda".into(),
        Door::Http => "HTTP API, Lambda".into(),
        Door::Alb => "Application Load Balancer, Lambda".into(),
        Door::Fleet => {
            format!("Network Load Balancer, {} servers with Reel's host", grouped(door.servers.into()))
        }
    }
}

/// Which front door to take, and why.
fn advice(load: &Load, doors: &[FrontDoor]) -> String {
    let total = |wanted: Door| doors.iter().find(|door| door.door == wanted).map_or(Money::default(), FrontDoor::total);
    let (rest, cheapest) = (total(Door::Rest), doors.iter().min_by_key(|door| door.total()));
    let Some(cheapest) = cheapest else { return String::new() };
    let why = match cheapest.door {
        Door::Fleet => {
            "Take the fleet: the same components run on servers, which are paid by the hour and not by the request. A \
             REST API is not for this in any case: it admits 10,000 requests a second in a region until AWS raises that"
        }
        _ => {
            "Keep the REST API, which `reel deploy` makes: what a cheaper one would save is less than the work of \
             another front door, LocalStack has no HTTP API, and it costs nothing while nobody asks"
        }
    };
    format!(
        "At {} requests a second (peak) the REST API costs {} with what runs behind it, the cheapest, {}, costs {}. {why}.",
        number(load.requests_a_second() * load.peak()),
        rest,
        named(cheapest),
        cheapest.total(),
    )
}

fn delivered(load: &Load, prices: &Prices) -> String {
    let delivery = delivery(load, prices);
    let times = delivery.cloudfront.as_microdollars() as f64 / delivery.own.as_microdollars().max(1) as f64;
    format!(
        "\nDelivery: {} GB a month ({} at the peak) cost {} over CloudFront, and {} over {} edges of one's own with what \
         the origin sends to them: CloudFront is {times:.0} times as much. That \
         is why there are edges.\n",
        grouped(delivery.gb.into()),
        bits(load.peak_bits()),
        delivery.cloudfront,
        delivery.own,
        grouped(delivery.edges.into()),
    )
}

fn of_film(loads: &Loads, prices: &Prices) -> String {
    let mut text = String::from("\n### Encoding a film of two hours\n");
    for (whole, of) in [(false, "The ladder that Reel makes today"), (true, "The source document's ladder")] {
        let rungs = loads.encoding.ladder(whole).map(|rung| rung.name.as_str());
        let names = rungs.collect::<Vec<_>>().join(", ");
        let bill = film(&Film::of_hours(2.0), &loads.encoding, whole, prices);
        let _ = write!(text, "\n{of}: {names}.\n\n{}", table(&bill));
    }
    text
}

/// A number with at most one decimal, and none from ten on.
fn number(number: f64) -> String {
    match number < 10.0 {
        true => format!("{number:.1}"),
        false => grouped(number.round() as u128),
    }
}

fn bits(bits: f64) -> String {
    match bits {
        bits if bits >= 1e12 => format!("{} Tbit/s", number(bits / 1e12)),
        bits if bits >= 1e9 => format!("{} Gbit/s", number(bits / 1e9)),
        bits => format!("{} Mbit/s", number(bits / 1e6)),
    }
}
