//! `billing`: plans and their prices, subscriptions, invoices, and what an account is entitled to.
//!
//! Amounts are in minor units of a currency (cents; yen have none), currencies ISO 4217 in capitals,
//! countries ISO 3166-1 alpha-2 in capitals, tax rates in basis points (1,900 is 19 %).

use crate::{AccountId, CallError, Client, Millis, Transport};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `GET /_reel/entitlements/{account}`, answered with an [`Entitlement`]; asked by functions.
pub const ENTITLEMENTS_PATH: &str = "/_reel/entitlements/";

/// What can be subscribed to. A later one has all that those before it have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// 720p on one screen.
    Basic,
    /// 1080p on two.
    Standard,
    /// 4K on four.
    Premium,
}

impl Plan {
    /// Every plan, the smallest first.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Standard, Self::Premium];

    /// Its name, as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::Premium => "premium",
        }
    }

    /// The plan of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.name() == name)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an account may watch, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entitlement {
    /// The plan that is paid for; none where nobody has to pay, and none without a subscription.
    pub plan: Option<Plan>,
    /// The tallest picture, in pixels; 0 when nothing may be played.
    pub max_height: u32,
    /// How many streams at once; 0 when nothing may be played.
    pub streams: u32,
    /// Until when this holds, if nothing changes; none for ever.
    pub until: Option<Millis>,
}

impl Entitlement {
    /// Of everybody where nobody has to pay.
    pub const FREE: Self = Self { plan: None, max_height: u32::MAX, streams: u32::MAX, until: None };
    /// Of who has no subscription.
    pub const NOTHING: Self = Self { plan: None, max_height: 0, streams: 0, until: None };

    /// Whether anything may be played.
    pub fn may_play(&self) -> bool {
        self.streams > 0
    }
}

/// Whether there is anything to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// A subscription is needed.
    On,
    /// No payment provider is configured: everybody is entitled to all there is.
    Off,
}

/// `GET /v1/plans?country=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plans {
    /// Whether there is anything to pay.
    pub billing: Billing,
    /// The country whose prices these are.
    pub country: String,
    /// Every country that there are prices for.
    pub countries: Vec<String>,
    /// The plans, the smallest first.
    pub plans: Vec<Offer>,
    /// What a page needs to ask for a card; none while billing is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<Checkout>,
}

/// A plan and its price in one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Offer {
    /// The plan.
    pub plan: Plan,
    /// The tallest picture, in pixels.
    pub max_height: u32,
    /// How many streams at once.
    pub streams: u32,
    /// What a month costs, as it is advertised there: with tax where `tax_included`.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
    /// The tax rate.
    pub tax_basis_points: u32,
    /// Whether the amount has the tax in it; else it comes on top.
    pub tax_included: bool,
}

/// How a page asks for a card: with the provider's script, so that we never see its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checkout {
    /// The script's URL (Stripe.js).
    pub script: String,
    /// The key that the script is told (`pk_…`); it is no secret.
    pub publishable_key: String,
}

/// `POST /v1/payment-methods`: a card is about to be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CardSetup {
    /// What the provider's script confirms the card with (Stripe: the SetupIntent's client secret).
    pub client_secret: String,
}

/// `POST /v1/subscription`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// What to.
    pub plan: Plan,
    /// Where; decides price, currency and tax.
    pub country: String,
    /// The card, as the provider calls it: `pm_…`.
    pub payment_method: String,
}

/// `PUT /v1/subscription`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// The plan to go on with. A larger one is charged for the rest of the month at once and holds when that is
    /// paid; a smaller one holds at once, and what it is cheaper by is credited to the next invoice.
    pub plan: Plan,
}

/// `PUT /v1/payment-methods/default`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeCard {
    /// The card to pay with from now on, and what is due at once: `pm_…`.
    pub payment_method: String,
}

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is none.
    None,
    /// The first payment has not come yet.
    Incomplete,
    /// It is paid.
    Active,
    /// A payment failed and is tried again; what was paid for holds for some days.
    PastDue,
    /// It has ended.
    Ended,
}

/// `GET /v1/subscription`, and the answer to every change of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subscription {
    /// Whether there is anything to pay.
    pub billing: Billing,
    /// How it stands.
    pub standing: Standing,
    /// What is paid for.
    pub plan: Option<Plan>,
    /// What was asked for and is not paid yet.
    pub next_plan: Option<Plan>,
    /// The country whose prices hold.
    pub country: Option<String>,
    /// When the period that is paid ends, RFC 3339.
    pub period_end: Option<String>,
    /// Whether it ends with the period.
    pub cancels: bool,
    /// What may be watched now.
    pub entitlement: Entitlement,
    /// What the provider's script has to confirm before the payment goes through (3-D Secure).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<CardSetup>,
}

/// `GET /v1/subscription/preview?plan=`: what a change would cost now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    /// The plan.
    pub plan: Plan,
    /// What is charged at once; negative: what is credited to the next invoice.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
}

/// `GET /v1/invoices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invoices {
    /// The account's, latest first, at most 100.
    pub invoices: Vec<Invoice>,
}

/// One invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invoice {
    /// The provider's name of it.
    pub id: String,
    /// Its number, once it is final.
    pub number: Option<String>,
    /// When it was made, RFC 3339.
    pub at: String,
    /// `draft`, `open`, `paid`, `void` or `uncollectible`.
    pub status: String,
    /// What it comes to, with tax.
    pub total: i64,
    /// The tax in it.
    pub tax: i64,
    /// What was paid.
    pub paid: i64,
    /// What went back.
    pub refunded: i64,
    /// Its currency.
    pub currency: String,
    /// The country whose tax it has.
    pub country: String,
    /// Where the provider shows it.
    pub url: Option<String>,
}

/// `POST /v1/refunds`, by an operator; answered with a [`Refunded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// Names this refund: the same key again refunds nothing more. 8 to 64 of letters, digits, - and _.
    pub key: String,
    /// The invoice: `in_…`.
    pub invoice: String,
    /// How much; none for all that is left.
    #[serde(default)]
    pub amount: Option<i64>,
}

/// What went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refunded {
    /// The provider's name of the refund: `re_…`.
    pub id: String,
    /// How much.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
}

/// `GET /v1/billing/report?month=2026-11`, by an operator: the ledger of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "BillingReport"))]
pub struct Report {
    /// The month, `YYYY-MM`.
    pub month: String,
    /// How many transactions it has.
    pub transactions: u64,
    /// The sums, by account of the ledger and currency.
    pub balances: Vec<Balance>,
    /// Whether debits equal credits in every currency.
    pub balanced: bool,
}

/// The sums of one account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Balance {
    /// The account: `receivable`, `revenue`, `tax_payable`, `clearing` or `refunds`.
    pub account: String,
    /// The currency.
    pub currency: String,
    /// All debits.
    pub debit: i64,
    /// All credits.
    pub credit: i64,
}

/// `POST /v1/billing/reconciliation?since=&after=`, by an operator: the ledger held against the provider's own books,
/// from the latest back to `since` (Unix milliseconds), or to three days ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reconciliation {
    /// How many payments and refunds of the provider were compared.
    pub compared: u64,
    /// Those that the ledger had not heard of, and has now.
    pub caught_up: Vec<String>,
    /// Where they disagree.
    pub differences: Vec<Difference>,
    /// Where to go on (`after`), when there was more than fits into one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A payment or a refund on which the books disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The provider's name of it.
    pub payment: String,
    /// What the provider says.
    pub provider: Option<i64>,
    /// What the ledger says.
    pub ledger: Option<i64>,
    /// What its `payment_event` said.
    pub event: Option<i64>,
    /// The currency.
    pub currency: String,
}

impl<T: Transport> Client<T> {
    /// What an account is entitled to.
    pub async fn entitlement(&self, account: AccountId) -> Result<Entitlement, CallError> {
        self.get(&format!("{ENTITLEMENTS_PATH}{account}")).await
    }

    /// The ledger of a month, `YYYY-MM`.
    pub async fn billing_report(&self, month: &str) -> Result<Report, CallError> {
        self.get(&format!("/v1/billing/report?month={month}")).await
    }

    /// Holds the ledger against the provider's books, as far as fits into one answer.
    pub async fn reconcile(&self, since: Millis, after: Option<&str>) -> Result<Reconciliation, CallError> {
        let after = after.map_or_else(String::new, |after| format!("&after={after}"));
        self.post(&format!("/v1/billing/reconciliation?since={since}{after}"), &serde_json::json!({})).await
    }
}
