//! Ten thousand changes of plan, payments and repeated webhooks at once, in random order, with a provider whose answers
//! get lost and a platform that is killed again and again: the books balance to the cent, and nobody is billed twice.

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use reel_billing::signature::sign;
use reel_operator::Operator;
use reel_tests::unreliable_stripe::{Books, Chance, UnreliableStripe};
use reel_tests::viewer::now;
use reel_tests::{Platform, Viewer, Web, eventually, money};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// So many acts; `REEL_TEST_ACTS` says otherwise.
const ACTS: usize = 10_000;
const ACCOUNTS: usize = 40;
const AT_ONCE: usize = 16;
const KILLS: usize = 6;
const WEBHOOK_SECRET: &str = "whsec_test_reel";
/// The month in which everything happens at the provider.
const MONTH: &str = "2026-09";
/// Nobody takes up what a killed process had begun before this.
const CLAIM: Duration = Duration::from_secs(26);
const PLANS: [&str; 3] = ["basic", "standard", "premium"];
const COUNTRIES: [&str; 3] = ["US", "DE", "JP"];

/// What all that act at once share.
struct Storm {
    stripe: UnreliableStripe,
    web: Web,
    accounts: Vec<Viewer>,
    operator: Viewer,
    done: AtomicUsize,
    acts: usize,
}

impl Storm {
    /// Acts until enough was done. What gets no answer is not counted, and may have been done all the same.
    async fn rage(&self, mut chance: Chance) -> Result<BTreeMap<u16, usize>> {
        let mut answers = BTreeMap::new();
        while self.done.load(Ordering::Relaxed) < self.acts {
            match self.act(&mut chance).await {
                Ok(status) => {
                    self.done.fetch_add(1, Ordering::Relaxed);
                    *answers.entry(status).or_insert(0) += 1;
                }
                // The platform is being killed.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        Ok(answers)
    }

    async fn act(&self, chance: &mut Chance) -> Result<u16> {
        let viewer = &self.accounts[chance.below(ACCOUNTS)];
        let (plan, country) = (PLANS[chance.below(3)], COUNTRIES[chance.below(3)]);
        let card = if chance.one_in(4) { "pm_declined" } else { "pm_good" };
        match chance.below(20) {
            0..5 => self.change(viewer, Method::PUT, json!({ "plan": plan })).await,
            5..8 => {
                let wish = json!({ "plan": plan, "country": country, "payment_method": card });
                self.change(viewer, Method::POST, wish).await
            }
            8 => self.change(viewer, Method::DELETE, Value::Null).await,
            9 => answered(viewer, Method::POST, "/v1/subscription/resume", Value::Null).await,
            10 => {
                let card = json!({ "payment_method": card });
                answered(viewer, Method::PUT, "/v1/payment-methods/default", card).await
            }
            11 => answered(viewer, Method::GET, "/v1/subscription", Value::Null).await,
            12 => self.refund(chance).await,
            13..15 => {
                // Stripe by itself: a month is over, a card is charged again. Its news come as webhooks.
                self.stripe
                    .with_books(|books| if chance.one_in(3) { books.try_again(chance) } else { books.renew(chance) });
                self.webhook(self.recent(chance)).await
            }
            _ => self.webhook(self.recent(chance)).await,
        }
    }

    async fn change(&self, viewer: &Viewer, method: Method, body: Value) -> Result<u16> {
        answered(viewer, method, "/v1/subscription", body).await
    }

    /// One of three refunds of an invoice, whoever asked for it before.
    async fn refund(&self, chance: &mut Chance) -> Result<u16> {
        let paid: Vec<String> = self.stripe.with_books(|books| {
            books.payments.values().filter(|payment| payment.succeeded).map(|payment| payment.invoice.clone()).collect()
        });
        if paid.is_empty() {
            return Ok(0);
        }
        let (invoice, part) = (&paid[chance.below(paid.len())], chance.below(3));
        let wish = json!({ "key": format!("refund-{invoice}-{part}"), "invoice": invoice, "amount": 31 + part });
        answered(&self.operator, Method::POST, "/v1/refunds", wish).await
    }

    /// Something that happened, lately or long ago; it may have been told of before.
    fn recent(&self, chance: &mut Chance) -> Option<Value> {
        self.stripe.with_books(|books| {
            let all = &books.events;
            let from = if chance.one_in(3) { 0 } else { all.len().saturating_sub(30) };
            (!all.is_empty()).then(|| all[from + chance.below(all.len() - from)].payload())
        })
    }

    async fn webhook(&self, event: Option<Value>) -> Result<u16> {
        let Some(event) = event else { return Ok(0) };
        let payload = event.to_string();
        let signature = sign(WEBHOOK_SECRET.as_bytes(), now()? / 1_000, payload.as_bytes());
        let request = self.web.request(Method::POST, "/v1/stripe/webhook").header("stripe-signature", signature);
        Ok(request.body(payload).send().await?.status().as_u16())
    }

    /// Tells of everything that ever happened, in random order, until all of it was taken.
    async fn tell_everything(&self, chance: &mut Chance) -> Result<()> {
        let mut events: Vec<Value> = self.stripe.with_books(|books| books.events.iter().map(|e| e.payload()).collect());
        for at in (1..events.len()).rev() {
            events.swap(at, chance.below(at + 1));
        }
        for some in events.chunks(AT_ONCE) {
            let told = some.iter().map(|event| async move {
                eventually("an event is taken", Duration::from_secs(60), async || {
                    Ok((self.webhook(Some(event.clone())).await? == 200).then_some(()))
                })
                .await
            });
            try_join_all(told).await?;
        }
        Ok(())
    }

    /// Holds the books against each other, from the first line to the last. What was caught up with, and the differences.
    async fn reconcile(&self) -> Result<(usize, Vec<Value>)> {
        let (mut caught_up, mut differences, mut after) = (0, Vec::new(), String::new());
        loop {
            let path = format!("/v1/billing/reconciliation?since=0{after}");
            let found = self.operator.send(Method::POST, &path, Some(json!({}))).await?;
            caught_up += found["caught_up"].as_array().map_or(0, Vec::len);
            differences.extend(found["differences"].as_array().cloned().unwrap_or_default());
            match found["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok((caught_up, differences)),
            }
        }
    }
}

async fn answered(viewer: &Viewer, method: Method, path: &str, body: Value) -> Result<u16> {
    let mut request = viewer.web.request(method, path).bearer_auth(&viewer.token);
    if !body.is_null() {
        request = request.json(&body);
    }
    Ok(request.send().await?.status().as_u16())
}

async fn operator(platform: &Platform) -> Result<Viewer> {
    let key = Operator::read(platform.data()).context("no operator.json")?.key;
    let grant = json!({ "key": key, "email": "operator@reel.localhost", "role": "owner" });
    let web = Web::at(platform.url())?;
    let tokens: Value = web.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
    Ok(Viewer { web, token: tokens["access_token"].as_str().context("no token")?.to_owned() })
}

/// The ledger's sums, debits less credits, by account and currency.
async fn ledger(operator: &Viewer) -> Result<BTreeMap<(String, String), i64>> {
    let report = operator.get(&format!("/v1/billing/report?month={MONTH}")).await?;
    ensure!(report["balanced"] == true, "{report}");
    let sums = report["balances"].as_array().context("no balances")?.iter();
    let sum = |of: &Value| {
        let text = |name: &str| of[name].as_str().unwrap_or_default().to_owned();
        let side = |name: &str| of[name].as_i64().unwrap_or_default();
        ((text("account"), text("currency")), side("debit") - side("credit"))
    };
    Ok(sums.map(sum).collect())
}

/// What the ledger has to say, by what the provider did.
fn expected(books: &Books) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    let mut add = |account: &str, currency: &str, amount: i64| {
        *sums.entry((account.to_owned(), currency.to_ascii_uppercase())).or_insert(0) += amount;
    };
    for (_, _, amount, currency) in &books.lines {
        add("clearing", currency, *amount);
    }
    for invoice in books.invoices.values().filter(|invoice| matches!(invoice.status.as_str(), "open" | "paid")) {
        let paid = if invoice.status == "paid" { invoice.due() } else { 0 };
        add("receivable", invoice.currency(), invoice.total - paid);
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}

/// Nobody has two subscriptions, and of what was asked once nothing was made twice.
fn nobody_is_billed_twice(books: &Books) -> Result<()> {
    let mut running: BTreeMap<&str, usize> = BTreeMap::new();
    for subscription in
        books.subscriptions.values().filter(|of| !matches!(of.status.as_str(), "canceled" | "incomplete_expired"))
    {
        *running.entry(&books.customers[&subscription.customer].account).or_default() += 1;
    }
    ensure!(running.values().all(|count| *count == 1), "two subscriptions: {running:?}");
    ensure!(books.customers.len() <= ACCOUNTS, "{} customers of {ACCOUNTS} accounts", books.customers.len());
    let intents = books.subscriptions.values().map(|of| ("subscription", &of.intent));
    let intents = intents.chain(books.invoices.values().map(|of| ("invoice", &of.intent)));
    let intents = intents.chain(books.refunds.values().map(|of| ("refund", &of.intent)));
    let mut made: BTreeMap<(&str, &String), usize> = BTreeMap::new();
    intents.filter(|(_, intent)| !intent.is_empty()).for_each(|of| *made.entry(of).or_default() += 1);
    let twice: Vec<_> = made.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(twice.is_empty(), "made twice: {twice:?}");
    let paid = books.payments.values().filter(|payment| payment.succeeded);
    let mut payments: BTreeMap<&str, usize> = BTreeMap::new();
    paid.for_each(|payment| *payments.entry(&payment.invoice).or_default() += 1);
    ensure!(payments.values().all(|count| *count == 1), "an invoice was paid twice");
    // The same key asks for the same 31, 32 or 33; of an invoice each went back once.
    let mut refunds: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    books.refunds.values().for_each(|of| *refunds.entry((of.payment(), of.amount)).or_default() += 1);
    ensure!(refunds.values().all(|count| *count == 1), "refunded twice: {refunds:?}");
    Ok(())
}

/// What accounts are told they have is what the provider was paid for.
async fn everybody_has_what_was_paid(storm: &Storm) -> Result<usize> {
    let mut compared = 0;
    for viewer in &storm.accounts {
        let told = viewer.get("/v1/subscription").await?;
        let claims: Value = money::claims(&viewer.token)?;
        let account = claims["sub"].as_str().context("no account")?.to_owned();
        let at_stripe = storm.stripe.with_books(|books| books.running(&account));
        let Some((plan, status)) = at_stripe else {
            ensure!(matches!(told["standing"].as_str(), Some("none" | "ended")), "{account}: {told}");
            continue;
        };
        ensure!(told["standing"] == status.as_str(), "{account} is {status}: {told}");
        if told["next_plan"].is_null() {
            ensure!(
                status == "incomplete" || told["plan"].as_str().is_some_and(|told| plan.contains(told)),
                "{plan}: {told}"
            );
            compared += 1;
        }
    }
    Ok(compared)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_acts_balance_to_the_cent_whatever_is_lost_repeated_or_killed() -> Result<()> {
    let acts = std::env::var("REEL_TEST_ACTS").map_or(Ok(ACTS), |acts| acts.parse())?;
    let seed = std::env::var("REEL_TEST_SEED").map_or(Ok(now()?), |seed| seed.parse())?;
    println!("seed {seed}");
    let stripe = UnreliableStripe::start(seed).await?;
    let settings = format!(
        "[billing]\nstripe-endpoint = \"{}\"\n[rate-limit]\nrequests = 1000000\nauth-requests = 1000000\n",
        stripe.url
    );
    let data = money::configured(&settings, "sk_test_reel", WEBHOOK_SECRET)?;
    let mut platform = Platform::start_in(data, [])?;
    let mut accounts = Vec::new();
    for _ in 0..ACCOUNTS {
        accounts.push(Viewer::new(Web::at(platform.url())?).await?);
    }
    let (web, operator) = (Web::at(platform.url())?, operator(&platform).await?);
    let storm = Arc::new(Storm { stripe, web, accounts, operator, done: AtomicUsize::new(0), acts });

    let raging: Vec<_> = (0..AT_ONCE as u64)
        .map(|n| {
            let (storm, chance) = (Arc::clone(&storm), Chance::of(seed ^ (n << 32)));
            tokio::spawn(async move { storm.rage(chance).await })
        })
        .collect();
    for kill in 1..=KILLS {
        while storm.done.load(Ordering::Relaxed) < acts * kill / (KILLS + 1) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        platform.cut_power()?;
        platform.restart()?;
    }
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for one in try_join_all(raging).await? {
        one?.into_iter().for_each(|(status, count)| *answers.entry(status).or_default() += count);
    }
    println!("answers: {answers:?}");
    ensure!(!answers.contains_key(&500) && !answers.contains_key(&502), "errors of our own: {answers:?}");

    // Stripe answers again, and tells again what was not taken; who looks at the subscription finishes what was begun.
    storm.stripe.be_reliable();
    tokio::time::sleep(CLAIM).await;
    for viewer in &storm.accounts {
        viewer.get("/v1/subscription").await?;
    }
    storm.tell_everything(&mut Chance::of(seed)).await?;
    eventually("the books agree", Duration::from_secs(60), async || {
        let (caught_up, differences) = storm.reconcile().await?;
        Ok((caught_up == 0 && differences.is_empty()).then_some(()))
    })
    .await?;

    let found: BTreeMap<_, _> = ledger(&storm.operator)
        .await?
        .into_iter()
        .filter(|(of, _)| ["clearing", "receivable"].contains(&of.0.as_str()))
        .filter(|(_, amount)| *amount != 0)
        .collect();
    assert_eq!(found, storm.stripe.with_books(|books| expected(books)));
    storm.stripe.with_books(|books| nobody_is_billed_twice(books))?;
    let compared = everybody_has_what_was_paid(&storm).await?;
    let (payments, refunds) = storm.stripe.with_books(|books| (books.payments.len(), books.refunds.len()));
    println!("{acts} acts, {KILLS} kills: {payments} payments, {refunds} refunds, {compared} subscriptions compared");
    ensure!(acts < ACTS || payments > 300 && refunds > 30, "hardly anything was paid");
    Ok(())
}
