//! Events, taken in. Each may come more than once and late; a viewer counts once.

use crate::counted::Act;
use crate::name::Name;
use crate::slot::Decision;
use crate::{decisions, known, store};
use reel_api::internal::Record;
use reel_api::{DecisionId, Millis, ProfileId, TitleId};
use reel_events::{Kind, PlayStart, Recorded, ThumbnailImpression};
use reel_sdk::{Problem, Request, Response, clock};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Takes in a batch, then looks at the tests that were counted in.
pub(crate) async fn batch(request: &Request) -> Result<Response, Problem> {
    let (now, counted_in) = (clock::now_ms(), RefCell::new(BTreeSet::new()));
    let receipt = reel_sdk::events::consume(request, async |record| {
        let title = take_in(record, now).await?;
        counted_in.borrow_mut().extend(title);
        Ok(())
    })
    .await?;
    for title in counted_in.into_inner() {
        // What was counted is safe: the next look sees it.
        if let Err(problem) = look(title, now).await {
            eprintln!("the test of title {title} was not looked at: {problem}");
        }
    }
    Ok(receipt)
}

/// The title in whose test the record was counted.
async fn take_in(record: &Record, now: Millis) -> Result<Option<TitleId>, Problem> {
    let recorded = Recorded::read(&record.data).map_err(Problem::internal)?;
    let (profile, at) = (recorded.profile, recorded.event.at);
    let Some(told) = told(recorded.event.kind) else { return Ok(None) };
    let Told { title, act, variant, decision } = told;
    if let Some(id) = decision {
        let this = |decision: &Decision| decision.led_to(profile, title, at);
        decisions::learn(id, act == Act::Played, this).await?;
    }
    let Some(name) = variant.as_deref().and_then(Name::read) else { return Ok(None) };
    Ok(count(title, &name, profile, act, now).await?.then_some(title))
}

/// What an event tells of a title that was shown.
struct Told {
    title: TitleId,
    act: Act,
    variant: Option<String>,
    decision: Option<DecisionId>,
}

fn told(kind: Kind) -> Option<Told> {
    match kind {
        Kind::ThumbnailImpression(ThumbnailImpression { title_id: title, variant, decision, .. }) => {
            Some(Told { title, act: Act::Saw, variant: Some(variant), decision })
        }
        Kind::PlayStart(PlayStart { title_id: title, variant, decision, .. }) => {
            Some(Told { title, act: Act::Played, variant, decision })
        }
        _ => None,
    }
}

async fn count(title: TitleId, name: &Name, profile: ProfileId, act: Act, now: Millis) -> Result<bool, Problem> {
    let test = known::test(title, name.test, now).await?;
    let Some(mut test) = test.filter(|test| test.counts(profile, name, now)) else { return Ok(false) };
    if test.has_room_for(&name.taste) {
        let admitted = store::update(title, now, |test| Ok(test.and_then(|test| test.admitting(&name.taste)))).await?;
        if let Some(admitted) = admitted.filter(|admitted| admitted.id == name.test) {
            test = admitted.into();
        }
    }
    store::count(name, test.segment(&name.taste), profile, act, now).await?;
    Ok(true)
}

/// Decides what the counts say by now.
async fn look(title: TitleId, now: Millis) -> Result<(), Problem> {
    let Some((test, _)) = store::test(title).await? else { return Ok(()) };
    let counted = store::counted(test.id).await?;
    let wrong = |e| Problem::internal(format!("the counts of experiment {} cannot be: {e}", test.id));
    let Some(decision) = test.decide(&counted, now).map_err(wrong)? else { return Ok(()) };
    store::update(title, now, |latest| Ok(latest.and_then(|latest| latest.deciding(test.id, &decision))))
        .await
        .map(drop)
}
