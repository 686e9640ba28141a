//! `reel billing`: the ledger of a month, and whether it says what the payment provider's books say.

use crate::args::{BillingCommand, BillingReportArgs, ReconcileArgs};
use crate::platform::Platform;
use anyhow::ensure;
use reel_api::billing::{Difference, Reconciliation, Report};
use reel_api::{Millis, rfc3339};
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_MS: Millis = 24 * 3_600 * 1_000;

pub(crate) async fn run(command: BillingCommand) -> anyhow::Result<()> {
    match command {
        BillingCommand::Report(args) => report(args).await,
        BillingCommand::Reconcile(args) => reconcile(args).await,
    }
}

async fn report(args: BillingReportArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let month = args.month.unwrap_or(rfc3339(now()?).chars().take(7).collect());
    let report = platform.client().billing_report(&month).await?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print(&report),
    }
    ensure!(report.balanced, "debits and credits of {month} differ");
    Ok(())
}

fn print(report: &Report) {
    println!("{}: {} transactions, in minor units", report.month, report.transactions);
    for of in &report.balances {
        println!("{:<12} {} {:>14} {:>14} {:>14}", of.account, of.currency, of.debit, of.credit, of.debit - of.credit);
    }
}

async fn reconcile(args: ReconcileArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let since = now()?.saturating_sub(args.days.saturating_mul(DAY_MS));
    let mut all = Reconciliation::default();
    loop {
        let found = platform.client().reconcile(since, all.next.as_deref()).await?;
        all.compared += found.compared;
        all.caught_up.extend(found.caught_up);
        all.differences.extend(found.differences);
        all.next = found.next;
        if all.next.is_none() {
            break;
        }
    }
    match args.json {
        true => println!("{}", serde_json::to_string(&all)?),
        false => {
            println!("{} payments and refunds compared, {} caught up with", all.compared, all.caught_up.len());
            all.differences.iter().for_each(print_difference);
        }
    }
    ensure!(all.differences.is_empty(), "the books differ in {} payments", all.differences.len());
    Ok(())
}

fn print_difference(of: &Difference) {
    let said = |amount: Option<i64>| amount.map_or_else(|| "nothing".into(), |amount| amount.to_string());
    let Difference { payment, provider, ledger, event, currency } = of;
    println!(
        "{payment} {currency}: the provider says {}, the ledger {}, its event {}",
        said(*provider),
        said(*ledger),
        said(*event)
    );
}

fn now() -> anyhow::Result<Millis> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as Millis)
}
