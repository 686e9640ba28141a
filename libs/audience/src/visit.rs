//! When viewers come.

use crate::DAY_MS;
use crate::household::Member;
use reel_api::Millis;

/// The share of days on which a viewer comes: from seldom to nearly each.
const COMES: (f64, f64) = (0.15, 0.9);
/// How much likelier on a Friday, Saturday or Sunday.
const WEEKEND: f64 = 1.3;
/// The share of visits that are in the evening, and the hours of both kinds, in UTC.
const EVENING: f64 = 0.75;
const EVENING_HOURS: (f64, f64) = (18.5, 21.5);
const DAY_HOURS: (f64, f64) = (8.0, 18.0);
/// The share of visits that begin with a search.
const SEARCHES: f64 = 0.25;
/// Device profiles, with the share of viewers who have one as their own.
const DEVICES: [(&str, f64); 5] = [("tv", 0.5), ("browser", 0.2), ("android", 0.15), ("ios", 0.1), ("console", 0.05)];
/// How often a viewer is on the phone instead by day.
const PHONE: f64 = 0.5;

/// One look at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// When it begins.
    pub at: Millis,
    /// Which of the viewer's days it is, from 0.
    pub day: u64,
    /// The device profile.
    pub device: &'static str,
    /// Whether it begins with a search.
    pub searches: bool,
    /// Whether the viewer plays something in any case. The last visit is one: who has a play as late
    /// as that has made all visits.
    pub stays: bool,
}

/// The visits of a viewer on so many days before a day, in order; at most one a day, and one on the last.
pub fn visits(member: &Member, before: Millis, days: u64) -> Vec<Visit> {
    let today = before - before % DAY_MS;
    (0..days).filter_map(|day| visit(member, today.checked_sub((days - day) * DAY_MS)?, day, days)).collect()
}

fn visit(member: &Member, midnight: Millis, day: u64, days: u64) -> Option<Visit> {
    // Days are counted back from the last, so that more days are the same ones and earlier ones.
    let chance = member.chance.of("visit").nth(days - day);
    let often = COMES.0 + (COMES.1 - COMES.0) * member.chance.of("often").unit();
    let often = if is_weekend(midnight) { often * WEEKEND } else { often };
    let last = day + 1 == days;
    if !last && !chance.of("comes").holds(often) {
        return None;
    }
    let evening = chance.of("evening").holds(EVENING);
    let (from, to) = if evening { EVENING_HOURS } else { DAY_HOURS };
    let hour = from + (to - from) * chance.of("hour").unit();
    let phone = !evening && chance.of("phone").holds(PHONE);
    Some(Visit {
        at: midnight + (hour * 3_600_000.0) as Millis,
        day,
        device: if phone { "android" } else { own_device(member) },
        searches: chance.of("searches").holds(SEARCHES),
        stays: last,
    })
}

/// Day 0 of Unix time was a Thursday.
fn is_weekend(midnight: Millis) -> bool {
    matches!(midnight / DAY_MS % 7, 1..=3)
}

fn own_device(member: &Member) -> &'static str {
    let mut left = member.chance.of("device").unit();
    for (device, share) in DEVICES {
        left -= share;
        if left < 0.0 {
            return device;
        }
    }
    DEVICES[0].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::households;

    const NOW: Millis = 1_705_350_600_000;

    #[test]
    fn visits_lie_in_the_days_before_and_the_last_day_has_one_that_plays() {
        for member in households(1, 200).iter().flat_map(|household| &household.members) {
            let all = visits(member, NOW, 14);
            let today = NOW - NOW % DAY_MS;
            assert!(all.windows(2).all(|pair| pair[0].at < pair[1].at));
            assert!(all.iter().all(|visit| visit.at < today && visit.at >= today - 14 * DAY_MS));
            assert!(all.iter().filter(|visit| visit.stays).count() == 1 && all.last().unwrap().day == 13);
        }
    }

    #[test]
    fn more_days_are_earlier_ones() {
        let member = &households(1, 1)[0].members[0];
        let times = |days| visits(member, NOW, days).iter().map(|visit| visit.at).collect::<Vec<_>>();
        let (few, many) = (times(7), times(28));
        assert!(many.ends_with(&few) && many.len() > few.len());
        assert!(visits(member, NOW, 0).is_empty() && visits(member, 0, 7).is_empty());
    }

    #[test]
    fn evenings_and_television_lead_and_some_viewers_come_seldom() {
        let households = households(1, 1_000);
        let each: Vec<_> = households.iter().flat_map(|h| &h.members).map(|member| visits(member, NOW, 28)).collect();
        let all: Vec<_> = each.iter().flatten().collect();
        let share = |of: fn(&Visit) -> bool| all.iter().filter(|visit| of(visit)).count() as f64 / all.len() as f64;
        assert!((0.70..0.80).contains(&share(|visit| visit.at % DAY_MS >= 18 * 3_600_000)));
        assert!((0.35..0.55).contains(&share(|visit| visit.device == "tv")));
        assert!((0.22..0.28).contains(&share(|visit| visit.searches)));
        assert!(each.iter().any(|visits| visits.len() < 8) && each.iter().any(|visits| visits.len() > 22));
    }
}
