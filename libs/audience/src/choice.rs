//! What a viewer does with a page of rows.

use crate::audience::Audience;
use crate::chance::Chance;
use crate::household::Member;
use crate::visit::Visit;
use reel_api::TitleId;
use std::collections::HashSet;

/// How often a viewer looks at the next row, and at the next title of one.
const NEXT_ROW: f64 = 0.8;
const NEXT_TITLE: f64 = 0.88;
/// The most titles that a viewer looks at.
const MOST: usize = 60;
/// What doing something else is worth, where a title is worth what is expected of it.
const ELSEWHERE: f64 = 3.5;
/// What being begun adds.
const BEGUN: f64 = 1.5;
/// What having been watched takes.
const KNOWN: f64 = 4.0;

/// A row that is shown: its id and its titles, first to last.
#[derive(Debug, Clone)]
pub struct Shown {
    /// For example `popular`.
    pub row: String,
    /// Its titles.
    pub titles: Vec<TitleId>,
    /// Whether they are titles that were begun.
    pub begun: bool,
}

/// What came of a look at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browsed {
    /// What was looked at, in order.
    pub seen: Vec<Seen>,
    /// What is played; none when nothing was good enough.
    pub chosen: Option<Chosen>,
}

/// A title that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The row it stood in.
    pub row: String,
    /// The title.
    pub title: TitleId,
}

/// A title that is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The title.
    pub title: TitleId,
    /// The row it was chosen from, or `search`.
    pub source: String,
}

impl Audience {
    /// What a viewer, who watched some titles before, does with rows on a visit. Titles that the model does
    /// not know are passed over; who stays looks on until there is one.
    pub fn browse(&self, member: &Member, visit: &Visit, rows: &[Shown], watched: &HashSet<TitleId>) -> Browsed {
        let chance = member.chance.of("browse").nth(visit.at);
        let seen = looked_at(chance, rows);
        let worth = |shown: &Shown, title: TitleId| {
            let expected = self.expected(member, visit, title)?;
            let known = if shown.begun { BEGUN } else { f64::from(u8::from(watched.contains(&title))) * -KNOWN };
            Some(expected + known)
        };
        let best = |seen: &[(&Shown, TitleId)]| {
            let known = seen.iter().filter_map(|(shown, title)| Some((worth(shown, *title)?, *shown, *title)));
            let best = known.max_by(|a, b| a.0.total_cmp(&b.0))?;
            Some((best.0, Chosen { title: best.2, source: best.1.row.clone() }))
        };
        let mut best_seen = best(&seen);
        if best_seen.is_none() && visit.stays {
            best_seen = best(&all(rows));
        }
        let elsewhere = ELSEWHERE + chance.of("elsewhere").gumbel();
        let chosen = best_seen.filter(|(worth, _)| visit.stays || *worth > elsewhere).map(|(_, chosen)| chosen);
        let seen = seen.into_iter().map(|(shown, title)| Seen { row: shown.row.clone(), title });
        Browsed { seen: seen.collect(), chosen }
    }
}

fn all(rows: &[Shown]) -> Vec<(&Shown, TitleId)> {
    rows.iter().flat_map(|shown| shown.titles.iter().map(move |title| (shown, *title))).collect()
}

/// What is looked at, from the top left on; at least the first title of all.
fn looked_at(chance: Chance, rows: &[Shown]) -> Vec<(&Shown, TitleId)> {
    let mut seen = Vec::new();
    for (place, shown) in (0..).zip(rows) {
        let row = chance.of("row").nth(place);
        for (title, place) in shown.titles.iter().zip(0..) {
            seen.push((shown, *title));
            if seen.len() >= MOST || !row.of("title").nth(place).holds(NEXT_TITLE) {
                break;
            }
        }
        if seen.len() >= MOST || !row.of("next").holds(NEXT_ROW) {
            break;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::catalogue;
    use crate::taste::liking;
    use crate::{households, visits};

    const NOW: u64 = 1_705_350_600_000;

    fn rows(titles: &[TitleId]) -> Vec<Shown> {
        let row =
            |(at, titles): (usize, &[TitleId])| Shown { row: format!("row-{at}"), titles: titles.into(), begun: false };
        titles.chunks(10).enumerate().map(row).collect()
    }

    /// The share of visits that end in a play, where the titles come in some order.
    fn outcome(order: impl Fn(&Audience, &Member) -> Vec<TitleId>) -> f64 {
        let audience = Audience::new(1, &catalogue(400));
        let (mut plays, mut all) = (0, 0);
        for member in households(1, 150).iter().flat_map(|household| &household.members) {
            let rows = rows(&order(&audience, member));
            for visit in visits(member, NOW, 14).iter().filter(|visit| !visit.stays) {
                all += 1;
                plays += usize::from(audience.browse(member, visit, &rows, &HashSet::new()).chosen.is_some());
            }
        }
        plays as f64 / all as f64
    }

    #[test]
    fn a_page_of_what_a_viewer_likes_leads_to_more_plays() {
        let ids = |audience: &Audience| audience.films().iter().map(|film| film.id).collect::<Vec<_>>();
        let as_they_come = outcome(|audience, _| ids(audience));
        let liked_first = outcome(|audience, member| {
            let mut films: Vec<_> = audience.films().iter().collect();
            films.sort_by(|a, b| liking(member, b).total_cmp(&liking(member, a)));
            films.into_iter().map(|film| film.id).collect()
        });
        assert!(
            (0.3..0.75).contains(&as_they_come) && liked_first > as_they_come + 0.15,
            "{as_they_come} {liked_first}"
        );
    }

    #[test]
    fn what_stands_first_is_seen_most_and_the_same_page_makes_the_same_choice() {
        let audience = Audience::new(1, &catalogue(400));
        let ids: Vec<_> = audience.films().iter().map(|film| film.id).collect();
        let rows = rows(&ids);
        let mut seen = vec![0_u32; ids.len()];
        for member in households(1, 300).iter().flat_map(|household| &household.members) {
            for visit in visits(member, NOW, 7) {
                let browsed = audience.browse(member, &visit, &rows, &HashSet::new());
                assert_eq!(browsed, audience.browse(member, &visit, &rows, &HashSet::new()));
                assert!(browsed.chosen.is_none_or(|chosen| browsed.seen.iter().any(|seen| seen.title == chosen.title)));
                for title in browsed.seen {
                    seen[ids.iter().position(|id| *id == title.title).unwrap()] += 1;
                }
            }
        }
        assert!(seen[0] > seen[5] && seen[5] > seen[9] && seen[0] > seen[10] && seen[10] > seen[40], "{seen:?}");
    }

    #[test]
    fn what_stands_beside_a_title_does_not_change_its_worth_and_what_was_watched_is_left() {
        let audience = Audience::new(1, &catalogue(60));
        let ids: Vec<_> = audience.films().iter().map(|film| film.id).collect();
        let one = |ids: &[TitleId]| vec![Shown { row: "r".into(), titles: ids.into(), begun: false }];
        let (mut all, mut again) = (0, 0);
        for member in households(1, 100).iter().flat_map(|household| &household.members) {
            let visit = visits(member, NOW, 1).remove(0);
            let choice = |ids: &[TitleId], watched: &[TitleId]| {
                let watched = watched.iter().copied().collect();
                audience.browse(member, &visit, &one(ids), &watched).chosen.map(|chosen| chosen.title)
            };
            let Some(chosen) = choice(&ids, &[]) else { panic!("the last visit plays something") };
            assert!([chosen, ids[0]].contains(&choice(&[ids[0], chosen], &[]).unwrap()));
            all += 1;
            again += usize::from(choice(&ids, &[chosen]) == Some(chosen));
        }
        assert!(again * 4 < all, "{again} of {all} watch the same again");
    }

    #[test]
    fn an_empty_page_leads_nowhere() {
        let audience = Audience::new(1, &[]);
        let member = &households(1, 1)[0].members[0];
        let visit = visits(member, NOW, 1).remove(0);
        let nothing = Browsed { seen: Vec::new(), chosen: None };
        assert_eq!(audience.browse(member, &visit, &[], &HashSet::new()), nothing);
    }
}
