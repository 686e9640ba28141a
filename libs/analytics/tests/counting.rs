//! However a stream comes in, its events are counted once.

use proptest::collection::vec;
use proptest::prelude::*;
use reel_analytics::{Cell, Chunk, Figure, LATENESS_MS, Tally, Width};
use reel_api::{AccountId, EventId, PlayId, ProfileId, TitleId};
use reel_events::recent::{Mark, Recent};
use reel_events::{BufferEvent, Event, Kind, PlayStart, Recorded, SearchQuery, ViewSegment};

const NOW: u64 = 1_705_350_600_000;

/// What some viewers did in two hours: seven plays, so that each is told of many times.
fn recorded(n: u64) -> Recorded {
    let number = n % 7;
    let (play, title_id) = (PlayId::new(NOW - number * 1_000_003, &[number as u8; 10]), title(number));
    let (device, pathway) = ("tv".to_owned(), number.is_multiple_of(2).then(|| format!("isp-{}", number % 4)));
    let kind = match n % 4 {
        0 => {
            let source = ["picks", "search", "popular"].get(number as usize).map(|source| (*source).to_owned());
            Kind::PlayStart(PlayStart {
                play,
                title_id,
                revision: None,
                device,
                position_ms: 0,
                source,
                variant: None,
                decision: None,
            })
        }
        1 => {
            let eighth = 1 + (n / 4 % 8) as u8;
            let position_ms = u64::from(eighth) * 10_000;
            Kind::ViewSegment(ViewSegment { play, title_id, device, eighth, position_ms, duration_ms: 80_000, pathway })
        }
        2 => {
            let stalled_ms = n % 900;
            Kind::BufferEvent(BufferEvent { play, title_id, position_ms: 1, stalled_ms, pathway, bitrate: None })
        }
        _ => Kind::SearchQuery(SearchQuery { query: format!("q{}", n % 5), results: (n % 2) as u32 }),
    };
    let mut id = [0; 10];
    id[..8].copy_from_slice(&n.to_be_bytes());
    let event = Event { id: EventId::new(NOW, &id), v: 1, at: NOW - (n % 11) * 700_001, kind };
    Recorded { account: AccountId::new(1, &[1; 10]), profile: ProfileId::new(1, &[2; 10]), received_at: NOW, event }
}

fn title(number: u64) -> TitleId {
    TitleId::new(1, &[(number % 3) as u8; 10])
}

/// A table, and what a consumer remembers in it.
#[derive(Default)]
struct Store {
    rows: Tally,
    mark: Mark,
    keys: Vec<u64>,
}

impl Store {
    /// Takes in a delivery; its results are written, or lost with the process that made them.
    fn deliver(&mut self, records: &[(u64, Recorded)], lost: bool) {
        let mut recent = Recent::default();
        self.keys.iter().for_each(|key| {
            recent.take(*key);
        });
        let mut chunk = Chunk::after(self.mark);
        records.iter().for_each(|(position, recorded)| chunk.take(*position, recorded, &mut recent));
        if lost {
            return;
        }
        for (cell, counts) in chunk.tally {
            let row = self.rows.entry(cell).or_default();
            counts.into_iter().for_each(|(figure, by)| *row.entry(figure).or_default() += by);
        }
        self.mark = chunk.mark;
        self.keys.extend(chunk.keys);
    }

    /// The counts without those of doubles, which are told of, not counted.
    fn counts(&self) -> Tally {
        let mut rows = self.rows.clone();
        rows.values_mut().for_each(|counts| {
            counts.remove(&Figure::Doubles);
        });
        rows.retain(|_, counts| !counts.is_empty());
        rows
    }
}

/// A log of these events, in their order.
fn log(numbers: &[u64]) -> Vec<(u64, Recorded)> {
    (1..).zip(numbers.iter().map(|n| recorded(*n))).collect()
}

proptest! {
    #[test]
    fn order_doubles_cuts_and_redelivery_change_nothing(
        numbers in vec(0_u64..500, 1..120),
        order in any::<u64>(),
        doubles in vec(any::<prop::sample::Index>(), 0..40),
        cuts in vec((1_usize..30, 0_usize..12, any::<bool>()), 1..60),
    ) {
        let mut once = Store::default();
        once.deliver(&log(&numbers), false);

        let mut shuffled = numbers.clone();
        shuffled.extend(doubles.iter().map(|index| numbers[index.index(numbers.len())]));
        shuffled.sort_by_key(|n| n.wrapping_mul(order | 1).rotate_left(17));
        let log = log(&shuffled);
        let (mut store, mut read) = (Store::default(), 0_usize);
        for (length, back, lost) in cuts.iter().cycle() {
            // Each delivery may begin again before the place that the last one reached.
            let from = read.saturating_sub(*back).min(store.mark.position as usize);
            let to = (read.max(from) + length).min(log.len());
            store.deliver(&log[from..to], *lost);
            read = store.mark.position as usize;
            if read == log.len() { break }
            if cuts.iter().all(|(_, _, lost)| *lost) { store.deliver(&log[from..], false); break }
        }
        prop_assert_eq!(store.counts(), once.counts());
    }
}

#[test]
fn what_comes_too_late_is_counted_as_late_and_nowhere_else() {
    let mut late = recorded(3);
    late.event.at = NOW - LATENESS_MS - 61_000;
    let mut just_in_time = recorded(7);
    just_in_time.event.at = NOW - LATENESS_MS - 59_000;
    let mut newest = recorded(11);
    newest.event.at = NOW;
    let mut store = Store::default();
    store.deliver(&[(1, newest), (2, late), (3, just_in_time)], false);
    let sum = |figure| {
        let days = store.rows.iter().filter(|(cell, _)| cell.partition == Cell::totals(Width::Day));
        days.filter_map(|(_, counts)| counts.get(&figure)).sum::<i64>()
    };
    assert_eq!((sum(Figure::Searches), sum(Figure::Late)), (2, 1));
}

#[test]
fn a_clock_that_is_ahead_makes_no_one_late() {
    let mut ahead = recorded(3);
    ahead.event.at = NOW + 10 * LATENESS_MS;
    let mut store = Store::default();
    store.deliver(&[(1, ahead), (2, recorded(7))], false);
    assert_eq!(store.mark.latest, NOW);
    assert!(store.rows.values().all(|counts| !counts.contains_key(&Figure::Late)));
}
