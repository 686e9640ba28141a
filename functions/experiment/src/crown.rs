//! The document's example: three pictures of "The Crown" with click rates of 3.2 %, 4.8 % and 2.9 %. B wins and is shown
//! to all; who watches history and period drama is shown A.

use crate::answer::answer;
use crate::counted::{Act, CLICKED, Counted, SHOWN, Viewer};
use crate::name::Name;
use crate::test::PictureTest;
use reel_api::experiment::{Experiment, Stage};
use reel_api::{ExperimentId, Millis, ProfileId, TitleId};
use reel_exploration::Counts;
use std::collections::HashMap;

const NOW: Millis = 1_705_350_600_000;
const FANS: &str = "History + Period Drama";
const OTHERS: [&str; 3] = ["Comedy + Romance", "Crime + Drama", ""];
/// The click rates of A, B and C among all viewers.
const RATES: [f64; 3] = [0.032, 0.048, 0.029];
const FANS_RATES: [f64; 3] = [0.080, 0.040, 0.029];
/// One viewer of so many is a fan.
const FAN: u64 = 8;
/// How many viewers come between two looks.
const BATCH: u64 = 500;

/// A platform's memory: the rows of the test, and its counters.
struct Rows {
    test: PictureTest,
    viewers: HashMap<ProfileId, Viewer>,
    counted: Counted,
}

fn crown() -> Rows {
    let pictures = ["a.jpg", "b.jpg", "c.jpg"].map(String::from).to_vec();
    let test = PictureTest {
        id: ExperimentId::new(NOW, &[7; 10]),
        title_id: TitleId::new(1, &[1; 10]),
        title_name: "The Crown".into(),
        pictures,
        started_at: NOW,
        ended_at: None,
        tastes: Vec::new(),
        decision: None,
        revision: 1,
    };
    Rows { test, viewers: HashMap::new(), counted: Counted::default() }
}

impl Rows {
    /// What the consumer does with an event.
    fn take_in(&mut self, profile: ProfileId, name: &Name, act: Act) {
        if !self.test.counts(profile, name, NOW) {
            return;
        }
        self.test = self.test.clone().admitting(&name.taste).unwrap_or_else(|| self.test.clone());
        let segment = self.test.segment(&name.taste);
        let Some((viewer, grow)) = Viewer::after(self.viewers.get(&profile), segment, act) else { return };
        let grew = |counter: &str| u64::from(grow.contains(&counter));
        let counts = Counts { trials: grew(SHOWN), successes: grew(CLICKED) };
        self.counted.add(&viewer.taste, name.place, counts);
        self.viewers.insert(profile, viewer);
    }

    fn look(&mut self) {
        if let Some(decision) = self.test.decide(&self.counted, NOW).unwrap() {
            let (test, id) = (self.test.clone(), self.test.id);
            self.test = test.deciding(id, &decision).unwrap_or_else(|| self.test.clone());
        }
    }

    fn picture(&self, profile: ProfileId, taste: &str) -> String {
        self.test.shown(profile, (!taste.is_empty()).then_some(taste), NOW).expect("a picture").url
    }

    fn answer(&self) -> Experiment {
        answer(&self.test, &self.counted, NOW).unwrap()
    }
}

/// A number from 0 to 1 that differs from viewer to viewer.
fn chance(n: u64, salt: u64) -> f64 {
    let mut z = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn profile(n: u64) -> ProfileId {
    ProfileId::new(NOW + n, &chance(n, 5).to_be_bytes().repeat(2)[..10].try_into().unwrap())
}

fn taste(n: u64) -> &'static str {
    if n.is_multiple_of(FAN) { FANS } else { OTHERS[(n % 3) as usize] }
}

/// Fans and others together have the rates of all.
fn rate(taste: &str, place: usize) -> f64 {
    let fans = 1.0 / FAN as f64;
    if taste == FANS { FANS_RATES[place] } else { (RATES[place] - fans * FANS_RATES[place]) / (1.0 - fans) }
}

/// A viewer sees the picture that the test shows, and may play; each event arrives twice, in any order.
fn visit(rows: &mut Rows, n: u64) {
    let (profile, taste) = (profile(n), taste(n));
    let shown = rows.test.shown(profile, (!taste.is_empty()).then_some(taste), NOW).expect("a picture");
    let name = Name::read(&shown.variant).expect("a name that a test gave");
    let mut acts = vec![Act::Saw, Act::Saw];
    if chance(n, 9) < rate(taste, name.place) {
        acts.extend([Act::Played; 2]);
        acts.rotate_left((n % 4) as usize);
    }
    acts.into_iter().for_each(|act| rows.take_in(profile, &name, act));
}

#[test]
fn the_crown_b_wins_and_who_watches_history_and_period_drama_is_shown_a() {
    let mut rows = crown();
    let mut decided_after = None;
    for batch in 0..240 {
        (batch * BATCH..(batch + 1) * BATCH).for_each(|n| visit(&mut rows, n));
        rows.look();
        if rows.test.decision.is_some() {
            decided_after = decided_after.or(Some((batch + 1) * BATCH));
        }
    }
    let answer = rows.answer();
    assert_eq!((answer.summary.stage, answer.summary.winner), (Stage::Decided, Some('B')));
    assert!(decided_after.is_some_and(|viewers| viewers < 60_000), "{decided_after:?}");
    let fans = answer.segments.iter().find(|segment| segment.taste == FANS).expect("the fans are told apart");
    assert_eq!((fans.winner, fans.open), (Some('A'), false), "{fans:?}");
    assert!(answer.segments.iter().all(|segment| segment.taste == FANS || segment.winner.is_none()));
    for n in 1_000_000..1_000_050 {
        assert_eq!(rows.picture(profile(n), FANS), "a.jpg");
        assert_eq!(rows.picture(profile(n), "Documentaries + Sport"), "b.jpg");
        assert_eq!(rows.picture(profile(n), ""), "b.jpg");
    }
}

#[test]
fn the_documents_click_rates_decide_for_b() {
    let mut rows = crown();
    for (place, clicks) in [320, 480, 290].into_iter().enumerate() {
        rows.counted.add("", place, Counts::new(10_000, clicks).unwrap());
    }
    rows.look();
    let answer = rows.answer();
    assert_eq!(answer.summary.winner, Some('B'));
    assert_eq!(answer.variants.iter().map(|v| v.rate).collect::<Vec<_>>(), RATES);
    assert!(answer.variants[0].beaten && answer.variants[2].beaten && answer.variants[1].progress >= 1.0);
}

#[test]
fn a_viewer_keeps_the_picture_and_each_picture_has_its_share() {
    let rows = crown();
    let mut shares = HashMap::new();
    for n in 0..3_000 {
        let picture = rows.picture(profile(n), "");
        assert_eq!(picture, rows.picture(profile(n), FANS));
        *shares.entry(picture).or_insert(0) += 1;
    }
    assert!(shares.len() == 3 && shares.values().all(|share| (900..1_100).contains(share)), "{shares:?}");
}

#[test]
fn only_what_the_viewer_drew_counts_and_nothing_after_the_end() {
    let mut rows = crown();
    let name = Name::read(&rows.test.shown(profile(1), None, NOW).unwrap().variant).unwrap();
    let other = Name { place: (name.place + 1) % 3, ..name.clone() };
    let of_another_test = Name { test: ExperimentId::new(NOW, &[8; 10]), ..name.clone() };
    assert!(rows.test.counts(profile(1), &name, NOW));
    assert!(!rows.test.counts(profile(1), &other, NOW) && !rows.test.counts(profile(1), &of_another_test, NOW));
    rows.test = rows.test.clone().ending(NOW).unwrap();
    assert!(!rows.test.counts(profile(1), &name, NOW) && rows.test.shown(profile(1), None, NOW).is_none());
    assert_eq!((rows.test.clone().ending(NOW), rows.answer().summary.stage), (None, Stage::Ended));
}

#[test]
fn a_test_makes_way_for_the_next_once_it_is_over() {
    let rows = crown();
    let next = PictureTest { id: ExperimentId::new(NOW, &[9; 10]), ..rows.test.clone() };
    assert_eq!(next.clone().after(Some(&rows.test)).unwrap_err().code, "experiment-running");
    assert!(next.clone().after(None).is_ok() && next.after(rows.test.ending(NOW).as_ref()).is_ok());
}

#[test]
fn tastes_are_told_apart_while_there_is_room() {
    let mut test = crown().test;
    for n in 0..40 {
        test = test.clone().admitting(&format!("taste {n}")).unwrap_or(test);
    }
    assert_eq!(test.tastes.len(), crate::test::TASTES);
    assert_eq!((test.segment("taste 3"), test.segment("taste 39")), ("taste 3", ""));
    assert_eq!(test.clone().admitting("taste 3"), None);
}
