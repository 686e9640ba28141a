//! Stripe's objects, as much of each as we read. Times are Unix seconds, amounts minor units.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Ours, in Stripe's objects.
pub(crate) type Metadata = BTreeMap<String, String>;

/// An object that is told by its id, or whole where `expand` asked for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Expandable<T> {
    Id(String),
    Whole(Box<T>),
}

impl<T> Expandable<T> {
    /// The object, where it came whole.
    pub(crate) fn whole(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Whole(object) => Some(object),
        }
    }
}

/// Something of which only the name matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) metadata: Metadata,
}

/// A page of objects.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) has_more: bool,
}

/// A card that is being entered.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SetupIntent {
    pub(crate) client_secret: String,
}

/// A subscription.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) customer: Expandable<Named>,
    pub(crate) status: String,
    pub(crate) items: List<Item>,
    pub(crate) current_period_end: u64,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) latest_invoice: Option<Expandable<Invoice>>,
    #[serde(default)]
    pub(crate) metadata: Metadata,
}

/// What is subscribed to.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) plan: Named,
}

/// An invoice.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) customer: Expandable<Named>,
    pub(crate) subscription: Option<Expandable<Named>>,
    #[serde(default)]
    pub(crate) number: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) currency: String,
    pub(crate) created: u64,
    pub(crate) total: i64,
    #[serde(default)]
    pub(crate) tax: Option<i64>,
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) payment_intent: Option<Expandable<PaymentIntent>>,
    #[serde(default)]
    pub(crate) next_payment_attempt: Option<u64>,
    #[serde(default)]
    pub(crate) hosted_invoice_url: Option<String>,
    #[serde(default)]
    pub(crate) status_transitions: Transitions,
    #[serde(default)]
    pub(crate) metadata: Metadata,
}

/// When an invoice became what it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Transitions {
    pub(crate) finalized_at: Option<u64>,
    pub(crate) paid_at: Option<u64>,
    pub(crate) voided_at: Option<u64>,
    pub(crate) marked_uncollectible_at: Option<u64>,
}

/// A payment.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PaymentIntent {
    pub(crate) id: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) client_secret: Option<String>,
    #[serde(default)]
    pub(crate) invoice: Option<Expandable<Named>>,
}

/// Money that goes back.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: u64,
    #[serde(default)]
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) payment_intent: Option<Expandable<Named>>,
    #[serde(default)]
    pub(crate) metadata: Metadata,
}

/// One attempt to take money.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Charge {
    #[serde(default)]
    pub(crate) payment_intent: Option<Expandable<Named>>,
}

/// One line of Stripe's own books.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: u64,
    pub(crate) source: Option<Expandable<Source>>,
}

/// What moved the money: a charge or a refund.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Source {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) payment_intent: Option<Expandable<Named>>,
}

/// Something happened: what, and to which object.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) data: Data,
}

/// What it happened to.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Data {
    pub(crate) object: Subject,
}

/// As much of it as is believed: all else is asked for.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Subject {
    #[serde(default)]
    pub(crate) id: Option<String>,
}

/// Something that there was.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Deleted {}

macro_rules! id {
    ($($object:ty),*) => {$(
        impl Expandable<$object> {
            /// Its id.
            pub(crate) fn id(&self) -> &str {
                match self {
                    Self::Id(id) => id,
                    Self::Whole(object) => &object.id,
                }
            }
        }
    )*};
}
id!(Named, Invoice, PaymentIntent, Source);

impl Invoice {
    /// `draft`, `open`, `paid`, `void` or `uncollectible`.
    pub(crate) fn status(&self) -> &str {
        self.status.as_deref().unwrap_or("draft")
    }
}
