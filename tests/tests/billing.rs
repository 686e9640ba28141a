//! Money, over HTTP against a platform of this machine whose Stripe is localstripe.
//!
//! localstripe does as Stripe does but for this: it credits a whole month where Stripe credits what is left of it, adds
//! tax that is included in a price, knows no idempotency keys, and renews nothing by itself.

use anyhow::{Context, Result, ensure};
use reel_billing::signature::sign;
use reel_operator::Operator;
use reel_tests::localstripe::{PUBLISHABLE_KEY, SECRET_KEY};
use reel_tests::viewer::now;
use reel_tests::web::problem;
use reel_tests::{Localstripe, Platform, Viewer, Web, eventually, money};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const WEBHOOK_SECRET: &str = "whsec_test_reel";
/// What localstripe tells it tells after a second.
const SOON: Duration = Duration::from_secs(30);
const GOOD_CARD: &str = "4242424242424242";
/// Can be entered, and is declined when it is charged.
const DECLINED_CARD: &str = "4000000000000341";
/// Its holder has to confirm each payment.
const CAUTIOUS_CARD: &str = "4000002500003155";

/// A platform with a Stripe.
struct Shop {
    stripe: Localstripe,
    platform: Platform,
}

impl Shop {
    async fn open() -> Result<Self> {
        let stripe = Localstripe::start()?;
        let settings = format!(
            "[billing]\nstripe-endpoint = \"{0}\"\nstripe-publishable-key = \"{PUBLISHABLE_KEY}\"\n\
             stripe-script = \"{0}/js.stripe.com/v3/\"\n",
            stripe.url
        );
        let platform = Platform::start_in(money::configured(&settings, SECRET_KEY, WEBHOOK_SECRET)?, [])?;
        let shop = Self { stripe, platform };
        shop.stripe.tell(&format!("{}/v1/stripe/webhook", shop.url()), WEBHOOK_SECRET).await?;
        Ok(shop)
    }

    /// Where the platform is, for who knows no `localhost`.
    fn url(&self) -> String {
        self.platform.url().replace("localhost", "127.0.0.1")
    }

    fn web(&self) -> Result<Web> {
        Web::at(self.platform.url())
    }

    async fn viewer(&self) -> Result<Viewer> {
        Viewer::new(self.web()?).await
    }

    /// Enters a card and returns its name.
    async fn card(&self, viewer: &Viewer, number: &str) -> Result<String> {
        let setup = viewer.send(Method::POST, "/v1/payment-methods", None).await?;
        self.stripe.enter_card(setup["client_secret"].as_str().context("no client secret")?, number).await
    }

    async fn subscribe(&self, viewer: &Viewer, plan: &str, country: &str) -> Result<Value> {
        let card = self.card(viewer, GOOD_CARD).await?;
        let wish = json!({ "plan": plan, "country": country, "payment_method": card });
        viewer.send(Method::POST, "/v1/subscription", Some(wish)).await
    }

    /// A request as the operator.
    async fn operate(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        self.operator().await?.send(method, path, body).await
    }

    async fn operator(&self) -> Result<Viewer> {
        let key = Operator::read(self.platform.data()).context("no operator.json")?.key;
        let grant = json!({ "key": key, "email": "operator@reel.localhost", "role": "owner" });
        let tokens: Value = self.web()?.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
        Ok(Viewer { web: self.web()?, token: tokens["access_token"].as_str().context("no token")?.to_owned() })
    }

    /// What the ledger says of this month.
    async fn ledger(&self) -> Result<Value> {
        let month: String = reel_api::rfc3339(now()?).chars().take(7).collect();
        self.operate(Method::GET, &format!("/v1/billing/report?month={month}"), None).await
    }

    /// What is left on an account of the ledger.
    async fn left(&self, account: &str, currency: &str) -> Result<i64> {
        let ledger = self.ledger().await?;
        ensure!(ledger["balanced"] == true, "{ledger}");
        let balances = ledger["balances"].as_array().context("no balances")?;
        let of = balances.iter().find(|of| of["account"] == account && of["currency"] == currency);
        let side = |side: &str| of.and_then(|of| of[side].as_i64()).unwrap_or_default();
        Ok(side("debit") - side("credit"))
    }

    /// Tells the platform something as Stripe would.
    async fn webhook(&self, payload: &Value, signature: Option<&str>) -> Result<(u16, Value)> {
        let payload = payload.to_string();
        let signed = sign(WEBHOOK_SECRET.as_bytes(), now()? / 1_000, payload.as_bytes());
        let request = self.web()?.request(Method::POST, "/v1/stripe/webhook").body(payload);
        let answer = request.header("stripe-signature", signature.unwrap_or(&signed)).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }
}

/// The account's subscription at Stripe.
async fn at_stripe(shop: &Shop) -> Result<Value> {
    let all = shop.stripe.get("subscriptions?status=all&limit=100").await?;
    let all = all["data"].as_array().context("no subscriptions")?;
    ensure!(all.len() == 1, "{} subscriptions", all.len());
    Ok(all[0].clone())
}

#[tokio::test]
async fn without_a_key_nobody_pays() -> Result<()> {
    let platform = Platform::start()?;
    let viewer = Viewer::new(Web::at(platform.url())?).await?;
    let plans = viewer.get("/v1/plans?country=jp").await?;
    assert_eq!((&plans["billing"], &plans["country"]), (&json!("off"), &json!("JP")));
    assert_eq!(plans["plans"][1]["currency"], "JPY");
    let subscription = viewer.get("/v1/subscription").await?;
    assert_eq!((&subscription["billing"], &subscription["standing"]), (&json!("off"), &json!("none")));
    assert_eq!(subscription["entitlement"]["streams"], u32::MAX);
    let wish = json!({ "plan": "basic", "country": "US", "payment_method": "pm_1" });
    let request = viewer.web.request(Method::POST, "/v1/subscription").bearer_auth(&viewer.token).json(&wish);
    let (status, code, _) = problem(request.send().await?).await?;
    assert_eq!((status, code.as_str()), (409, "billing-off"));
    Ok(())
}

#[tokio::test]
async fn a_viewer_subscribes_changes_the_plan_cancels_and_is_refunded() -> Result<()> {
    let shop = Shop::open().await?;
    let viewer = shop.viewer().await?;
    let plans = viewer.get("/v1/plans?country=US").await?;
    assert_eq!((&plans["billing"], &plans["checkout"]["publishable_key"]), (&json!("on"), &json!(PUBLISHABLE_KEY)));
    assert_eq!(viewer.get("/v1/subscription").await?["entitlement"]["streams"], 0);

    let subscribed = shop.subscribe(&viewer, "basic", "US").await?;
    assert_eq!((&subscribed["standing"], &subscribed["plan"]), (&json!("active"), &json!("basic")));
    assert_eq!(subscribed["entitlement"]["max_height"], 720);
    assert_eq!(shop.subscribe(&viewer, "basic", "US").await?["plan"], "basic", "the same again is no second one");
    assert_eq!(at_stripe(&shop).await?["status"], "active");

    let preview = viewer.get("/v1/subscription/preview?plan=premium").await?;
    assert_eq!(preview["amount"], 2_499 - 799);
    let changed = viewer.send(Method::PUT, "/v1/subscription", Some(json!({ "plan": "premium" }))).await?;
    assert_eq!((&changed["plan"], &changed["next_plan"]), (&json!("premium"), &Value::Null));
    assert_eq!(changed["entitlement"]["max_height"], 2_160);
    assert_eq!(shop.left("clearing", "USD").await?, 2_499);

    let ends = viewer.send(Method::DELETE, "/v1/subscription", None).await?;
    assert_eq!((&ends["cancels"], &ends["plan"]), (&json!(true), &json!("premium")));
    assert_eq!(at_stripe(&shop).await?["cancel_at_period_end"], true);
    let goes_on = viewer.send(Method::POST, "/v1/subscription/resume", None).await?;
    assert_eq!(goes_on["cancels"], false);

    let invoices = viewer.get("/v1/invoices").await?;
    let paid: Vec<_> = invoices["invoices"].as_array().context("none")?.iter().map(|i| i["paid"].clone()).collect();
    assert!(paid.len() == 2 && paid.contains(&json!(799)) && paid.contains(&json!(1_700)), "{invoices}");
    refunds(&shop, &viewer).await?;

    // Whatever the webhooks said meanwhile, the books are as they were.
    let agreed = shop.operate(Method::POST, "/v1/billing/reconciliation", Some(json!({}))).await?;
    assert_eq!((&agreed["compared"], &agreed["caught_up"]), (&json!(3), &json!([])), "{agreed}");
    assert_eq!(agreed["differences"], json!([]));
    Ok(())
}

/// Refunds 5 dollars of the first invoice, once, whoever asks how often.
async fn refunds(shop: &Shop, viewer: &Viewer) -> Result<()> {
    let invoices = viewer.get("/v1/invoices").await?;
    let first =
        invoices["invoices"].as_array().and_then(|all| all.iter().find(|i| i["paid"] == 799)).context("none")?;
    let wish = json!({ "key": "complaint-1", "invoice": first["id"], "amount": 500 });
    let request = viewer.web.request(Method::POST, "/v1/refunds").bearer_auth(&viewer.token).json(&wish);
    assert_eq!(request.send().await?.status(), 403);
    let refunded = shop.operate(Method::POST, "/v1/refunds", Some(wish.clone())).await?;
    assert_eq!(shop.operate(Method::POST, "/v1/refunds", Some(wish)).await?["id"], refunded["id"]);
    assert_eq!(shop.stripe.get("refunds").await?["data"].as_array().map(Vec::len), Some(1));
    assert_eq!((shop.left("clearing", "USD").await?, shop.left("refunds", "USD").await?), (1_999, 500));

    let operator = shop.operator().await?;
    let more = json!({ "key": "complaint-2", "invoice": first["id"], "amount": 300 });
    let request = operator.web.request(Method::POST, "/v1/refunds").bearer_auth(&operator.token).json(&more);
    let (status, code, why) = problem(request.send().await?).await?;
    assert!(status == 409 && code == "too-much" && why.contains("299 USD"), "{status} {code} {why}");
    Ok(())
}

#[tokio::test]
async fn what_is_not_paid_is_not_had() -> Result<()> {
    let shop = Shop::open().await?;
    let viewer = shop.viewer().await?;
    let declined = shop.card(&viewer, DECLINED_CARD).await?;
    let wish = json!({ "plan": "standard", "country": "US", "payment_method": declined });
    let request = viewer.web.request(Method::POST, "/v1/subscription").bearer_auth(&viewer.token).json(&wish);
    let (status, code, _) = problem(request.send().await?).await?;
    assert_eq!((status, code.as_str()), (402, "card-declined"));
    let subscription = viewer.get("/v1/subscription").await?;
    assert_eq!((&subscription["standing"], &subscription["plan"]), (&json!("incomplete"), &Value::Null));
    assert_eq!(subscription["entitlement"]["streams"], 0);

    // Another card: the first subscription is taken back, so that its invoice can never be paid as well.
    let subscribed = shop.subscribe(&viewer, "basic", "US").await?;
    assert_eq!((&subscribed["standing"], &subscribed["plan"]), (&json!("active"), &json!("basic")));
    assert_eq!((shop.left("clearing", "USD").await?, shop.left("receivable", "USD").await?), (799, 0));

    // A larger plan holds when its payment was confirmed, not before.
    let card = shop.card(&viewer, CAUTIOUS_CARD).await?;
    viewer.send(Method::PUT, "/v1/payment-methods/default", Some(json!({ "payment_method": card }))).await?;
    let asked = viewer.send(Method::PUT, "/v1/subscription", Some(json!({ "plan": "premium" }))).await?;
    assert_eq!((&asked["plan"], &asked["next_plan"]), (&json!("basic"), &json!("premium")));
    let secret = asked["confirm"]["client_secret"].as_str().context("nothing to confirm")?;
    let (payment, _) = secret.split_once("_secret_").context("no client secret")?;
    let confirmation = json!({ "client_secret": secret, "success": true });
    shop.stripe.post(&format!("payment_intents/{payment}/_authenticate"), confirmation).await?;
    let paid = eventually("the larger plan holds", SOON, async || {
        let subscription = viewer.get("/v1/subscription").await?;
        Ok((subscription["plan"] == "premium").then_some(subscription))
    })
    .await?;
    assert_eq!((&paid["next_plan"], &paid["entitlement"]["streams"]), (&Value::Null, &json!(4)));
    Ok(())
}

#[tokio::test]
async fn a_payment_that_fails_leaves_what_was_paid_for_some_days() -> Result<()> {
    let shop = Shop::open().await?;
    let viewer = shop.viewer().await?;
    shop.subscribe(&viewer, "standard", "US").await?;
    let card = shop.card(&viewer, CAUTIOUS_CARD).await?;
    viewer.send(Method::PUT, "/v1/payment-methods/default", Some(json!({ "payment_method": card }))).await?;

    // The next month: Stripe makes an invoice and charges the card, whose holder does not confirm it.
    let subscription = at_stripe(&shop).await?;
    let due = json!({ "customer": subscription["customer"], "subscription": subscription["id"] });
    let invoice = shop.stripe.post("invoices", due).await?["id"].as_str().context("no invoice")?.to_owned();
    let invoice = shop.stripe.post(&format!("invoices/{invoice}/pay"), json!({})).await?;
    let payment = invoice["payment_intent"].as_str().context("no payment")?;
    let secret = shop.stripe.get(&format!("payment_intents/{payment}")).await?["client_secret"].clone();
    let refused = json!({ "client_secret": secret, "success": false });
    shop.stripe.post(&format!("payment_intents/{payment}/_authenticate"), refused).await?;

    let late = eventually("it is past due", SOON, async || {
        let subscription = viewer.get("/v1/subscription").await?;
        Ok((subscription["standing"] == "past_due").then_some(subscription))
    })
    .await?;
    assert_eq!((&late["plan"], &late["entitlement"]["max_height"]), (&json!("standard"), &json!(1_080)));
    eventually("the failure is an event", SOON, async || {
        let events = shop.operate(Method::GET, "/v1/streams/payments/records", None).await;
        let outcomes = events.map(|events| events.to_string());
        Ok(outcomes.is_ok_and(|outcomes| outcomes.contains("failed")).then_some(()))
    })
    .await?;

    let card = shop.card(&viewer, GOOD_CARD).await?;
    let paid = viewer.send(Method::PUT, "/v1/payment-methods/default", Some(json!({ "payment_method": card }))).await?;
    assert_eq!(paid["standing"], "active");
    assert_eq!(shop.left("clearing", "USD").await?, 2 * 1_799);
    Ok(())
}

#[tokio::test]
async fn tax_stands_in_the_invoice_and_in_the_ledger() -> Result<()> {
    let shop = Shop::open().await?;
    let viewer = shop.viewer().await?;
    shop.subscribe(&viewer, "standard", "DE").await?;
    let invoice = viewer.get("/v1/invoices").await?["invoices"][0].clone();
    // 19 % of 13.99.
    assert_eq!(
        (&invoice["tax"], &invoice["currency"], &invoice["country"]),
        (&json!(266), &json!("EUR"), &json!("DE"))
    );
    assert_eq!(shop.left("tax_payable", "EUR").await?, -266);
    let total = invoice["total"].as_i64().context("no total")?;
    assert_eq!(shop.left("revenue", "EUR").await?, -(total - 266));
    let rates = shop.stripe.get("tax_rates").await?;
    assert_eq!((&rates["data"][0]["percentage"], &rates["data"][0]["inclusive"]), (&json!(19.0), &json!(true)));
    Ok(())
}

#[tokio::test]
async fn forged_old_and_repeated_webhooks_change_nothing() -> Result<()> {
    let shop = Shop::open().await?;
    let viewer = shop.viewer().await?;
    shop.subscribe(&viewer, "basic", "US").await?;
    let events = shop.stripe.get("events?limit=100").await?;
    let events = events["data"].as_array().context("no events")?;
    let paid = events.iter().find(|event| event["type"] == "invoice.payment_succeeded").context("nobody paid")?;
    // What localstripe tells by itself is taken, whenever it comes.
    eventually("the webhook has come", SOON, async || {
        Ok((shop.webhook(paid, None).await?.1["taken"] == false).then_some(()))
    })
    .await?;
    let before = shop.ledger().await?;

    let body = paid.to_string();
    let old = sign(WEBHOOK_SECRET.as_bytes(), now()? / 1_000 - 301, body.as_bytes());
    let forged = sign(b"whsec_other", now()? / 1_000, body.as_bytes());
    for signature in [forged.as_str(), &old, "", "t=1,v1=00"] {
        let (status, answer) = shop.webhook(paid, Some(signature)).await?;
        assert_eq!((status, &answer["type"]), (400, &json!("urn:reel:problem:not-signed")), "{signature}");
    }
    // Rightly signed, but of an invoice that is none; and of nobody here.
    let made_up = json!({ "id": "evt_made_up", "type": "invoice.paid", "data": { "object": { "id": "in_none", "amount_paid": 1 } } });
    assert_eq!(shop.webhook(&made_up, None).await?, (200, json!({ "taken": false })));
    let elsewhere = json!({ "id": "evt_2", "type": "invoice.paid", "data": { "object": { "id": "../refunds" } } });
    assert_eq!(shop.webhook(&elsewhere, None).await?.0, 400);
    for _ in 0..3 {
        assert_eq!(shop.webhook(paid, None).await?, (200, json!({ "taken": false })));
    }
    assert_eq!(shop.ledger().await?, before);
    Ok(())
}
