//! How far a viewer comes in a title, and what a player would tell of it.

use crate::audience::Audience;
use crate::chance::Chance;
use crate::choice::{Browsed, Chosen};
use crate::household::Member;
use crate::visit::Visit;
use reel_api::history::Rating;
use reel_api::{EventId, Millis, PlayId, TitleId};
use reel_events::{Event, Kind, PlayStart, SearchQuery, ThumbnailImpression, VERSION, ViewSegment};

/// What stands before the device of every play: no player has such a profile.
const DEVICE_MARK: &str = "simulated-";
/// The picture that is seen of a title.
const PICTURE: &str = "poster";
/// From when on a viewer has looked at the page, and then for how long at each title.
const LOOK_MS: Millis = 1_500;
/// How long choosing takes.
const CHOOSE_MS: Millis = 90_000;
/// What a title has to be to the viewer's taste to be watched to its end as often as not.
const GOOD: f64 = 1.5;
/// From here on a title counts as watched to its end, and up to here as given up.
const ENDED: f64 = 0.95;
const GIVEN_UP: f64 = 0.25;
/// How many rate what they liked, and what they gave up.
const RATES: (f64, f64) = (0.3, 0.3);

/// One play.
#[derive(Debug, Clone, PartialEq)]
pub struct Watching {
    /// The title.
    pub title: TitleId,
    /// Whether it was watched to its end.
    pub ended: bool,
    /// What the viewer says of it afterwards, if anything.
    pub rating: Option<Rating>,
    /// What a player tells: the start, each eighth, and where it stopped.
    pub events: Vec<Event>,
}

impl Watching {
    /// When it began.
    pub fn began(&self) -> Millis {
        self.events.first().map_or(0, |event| event.at)
    }
}

impl Audience {
    /// How a viewer watches what was chosen on a visit, from a share of it on. None for a title that is not known.
    pub fn watch(&self, member: &Member, visit: &Visit, chosen: &Chosen, from: f64) -> Option<Watching> {
        let film = self.film(chosen.title)?;
        let chance = member.chance.of("watch").nth(visit.at);
        let liking = crate::taste::liking(member, film);
        let from = if (0.0..ENDED).contains(&from) { from } else { 0.0 };
        let stop = stop(chance, liking, from);
        let moments = moments(film.runs_ms, from, stop);
        let began = visit.at + CHOOSE_MS;
        let play = PlayId::new(began, &chance.of("play").bytes());
        let device = format!("{DEVICE_MARK}{}", visit.device);
        let start = Kind::PlayStart(PlayStart {
            play,
            title_id: film.id,
            revision: None,
            device: device.clone(),
            position_ms: moments[0],
            source: Some(chosen.source.clone()),
            variant: None,
            decision: None,
        });
        let view = |position: Millis| {
            let eighth = (position * 8).div_ceil(film.runs_ms).clamp(1, 8) as u8;
            let (duration_ms, device) = (film.runs_ms, device.clone());
            Kind::ViewSegment(ViewSegment {
                play,
                title_id: film.id,
                device,
                eighth,
                position_ms: position,
                duration_ms,
                pathway: None,
            })
        };
        let views = moments[1..].iter().map(|position| (began + (position - moments[0]), view(*position)));
        let kinds = std::iter::once((began, start)).chain(views);
        let events = kinds.zip(0..).map(|((at, kind), nth)| event(chance.nth(nth), at, kind)).collect();
        Some(Watching { title: film.id, ended: stop >= ENDED, rating: rating(chance, liking, stop), events })
    }

    /// What a page tells of a look at it.
    pub fn impressions(&self, member: &Member, visit: &Visit, browsed: &Browsed) -> Vec<Event> {
        let chance = member.chance.of("impression").nth(visit.at);
        let told = browsed.seen.iter().zip(0..).map(|(seen, nth)| {
            let (title_id, row) = (seen.title, seen.row.chars().take(64).collect());
            let kind = Kind::ThumbnailImpression(ThumbnailImpression {
                title_id,
                variant: PICTURE.into(),
                row,
                decision: None,
            });
            event(chance.nth(nth), visit.at + LOOK_MS + nth * LOOK_MS / 2, kind)
        });
        told.collect()
    }

    /// What a page tells of a search, the first of a visit or a later one, and of how many titles it found.
    pub fn searched(&self, member: &Member, visit: &Visit, nth: u64, query: &str, results: u32) -> Event {
        let chance = member.chance.of("searched").nth(visit.at).nth(nth);
        let kind = Kind::SearchQuery(SearchQuery { query: query.into(), results });
        event(chance, visit.at + (nth + 1) * LOOK_MS * 4, kind)
    }
}

/// Ids come from what happened: what is sent again is known.
fn event(chance: Chance, at: Millis, kind: Kind) -> Event {
    Event { id: EventId::new(at, &chance.of("event").bytes()), v: VERSION, at, kind }
}

/// Where a viewer stops, as a share of the title.
fn stop(chance: Chance, liking: f64, from: f64) -> f64 {
    let ends = 1.0 / (1.0 + libm::exp(GOOD - liking));
    if chance.of("ends").holds(ends) {
        return ENDED + (1.0 - ENDED) * chance.of("credits").unit();
    }
    let part = chance.of("part").unit();
    from + (ENDED - from) * (0.02 + 0.96 * part * part)
}

/// From where playing began to where it stopped, by way of each eighth's end, in milliseconds.
fn moments(runs_ms: Millis, from: f64, stop: f64) -> Vec<Millis> {
    let at = |share: f64| ((runs_ms as f64 * share) as Millis).min(runs_ms);
    let (first, last) = (at(from), at(stop));
    let eighths = (1..=8).map(|eighth| runs_ms * eighth / 8).filter(|end| (first + 1..last).contains(end));
    let mut moments: Vec<_> = std::iter::once(first).chain(eighths).chain([last.max(first)]).collect();
    moments.dedup();
    if moments.len() == 1 {
        moments.push(first);
    }
    moments
}

fn rating(chance: Chance, liking: f64, stop: f64) -> Option<Rating> {
    let (likes, dislikes) = (stop >= ENDED && liking > GOOD, stop < GIVEN_UP && liking < GOOD);
    match () {
        () if likes && chance.of("rates").holds(RATES.0) => Some(Rating::Like),
        () if dislikes && chance.of("rates").holds(RATES.1) => Some(Rating::Dislike),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::catalogue;
    use crate::{DAY_MS, households, visits};
    use std::collections::HashSet;

    const NOW: u64 = 1_705_350_600_000;

    /// Every viewer's plays of one title each visit.
    fn plays() -> Vec<(f64, Watching)> {
        let audience = Audience::new(1, &catalogue(200));
        let mut plays = Vec::new();
        for member in households(1, 100).iter().flat_map(|household| &household.members) {
            for visit in visits(member, NOW, 14) {
                let film = &audience.films()[(visit.at % 200) as usize];
                let chosen = Chosen { title: film.id, source: "popular".into() };
                let watching = audience.watch(member, &visit, &chosen, 0.0).unwrap();
                plays.push((crate::taste::liking(member, film), watching));
            }
        }
        plays
    }

    #[test]
    fn every_event_is_one_that_the_platform_admits() {
        let audience = Audience::new(1, &catalogue(200));
        for (_, watching) in plays() {
            for event in &watching.events {
                let sent = Event::parse(&serde_json::to_value(event).unwrap(), NOW).unwrap();
                assert_eq!(&sent, event);
            }
        }
        let member = &households(1, 1)[0].members[0];
        let visit = visits(member, NOW, 1).remove(0);
        let rows = [crate::Shown { row: "r".repeat(90), titles: vec![audience.films()[0].id], begun: false }];
        let browsed = audience.browse(member, &visit, &rows, &HashSet::new());
        let mut told = audience.impressions(member, &visit, &browsed);
        told.push(audience.searched(member, &visit, 1, "drak", 3));
        assert!(told.iter().all(|event| Event::parse(&serde_json::to_value(event).unwrap(), NOW).is_ok()));
    }

    #[test]
    fn ids_are_each_of_their_own_and_the_same_again() {
        let ids = || plays().into_iter().flat_map(|(_, w)| w.events).map(|event| event.id).collect::<Vec<_>>();
        let (first, second) = (ids(), ids());
        assert_eq!(first, second);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
    }

    #[test]
    fn what_is_liked_is_watched_to_the_end_and_rated_so() {
        let plays = plays();
        let ended = |of: &dyn Fn(f64) -> bool| {
            let of: Vec<_> = plays.iter().filter(|(liking, _)| of(*liking)).collect();
            of.iter().filter(|(_, watching)| watching.ended).count() as f64 / of.len() as f64
        };
        assert!(ended(&|liking| liking > 2.0) > 0.6 && ended(&|liking| liking < 0.0) < 0.2);
        let rated = |rating| plays.iter().filter(move |(_, w)| w.rating == Some(rating)).map(|(liking, _)| *liking);
        assert!(rated(Rating::Like).all(|liking| liking > GOOD) && rated(Rating::Like).count() > 5);
        assert!(rated(Rating::Dislike).all(|liking| liking < GOOD) && rated(Rating::Dislike).count() > 5);
    }

    #[test]
    fn a_play_tells_its_eighths_goes_on_where_it_was_and_ends_on_its_day() {
        for (_, watching) in plays() {
            let last = watching.events.last().unwrap();
            assert!(last.at / DAY_MS == watching.events[0].at / DAY_MS);
            assert!(watching.events.windows(2).all(|pair| pair[0].at <= pair[1].at));
        }
        assert_eq!(moments(800, 0.0, 0.3), [0, 100, 200, 240]);
        assert_eq!(moments(800, 0.25, 1.0), [200, 300, 400, 500, 600, 700, 800]);
        assert_eq!(moments(800, 0.5, 0.5), [400, 400]);
    }
}
