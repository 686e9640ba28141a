//! Three books held against each other: the provider's, the ledger, and the payments of the event log.
//!
//! Rows of table `billing`: `reconciled/PAYMENT` and `event`: what the log said of a payment. The log is taken in as it
//! comes; the provider's books when an operator asks, and what we had not heard of is then caught up with.

use crate::effects::Effects;
use crate::intent::ATTEMPTS;
use crate::ledger::{self, Moved};
use crate::stop::Stop;
use crate::store::{self, BILLING};
use crate::stripe::{BalanceTransaction, Form, List, Stripe, is_id};
use crate::{outbox, settings, webhook};
use reel_api::billing::{Balance, Difference, Reconciliation, Report};
use reel_api::{Millis, Role};
use reel_events::{Kind, PaymentEvent, PaymentOutcome, Recorded};
use reel_sdk::{Problem, Request, Response, clock};
use serde::{Deserialize, Serialize};

/// How far back the provider's books are compared, unless the request says otherwise, in milliseconds: 3 days.
const BACK_MS: Millis = 3 * 24 * 3_600 * 1_000;
/// For how long an event may be on its way, in milliseconds.
const ON_ITS_WAY_MS: Millis = 5 * 60 * 1_000;
/// So many lines are enough for one answer: a request ends within its time.
const MAX_LINES: u64 = 300;
const SEEN: &str = "event";

/// What the log said of a payment.
#[derive(Serialize, Deserialize)]
struct Seen {
    amount: i64,
    currency: String,
}

/// Takes in what the log says of payments.
pub(crate) async fn batch(request: &Request) -> Result<Response, Problem> {
    reel_sdk::events::consume(request, async |record| {
        let recorded = Recorded::read(&record.data).map_err(Problem::internal)?;
        let Kind::PaymentEvent(payment) = recorded.event.kind else { return Ok(()) };
        // Of one that failed nothing was posted.
        if payment.outcome == PaymentOutcome::Failed {
            return Ok(());
        }
        let PaymentEvent { payment, amount, currency, .. } = payment;
        BILLING.put_json(&seen(&payment), SEEN, &Seen { amount, currency }).await.map(drop)
    })
    .await
}

/// Compares the books. What the provider has and the ledger not is caught up with.
pub(crate) async fn run(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let stripe = Stripe::new(settings::needed().await?);
    outbox::tell_all().await?;
    let now = clock::now_ms();
    let since = request.query("since").map(|since| since.parse::<Millis>());
    let since = since.transpose().map_err(|_| Problem::invalid("since is a time in Unix milliseconds"))?;
    let since = since.unwrap_or(now.saturating_sub(BACK_MS));
    let mut found = Reconciliation::default();
    let mut after = request.query("after");
    if after.as_deref().is_some_and(|after| !is_id(after, "txn_")) {
        return Err(Problem::invalid("after is what an answer before had as next"));
    }
    loop {
        let page = lines(&stripe, after.as_deref()).await?;
        for line in page.data.iter().take_while(|line| line.created * 1_000 >= since) {
            compare(&stripe, line, now, &mut found).await?;
        }
        after =
            page.data.last().filter(|line| page.has_more && line.created * 1_000 >= since).map(|line| line.id.clone());
        if after.is_none() || found.compared >= MAX_LINES {
            return Response::json(200, &Reconciliation { next: after, ..found });
        }
    }
}

/// A page of the provider's books, latest first.
async fn lines(stripe: &Stripe, after: Option<&str>) -> Result<List<BalanceTransaction>, Problem> {
    let form = Form::of("limit", 100).with("expand[]", "data.source");
    let form = match after {
        Some(after) => form.with("starting_after", after),
        None => form,
    };
    Ok(stripe.get("balance_transactions", form).await?)
}

async fn compare(
    stripe: &Stripe,
    line: &BalanceTransaction,
    now: Millis,
    found: &mut Reconciliation,
) -> Result<(), Problem> {
    let Some(name) = name(line) else { return Ok(()) };
    found.compared += 1;
    let mut moved = ledger::moved(&name).await?;
    if moved.is_none() {
        if !catch_up(stripe, line).await? {
            // The provider's account has other business, too.
            return Ok(());
        }
        moved = ledger::moved(&name).await?;
        found.caught_up.push(name.clone());
    }
    let event: Option<Seen> = BILLING.get_json(&seen(&name), SEEN).await?;
    let ledger = moved.as_ref().map(|moved| moved.amount);
    let currency = line.currency.to_ascii_uppercase();
    let same_money = moved.as_ref().is_none_or(|moved: &Moved| moved.currency == currency);
    let caught_up = found.caught_up.last() == Some(&name);
    let on_its_way = event.is_none() && (caught_up || now < line.created * 1_000 + ON_ITS_WAY_MS);
    let event = event.map(|event| event.amount);
    let agree = ledger == Some(line.amount) && same_money && (on_its_way || event == ledger);
    if !agree {
        found.differences.push(Difference { payment: name, provider: Some(line.amount), ledger, event, currency });
    }
    Ok(())
}

/// What the ledger calls it: a payment by its intent, a refund by itself.
fn name(line: &BalanceTransaction) -> Option<String> {
    let source = line.source.as_ref()?;
    match line.kind.as_str() {
        "charge" | "payment" => Some(source.whole()?.payment_intent.as_ref()?.id().to_owned()),
        "refund" | "payment_refund" => Some(source.id().to_owned()),
        _ => None,
    }
}

/// Takes in what we never heard of. False: it is not of ours.
async fn catch_up(stripe: &Stripe, line: &BalanceTransaction) -> Result<bool, Problem> {
    let source = line.source.as_ref().and_then(|source| source.whole());
    let Some(payment) = source.and_then(|source| source.payment_intent.as_ref()).map(|payment| payment.id()) else {
        return Ok(false);
    };
    for _ in 0..ATTEMPTS {
        let mut effects = Effects::default();
        let taken = match line.kind.as_str() {
            "charge" | "payment" => webhook::invoice_of(stripe, payment, &mut effects).await,
            _ => webhook::of_payment(stripe, payment, &mut effects).await,
        };
        let ours = taken.map_err(|stop: Stop| Problem::from(stop))?;
        if effects.commit().await? {
            return Ok(ours);
        }
    }
    Err(store::busy())
}

fn seen(payment: &str) -> String {
    format!("reconciled/{payment}")
}

/// The sums of a month.
pub(crate) async fn report(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let month = request.query("month").filter(|month| is_month(month));
    let month = month.ok_or_else(|| Problem::invalid("month is a year and a month, as 2026-11"))?;
    let (sums, transactions) = ledger::sums(&month).await?;
    let balances = sums.iter().map(|(currency, account, debit, credit)| Balance {
        account: account.name().into(),
        currency: currency.into(),
        debit,
        credit,
    });
    let balances = balances.collect();
    Response::json(200, &Report { month, transactions, balances, balanced: sums.balance() })
}

fn is_month(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| text.get(range).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    text.len() == 7 && digits(0..4) && text.get(4..5) == Some("-") && digits(5..7)
}
