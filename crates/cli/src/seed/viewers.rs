//! Simulated viewers, at home on a platform: `reel-audience` says what they do, and here it is done.

mod account;
mod visit;

use crate::args::AudienceArgs;
use crate::platform::Platform;
use account::Account;
use anyhow::ensure;
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use reel_api::content::{Title, TitleKind, TitleStatus};
use reel_api::{Client, Millis};
use reel_audience::{Audience, Visit, households, visits};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;

/// How many households are at it at once.
const AT_ONCE: usize = 4;
/// What is begun within such a time, of the time that is simulated, is done at once.
const ROUND_MS: Millis = 3_600_000;

/// How long the platform has to take in the last events, and how long to wait before another look.
const SETTLES: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What viewers did.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Simulated {
    /// Always true: none of this was done by people.
    simulated: bool,
    seed: u64,
    days: u64,
    households: usize,
    viewers: usize,
    /// Viewers who had made all their visits before.
    there_before: usize,
    #[serde(flatten)]
    did: Did,
}

/// What was done, counted.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Did {
    visits: u64,
    searches: u64,
    /// Searches that hold a typo.
    mistyped: u64,
    /// Searches whose title was among the first found, at once or when spelt out.
    found: u64,
    impressions: u64,
    plays: u64,
    /// Plays that a row or what follows from one led to.
    plays_from_rows: u64,
    /// Plays of titles that are announced alone.
    plays_as_if: u64,
    /// Plays to the end.
    ended: u64,
    /// Plays that the platform refused, of a title that should play.
    not_played: u64,
    ratings: u64,
    events: u64,
}

impl AddAssign for Did {
    fn add_assign(&mut self, other: Self) {
        self.visits += other.visits;
        self.searches += other.searches;
        self.mistyped += other.mistyped;
        self.found += other.found;
        self.impressions += other.impressions;
        self.plays += other.plays;
        self.plays_from_rows += other.plays_from_rows;
        self.plays_as_if += other.plays_as_if;
        self.ended += other.ended;
        self.not_played += other.not_played;
        self.ratings += other.ratings;
        self.events += other.events;
    }
}

/// A visit of a household's viewer, by their places.
struct Planned {
    household: usize,
    member: usize,
    visit: Visit,
}

/// Has so many viewers make their visits, hour by hour, so that each sees what those before have made of the platform.
pub(super) async fn run(platform: &Platform, viewers: usize, args: &AudienceArgs) -> anyhow::Result<Simulated> {
    let titles = titles(platform, args.only_playable).await?;
    let audience = Audience::new(args.seed, &titles);
    let accounts = move_in(platform, viewers, args.seed).await?;
    let plan = plan(&accounts, args.days);
    let mut simulated = Simulated {
        simulated: true,
        seed: args.seed,
        days: args.days,
        households: accounts.len(),
        viewers,
        there_before: viewers - viewers_in(&plan),
        did: Did::default(),
    };
    let accounts: Vec<_> = accounts.into_iter().map(Mutex::new).collect();
    let bar = bar(plan.len(), "visits")?;
    for round in in_rounds(plan) {
        let visits = stream::iter(round).map(|household| visit::all(&audience, &accounts, household));
        let did: Vec<Did> =
            visits.buffer_unordered(AT_ONCE).inspect_ok(|did| bar.inc(did.visits)).try_collect().await?;
        did.into_iter().for_each(|did| simulated.did += did);
    }
    bar.finish_and_clear();
    settle(accounts.into_iter().map(Mutex::into_inner).collect()).await?;
    Ok(simulated)
}

/// Waits until the platform has taken in what the viewers played last; not for ever.
async fn settle(mut accounts: Vec<Account<'_>>) -> anyhow::Result<()> {
    let deadline = Instant::now() + SETTLES;
    for account in &mut accounts {
        for viewer in 0..account.viewers.len() {
            while !account.knows_last(viewer).await? && Instant::now() < deadline {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
    Ok(())
}

async fn titles(platform: &Platform, only_playable: bool) -> anyhow::Result<Vec<Title>> {
    let (mut titles, mut cursor) = (Vec::new(), None);
    loop {
        let page = Client::new(crate::patient::Patient::new(platform, Some(platform.token())))
            .titles(cursor.as_deref())
            .await?;
        titles.extend(page.titles);
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    titles.retain(|title| !only_playable || plays(title));
    ensure!(!titles.is_empty(), "there is no title to be watched: publish one, or announce some with `reel seed FILE`");
    Ok(titles)
}

fn plays(title: &Title) -> bool {
    title.status == TitleStatus::Published && title.kind != TitleKind::Series
}

async fn move_in(platform: &Platform, viewers: usize, seed: u64) -> anyhow::Result<Vec<Account<'_>>> {
    let households = households(seed, viewers);
    let bar = bar(households.len(), "households")?;
    let accounts = stream::iter(households).map(|household| Account::find(platform, household));
    let accounts = accounts.buffered(AT_ONCE).inspect_ok(|_| bar.inc(1)).try_collect().await;
    bar.finish_and_clear();
    accounts
}

fn bar(length: usize, what: &str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} simulated {what}"))?;
    Ok(ProgressBar::new(length as u64).with_style(style))
}

/// The visits that were not made before and are not too long ago to be told of.
fn plan(accounts: &[Account], days: u64) -> Vec<Planned> {
    let oldest = now().saturating_sub(reel_events::MAX_AGE_MS - ROUND_MS);
    let mut plan = Vec::new();
    for (household, account) in accounts.iter().enumerate() {
        for (member, viewer) in account.viewers.iter().enumerate() {
            // Counted from when the account was made: the same visits whenever they are planned.
            let visits = visits(&account.household.members[member], account.made_at, days).into_iter();
            let due = visits.filter(|visit| visit.at > viewer.latest && visit.at > oldest);
            plan.extend(due.map(|visit| Planned { household, member, visit }));
        }
    }
    plan
}

fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

fn viewers_in(plan: &[Planned]) -> usize {
    plan.iter().map(|planned| (planned.household, planned.member)).collect::<std::collections::BTreeSet<_>>().len()
}

/// Visits by their hour, and of each hour by household: those of one are made one after the other.
fn in_rounds(plan: Vec<Planned>) -> impl Iterator<Item = Vec<Vec<Planned>>> {
    let mut rounds: BTreeMap<Millis, BTreeMap<usize, Vec<Planned>>> = BTreeMap::new();
    for planned in plan {
        let round = rounds.entry(planned.visit.at / ROUND_MS).or_default();
        round.entry(planned.household).or_default().push(planned);
    }
    rounds.into_values().map(|round| round.into_values().collect())
}

impl Simulated {
    pub(super) fn tell(&self) {
        let Self { seed, days, households, viewers, there_before, did, .. } = self;
        println!(
            "{viewers} simulated viewers live in {households} households, household-N.seed-{seed}@simulated.example;"
        );
        if *there_before > 0 {
            println!("{there_before} of them had made all their visits before");
        }
        let Did { visits, searches, mistyped, found, impressions, .. } = did;
        println!("in {days} days they made {visits} visits, looked at {impressions} pictures,");
        println!("searched {searches} times, {mistyped} with a typo, and found it {found} times,");
        let Did { plays, plays_from_rows, ended, ratings, plays_as_if, not_played, .. } = did;
        println!("played {plays} times, {plays_from_rows} from rows, {ended} to the end, and rated {ratings} titles");
        if *plays_as_if > 0 {
            println!(
                "{plays_as_if} plays are of announced titles, as if they could be played: not so with --only-playable"
            );
        }
        if *not_played > 0 {
            println!("{not_played} plays were refused");
        }
    }
}
