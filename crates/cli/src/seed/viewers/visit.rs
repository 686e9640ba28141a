//! One visit, through the API that the pages use.

use super::account::Account;
use super::{Did, Planned};
use crate::patient::Patient;
use anyhow::{Context, ensure};
use reel_api::events::{Accepted, Batch};
use reel_api::recommendation::{Card, Row};
use reel_api::{CallError, Client, TitleId};
use reel_audience::{Audience, Browsed, Chosen, Shown, Visit, Watching};
use reel_events::{Event, Kind};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// How many of the titles found are looked at.
const LOOKED_AT: usize = 5;
/// The source of a play that a search led to.
const SEARCH: &str = "search";
/// The row of what was begun.
const CONTINUE: &str = "continue-watching";

/// The visits of one household, one after the other.
pub(super) async fn all(
    audience: &Audience,
    accounts: &[Mutex<Account<'_>>],
    household: Vec<Planned>,
) -> anyhow::Result<Did> {
    let mut did = Did::default();
    for planned in household {
        let mut account = accounts[planned.household].lock().await;
        let name = account.household.members[planned.member].name.clone();
        let made = make(audience, &mut account, planned.member, &planned.visit).await;
        did += made.with_context(|| format!("{name} of {} is stuck", account.household.email()))?;
    }
    Ok(did)
}

/// A viewer at a visit.
struct Visitor<'a> {
    audience: &'a Audience,
    account: &'a Account<'a>,
    member: usize,
    visit: &'a Visit,
    client: Client<Patient<'a>>,
    /// How the first page showed its titles.
    cards: HashMap<TitleId, Card>,
    events: Vec<Event>,
    did: Did,
}

async fn make(audience: &Audience, account: &mut Account<'_>, member: usize, visit: &Visit) -> anyhow::Result<Did> {
    let client = account.client(member).await?;
    let did = Did { visits: 1, ..Did::default() };
    let mut visitor =
        Visitor { audience, account, member, visit, client, cards: HashMap::new(), events: Vec::new(), did };
    let chosen = match visitor.search().await? {
        Some(chosen) => Some((chosen, 0.0)),
        None => visitor.browse().await?,
    };
    let watching = match chosen {
        Some((chosen, from)) => visitor.watch(&chosen, from).await?,
        None => None,
    };
    visitor.tell().await?;
    visitor.rate(watching.as_ref()).await?;
    let did = visitor.did;
    if let Some(watching) = watching {
        let viewer = &mut account.viewers[member];
        viewer.told = viewer.told.max(watching.began());
        viewer.watched.insert(watching.title);
    }
    Ok(did)
}

impl Visitor<'_> {
    fn viewer(&self) -> &super::account::Viewer {
        &self.account.viewers[self.member]
    }

    /// Searches for what the viewer has in mind, if anything; what was found is played.
    async fn search(&mut self) -> anyhow::Result<Option<Chosen>> {
        let member = &self.account.household.members[self.member];
        let search = self.audience.search(member, self.visit, &self.viewer().watched);
        let Some(search) = search.filter(|_| self.visit.searches) else { return Ok(None) };
        self.did.searches += 1;
        self.did.mistyped += u64::from(search.mistyped);
        let mut texts = vec![&search.typed, &search.name];
        texts.dedup();
        for (nth, text) in (0..).zip(texts) {
            let found = self.client.search(text).await?;
            self.events.push(self.audience.searched(member, self.visit, nth, text, found.total));
            if found.titles.iter().take(LOOKED_AT).any(|title| title.id == search.title) {
                self.did.found += 1;
                return Ok(Some(Chosen { title: search.title, source: SEARCH.into() }));
            }
        }
        Ok(None)
    }

    /// Looks at the first page. What is played, and from which share of it on.
    async fn browse(&mut self) -> anyhow::Result<Option<(Chosen, f64)>> {
        let rows = self.client.home().await?.rows;
        let begun: HashMap<TitleId, f64> = rows.iter().flat_map(begun).collect();
        self.cards = rows.iter().flat_map(|row| &row.items).map(|card| (card.title.id, card.clone())).collect();
        let shown: Vec<Shown> = rows.into_iter().map(shown).collect();
        let member = &self.account.household.members[self.member];
        let browsed: Browsed = self.audience.browse(member, self.visit, &shown, &self.viewer().watched);
        let impressions = self.audience.impressions(member, self.visit, &browsed);
        self.events.extend(impressions.into_iter().map(|event| as_shown(&self.cards, event)));
        self.did.impressions += browsed.seen.len() as u64;
        let from = |chosen: &Chosen| begun.get(&chosen.title).copied().unwrap_or(0.0);
        Ok(browsed.chosen.map(|chosen| (from(&chosen), chosen)).map(|(from, chosen)| (chosen, from)))
    }

    /// Plays a title. One that can be played goes through the door that players go through.
    async fn watch(&mut self, chosen: &Chosen, from: f64) -> anyhow::Result<Option<Watching>> {
        if self.audience.plays(chosen.title) {
            match self.client.playback(&chosen.title.to_string(), self.visit.device).await {
                Ok(_) => {}
                Err(CallError::Problem(_)) => {
                    self.did.not_played += 1;
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
        let member = &self.account.household.members[self.member];
        let watching = self.audience.watch(member, self.visit, chosen, from);
        let Some(watching) = watching else { return Ok(None) };
        self.did.plays += 1;
        self.did.plays_from_rows += u64::from(chosen.source != SEARCH);
        self.did.plays_as_if += u64::from(!self.audience.plays(chosen.title));
        self.did.ended += u64::from(watching.ended);
        self.events.extend(watching.events.iter().cloned().map(|event| as_shown(&self.cards, event)));
        Ok(Some(watching))
    }

    async fn tell(&mut self) -> anyhow::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        let events = self.events.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        self.did.events += events.len() as u64;
        let answer: Accepted = self.client.post("/v1/events", &Batch { events }).await?;
        let reason = answer.rejected.first().map_or("", |rejected| &rejected.reason);
        ensure!(answer.rejected.is_empty(), "{} events were not accepted: {reason}", answer.rejected.len());
        Ok(())
    }

    async fn rate(&mut self, watching: Option<&Watching>) -> anyhow::Result<()> {
        let rated = watching.and_then(|watching| Some((watching.title, watching.rating?)));
        if let Some((title, rating)) = rated {
            self.client.rate(title, rating).await?;
            self.did.ratings += 1;
        }
        Ok(())
    }
}

/// An event, with how the page showed the title that it is about.
fn as_shown(cards: &HashMap<TitleId, Card>, mut event: Event) -> Event {
    match &mut event.kind {
        Kind::ThumbnailImpression(seen) => {
            let Some(card) = cards.get(&seen.title_id) else { return event };
            seen.decision = card.decision;
            card.picture.iter().for_each(|picture| seen.variant.clone_from(&picture.variant));
        }
        Kind::PlayStart(start) => {
            let Some(card) = cards.get(&start.title_id) else { return event };
            start.decision = card.decision;
            start.variant = card.picture.as_ref().map(|picture| picture.variant.clone());
        }
        _ => {}
    }
    event
}

/// The titles of a row that were begun, with how far.
fn begun(row: &Row) -> impl Iterator<Item = (TitleId, f64)> {
    row.items.iter().filter_map(|card| Some((card.title.id, f64::from(card.progress_pct?) / 100.0)))
}

fn shown(row: Row) -> Shown {
    let titles = row.items.iter().map(|card| card.title.id).collect();
    Shown { begun: row.id == CONTINUE, row: row.id, titles }
}
