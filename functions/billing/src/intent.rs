//! What is being asked of the provider for an account: one thing at a time, written down before it is asked.
//!
//! Every call is made with an idempotency key of the intent and the step, so that whoever finds an intent that nobody
//! works on any more goes through the same steps and ends where the first would have. The intent goes, in one
//! transaction, with the coming of its results.

use crate::effects::Effects;
use crate::stop::Stop;
use crate::store;
use crate::stripe::Stripe;
use crate::work;
use reel_api::billing::{CardSetup, Plan, Standing};
use reel_api::{AccountId, IntentId, Millis};
use reel_billing::subscription::Subscription;
use reel_sdk::{Problem, clock, random};
use serde::{Deserialize, Serialize};

/// For how long nobody else takes an intent up, in milliseconds: longer than a request lives.
const CLAIM_MS: Millis = 25_000;
/// How often a step begins again because something was changed meanwhile.
pub(crate) const ATTEMPTS: usize = 6;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: IntentId,
    pub(crate) act: Act,
    /// Until when somebody works on it.
    claimed_until: Millis,
    /// Whether it was taken up again: then what it did may be there without our knowing.
    pub(crate) resumed: bool,
    /// How far it is.
    pub(crate) progress: Progress,
}

/// How far a change of plan is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// A change before it is not paid and has to be taken back.
    TakingBack,
    /// The plan is to be changed.
    Changing,
    /// The invoice for it was made.
    Invoiced(String),
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    Subscribe { plan: Plan, country: String, card: String },
    Change { plan: Plan },
    Cancel,
    Resume,
    Card { card: String },
    Refund { key: String, invoice: String, amount: i64 },
    Close,
}

/// An intent that is worked on, and the version of its row.
pub(crate) struct Work<'a> {
    pub(crate) stripe: &'a Stripe,
    pub(crate) account: AccountId,
    pub(crate) intent: Intent,
    pub(crate) version: u64,
}

/// Carries out an act, after what is still open of the one before. What the cardholder has to confirm, if anything.
pub(crate) async fn carry_out(stripe: &Stripe, account: AccountId, act: Act) -> Result<Option<CardSetup>, Problem> {
    for _ in 0..ATTEMPTS {
        if go_on(stripe, account).await? == Open::AtWork {
            return Err(store::busy());
        }
        let (None, version) = store::intent(account).await? else { continue };
        let subscription = store::subscription(account).await?;
        if act.is_done(account).await? || !act.is_needed(subscription.as_ref().map(|(subscription, _)| subscription))? {
            return Ok(None);
        }
        if let Some(work) = begin(stripe, account, &act, version, subscription).await? {
            return work.finish().await.map_err(Problem::from);
        }
    }
    Err(store::busy())
}

/// Whether something is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    Nothing,
    /// Somebody works on it.
    AtWork,
}

/// Finishes what somebody began and works on no more.
pub(crate) async fn go_on(stripe: &Stripe, account: AccountId) -> Result<Open, Problem> {
    let now = clock::now_ms();
    let (Some(intent), Some(version)) = store::intent(account).await? else { return Ok(Open::Nothing) };
    if intent.claimed_until > now {
        return Ok(Open::AtWork);
    }
    let intent = Intent { claimed_until: now + CLAIM_MS, resumed: true, ..intent };
    if !store::commit(vec![store::put_intent(account, &intent, Some(version))?]).await? {
        return Ok(Open::AtWork);
    }
    match (Work { stripe, account, intent, version: version + 1 }).finish().await {
        // What came of it was somebody else's to know.
        Ok(_) | Err(Stop::Refused(_)) => Ok(Open::Nothing),
        Err(Stop::Later(problem)) => Err(problem),
    }
}

/// Writes an intent down, unless the subscription was changed or another one was faster.
async fn begin<'a>(
    stripe: &'a Stripe,
    account: AccountId,
    act: &Act,
    before: Option<u64>,
    read: store::Versioned<Subscription>,
) -> Result<Option<Work<'a>>, Problem> {
    let now = clock::now_ms();
    let (subscription, version) = read.unzip();
    let pending = subscription.as_ref().is_some_and(|subscription| subscription.next.is_some());
    let progress = if pending { Progress::TakingBack } else { Progress::Changing };
    let id = IntentId::new(now, &random::bytes());
    let intent = Intent { id, act: act.clone(), claimed_until: now + CLAIM_MS, resumed: false, progress };
    let row = store::put_intent(account, &intent, before)?;
    let unchanged = match (act, subscription) {
        (Act::Change { plan }, Some(before)) if before.plan < Some(*plan) && !pending => {
            store::put_subscription(account, &before.asking(*plan), version)?
        }
        _ => store::check_subscription(account, version),
    };
    let begun = store::commit(vec![row, unchanged]).await?;
    Ok(begun.then_some(Work { stripe, account, intent, version: before.unwrap_or(0) + 1 }))
}

impl Act {
    /// Whether it was done before, which nothing but its key tells.
    async fn is_done(&self, account: AccountId) -> Result<bool, Problem> {
        match self {
            Self::Refund { key, .. } => Ok(store::refund(account, key).await?.is_some()),
            _ => Ok(false),
        }
    }

    /// Whether there is anything to do.
    ///
    /// # Errors
    /// A 409 problem when the subscription is not one that this can be done with.
    fn is_needed(&self, subscription: Option<&Subscription>) -> Result<bool, Problem> {
        let runs = subscription.filter(|subscription| subscription.runs());
        match (self, runs) {
            (Self::Subscribe { plan, .. }, Some(running)) if running.plan == Some(*plan) => Ok(false),
            (Self::Subscribe { .. }, Some(_)) => {
                Err(Problem::conflict("subscribed", "there is a subscription: change its plan with PUT"))
            }
            (Self::Change { plan }, Some(running)) => Ok(running.plan != Some(*plan) || running.next.is_some()),
            (Self::Cancel, Some(running)) => Ok(!running.cancels),
            (Self::Resume, Some(running)) => Ok(running.cancels),
            (Self::Cancel, None) if subscription.is_some_and(|s| s.standing == Standing::Incomplete) => Ok(true),
            (Self::Change { .. } | Self::Cancel | Self::Resume, None) => {
                Err(Problem::conflict("not-subscribed", "there is no subscription that runs: subscribe first"))
            }
            (Self::Subscribe { .. }, None) | (Self::Card { .. } | Self::Refund { .. } | Self::Close, _) => Ok(true),
        }
    }
}

impl Work<'_> {
    /// Does what is left to do. Who comes later may take it up at once when it has to wait.
    async fn finish(mut self) -> Result<Option<CardSetup>, Stop> {
        let done = work::perform(&mut self).await;
        match done {
            Err(Stop::Later(problem)) => {
                let released = Intent { claimed_until: 0, ..self.intent.clone() };
                let release = store::put_intent(self.account, &released, Some(self.version));
                let _ = store::commit(release.into_iter().collect()).await;
                Err(Stop::Later(problem))
            }
            Err(Stop::Refused(problem)) => {
                self.give_up().await?;
                Err(Stop::Refused(problem))
            }
            done => done,
        }
    }

    /// The idempotency key of a step.
    pub(crate) fn key(&self, step: &str) -> String {
        format!("{}-{step}", self.intent.id)
    }

    /// Notes how far it is.
    pub(crate) async fn note(&mut self, progress: Progress) -> Result<(), Stop> {
        self.intent.progress = progress;
        self.intent.claimed_until = clock::now_ms() + CLAIM_MS;
        match store::commit(vec![store::put_intent(self.account, &self.intent, Some(self.version))?]).await? {
            true => {
                self.version += 1;
                Ok(())
            }
            false => Err(Stop::Later(store::busy())),
        }
    }

    /// Ends the intent together with what came of it; `effects` are looked up again when something was changed.
    pub(crate) async fn conclude<T>(&self, effects: impl AsyncFn(&mut Effects) -> Result<T, Stop>) -> Result<T, Stop> {
        for _ in 0..ATTEMPTS {
            let mut all = Effects::default();
            let result = effects(&mut all).await?;
            all.add(store::end_intent(self.account, self.version)?);
            if all.commit().await? {
                return Ok(result);
            }
        }
        Err(Stop::Later(store::busy()))
    }

    /// Ends an intent of which nothing came: a larger plan is asked for no more.
    async fn give_up(&self) -> Result<(), Stop> {
        // What was concluded, as a payment that was declined, has ended its intent already.
        if store::intent(self.account).await?.1 != Some(self.version) {
            return Ok(());
        }
        self.conclude(async |effects| {
            if let (Act::Change { .. }, Some((before, version))) =
                (&self.intent.act, store::subscription(self.account).await?)
                && before.next.is_some()
            {
                effects.add(store::put_subscription(self.account, &before.asking_nothing(), Some(version))?);
            }
            Ok(())
        })
        .await
    }
}
