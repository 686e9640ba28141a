//! What Stripe does, as far as billing asks it to.

use super::Chance;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Form = BTreeMap<String, String>;
type Answer = (u16, Value);

/// The one card that is declined whenever it is charged.
const DECLINED: &str = "pm_declined";
/// When everything happened, in Unix seconds.
const CREATED: u64 = 1_790_000_000;
/// When every period ends.
const PERIOD_END: u64 = 4_000_000_000;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub id: String,
    kind: String,
    object: String,
}

/// A customer: whose it is, the card, and what is credited to the next invoice (negative).
#[derive(Debug, Clone, Default)]
pub struct Customer {
    /// The account.
    pub account: String,
    card: String,
    credit: i64,
}

/// A subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Whose.
    pub customer: String,
    /// The price.
    pub plan: String,
    /// `active`, `past_due`, ….
    pub status: String,
    cancels: bool,
    tax_rate: Option<String>,
    latest: Option<String>,
    pending: i64,
    /// The intent that it was made for.
    pub intent: String,
}

/// An invoice.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// Whose.
    pub customer: String,
    /// Of which subscription.
    pub subscription: String,
    /// `draft`, `open`, `paid` or `void`.
    pub status: String,
    /// What it comes to.
    pub total: i64,
    /// The credit that lessens it.
    pub applied: i64,
    /// The intent that it was made for.
    pub intent: String,
    currency: String,
    tax_basis_points: i64,
    payment: Option<String>,
}

/// Money that came in.
#[derive(Debug, Clone)]
pub struct Payment {
    /// For which invoice.
    pub invoice: String,
    /// How much.
    pub amount: i64,
    /// Whether it came.
    pub succeeded: bool,
}

/// Money that went back.
#[derive(Debug, Clone)]
pub struct Refund {
    payment: String,
    /// How much.
    pub amount: i64,
    /// The intent that it was made for.
    pub intent: String,
    currency: String,
}

/// All that was done.
#[derive(Debug, Default)]
pub struct Books {
    made: u64,
    plans: BTreeMap<String, (i64, String, Option<String>)>,
    tax_rates: BTreeMap<String, i64>,
    /// Customers.
    pub customers: BTreeMap<String, Customer>,
    /// Subscriptions.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// Invoices.
    pub invoices: BTreeMap<String, Invoice>,
    /// Payments, those that failed too.
    pub payments: BTreeMap<String, Payment>,
    /// Refunds.
    pub refunds: BTreeMap<String, Refund>,
    /// Its own books: what came in and what went out, in order.
    pub lines: Vec<(String, String, i64, String)>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Event {
    /// What is sent of it.
    pub fn payload(&self) -> Value {
        json!({ "id": self.id, "type": self.kind, "data": { "object": { "id": self.object } } })
    }
}

impl Invoice {
    /// What is to be paid.
    pub fn due(&self) -> i64 {
        (self.total + self.applied).max(0)
    }

    /// Its currency.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    fn tax(&self) -> i64 {
        // Included in the price.
        self.total - self.total * 10_000 / (10_000 + self.tax_basis_points)
    }
}

impl Refund {
    /// Of which payment.
    pub fn payment(&self) -> &str {
        &self.payment
    }
}

impl Books {
    /// The price and the status of an account's subscription that has not ended.
    pub fn running(&self, account: &str) -> Option<(String, String)> {
        let of = self.subscriptions.values().find(|of| {
            self.customers[&of.customer].account == account
                && !matches!(of.status.as_str(), "canceled" | "incomplete_expired")
        })?;
        Some((of.plan.clone(), of.status.clone()))
    }

    /// Answers a call.
    pub(super) fn answer(&mut self, method: &str, path: &str, form: &Form) -> Answer {
        let segments: Vec<&str> = path.split('/').collect();
        match (method, &segments[..]) {
            ("POST", ["customers"]) => self.make_customer(form),
            ("POST", ["customers", id]) => self.set_card(id, form),
            ("POST", ["payment_methods", card, "attach"]) => (200, json!({ "id": card, "metadata": {} })),
            ("POST", ["plans"]) => self.make_plan(form),
            ("POST", ["tax_rates"]) => self.make_tax_rate(form),
            ("POST", ["subscriptions"]) => self.subscribe(form),
            ("POST", ["subscriptions", id]) => self.update(id, form),
            ("DELETE", ["subscriptions", id]) => self.cancel(id),
            ("POST", ["invoices"]) => self.invoice(form),
            ("POST", ["invoices", id, "pay"]) => self.pay(id),
            ("POST", ["invoices", id, "void"]) => self.void(id),
            ("POST", ["refunds"]) => self.refund(form),
            ("GET", [list]) => self.list(list, form),
            ("GET", [kind, id]) => self.show(kind, id),
            _ => refused(404, "there is no such call"),
        }
    }

    fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:06}", self.made)
    }

    fn happened(&mut self, kind: &str, object: &str) {
        let id = self.id("evt");
        self.events.push(Event { id, kind: kind.into(), object: object.into() });
    }

    fn make_customer(&mut self, form: &Form) -> Answer {
        let id = self.id("cus");
        self.customers.insert(id.clone(), Customer { account: text(form, "metadata[account]"), ..Customer::default() });
        self.show("customers", &id)
    }

    fn set_card(&mut self, id: &str, form: &Form) -> Answer {
        if let Some(customer) = self.customers.get_mut(id) {
            customer.card = text(form, "invoice_settings[default_payment_method]");
        }
        self.show("customers", id)
    }

    fn make_plan(&mut self, form: &Form) -> Answer {
        let id = text(form, "id");
        let amount = text(form, "amount").parse().unwrap_or_default();
        let rate = form.get("metadata[tax_rate]").cloned();
        self.plans.entry(id.clone()).or_insert((amount, text(form, "currency"), rate));
        self.show("plans", &id)
    }

    fn make_tax_rate(&mut self, form: &Form) -> Answer {
        let id = self.id("txr");
        let percent: f64 = text(form, "percentage").parse().unwrap_or_default();
        self.tax_rates.insert(id.clone(), (percent * 100.0).round() as i64);
        (200, json!({ "id": id, "metadata": {} }))
    }

    fn subscribe(&mut self, form: &Form) -> Answer {
        let (id, plan) = (self.id("sub"), text(form, "items[0][plan]"));
        let Some((amount, ..)) = self.plans.get(&plan).cloned() else { return refused(400, "no such plan") };
        let subscription = Subscription {
            customer: text(form, "customer"),
            plan,
            status: "incomplete".into(),
            cancels: false,
            tax_rate: form.get("default_tax_rates[0]").cloned(),
            latest: None,
            pending: 0,
            intent: text(form, "metadata[intent]"),
        };
        self.subscriptions.insert(id.clone(), subscription);
        let invoice = self.make_invoice(&id, amount, "");
        self.happened("customer.subscription.created", &id);
        let _ = self.pay(&invoice);
        self.show("subscriptions", &id)
    }

    fn update(&mut self, id: &str, form: &Form) -> Answer {
        let Some(subscription) = self.subscriptions.get_mut(id) else { return missing(id) };
        if matches!(subscription.status.as_str(), "canceled" | "incomplete_expired") {
            return refused(400, "a canceled subscription can only be looked at");
        }
        if let Some(cancels) = form.get("cancel_at_period_end") {
            subscription.cancels = cancels == "true";
        }
        if let Some(plan) = form.get("items[0][plan]") {
            let (old, new) = (self.plans[&subscription.plan].0, self.plans[plan].0);
            if form.get("proration_behavior").is_none_or(|behavior| behavior != "none") {
                // What is left of the month differs from one to the next.
                let left = i64::from(id.bytes().last().unwrap_or(0) % 7) * 100 + 300;
                subscription.pending += new * left / 1_000 - old * left / 1_000;
            }
            subscription.plan = plan.clone();
        }
        self.happened("customer.subscription.updated", id);
        self.show("subscriptions", id)
    }

    fn cancel(&mut self, id: &str) -> Answer {
        let Some(subscription) = self.subscriptions.get_mut(id) else { return missing(id) };
        if matches!(subscription.status.as_str(), "canceled" | "incomplete_expired") {
            return missing(id);
        }
        subscription.status = "canceled".into();
        self.happened("customer.subscription.deleted", id);
        self.show("subscriptions", id)
    }

    fn invoice(&mut self, form: &Form) -> Answer {
        let subscription = text(form, "subscription");
        let pending = self.subscriptions.get_mut(&subscription).map_or(0, |of| std::mem::take(&mut of.pending));
        if pending == 0 {
            return refused(400, "there is nothing to invoice");
        }
        let id = self.make_invoice(&subscription, pending, &text(form, "metadata[intent]"));
        self.show("invoices", &id)
    }

    fn make_invoice(&mut self, subscription: &str, total: i64, intent: &str) -> String {
        let id = self.id("in");
        let of = self.subscriptions[subscription].clone();
        let tax_basis_points = of.tax_rate.and_then(|rate| self.tax_rates.get(&rate)).copied().unwrap_or_default();
        let invoice = Invoice {
            customer: of.customer,
            subscription: subscription.into(),
            status: "draft".into(),
            total,
            applied: 0,
            intent: intent.into(),
            currency: self.plans[&of.plan].1.clone(),
            tax_basis_points,
            payment: None,
        };
        self.invoices.insert(id.clone(), invoice);
        if let Some(subscription) = self.subscriptions.get_mut(subscription) {
            subscription.latest = Some(id.clone());
        }
        self.happened("invoice.created", &id);
        id
    }

    /// Makes an invoice final: credit lessens it, and what is less than nothing becomes credit.
    fn finalize(&mut self, id: &str) {
        let Some(invoice) = self.invoices.get_mut(id).filter(|invoice| invoice.status == "draft") else { return };
        let customer = self.customers.entry(invoice.customer.clone()).or_default();
        invoice.status = "open".into();
        invoice.applied = if invoice.total > 0 { customer.credit.max(-invoice.total) } else { -invoice.total };
        customer.credit -= invoice.applied;
        self.happened("invoice.finalized", id);
    }

    fn pay(&mut self, id: &str) -> Answer {
        self.finalize(id);
        let Some(invoice) = self.invoices.get(id).cloned() else { return missing(id) };
        if invoice.status != "open" {
            return refused(400, "the invoice is not open");
        }
        let declined = invoice.due() > 0 && self.customers[&invoice.customer].card == DECLINED;
        if invoice.due() > 0 {
            self.charge(id, &invoice, !declined);
        }
        if declined {
            self.stands(&invoice.subscription, "past_due");
            self.happened("invoice.payment_failed", id);
            return (402, json!({ "error": { "code": "card_declined", "message": "Your card was declined." } }));
        }
        if let Some(invoice) = self.invoices.get_mut(id) {
            invoice.status = "paid".into();
        }
        self.stands(&invoice.subscription, "active");
        self.happened("invoice.paid", id);
        self.show("invoices", id)
    }

    fn charge(&mut self, id: &str, invoice: &Invoice, succeeded: bool) {
        let payment = self.id("pi");
        if succeeded {
            self.lines.push(("charge".into(), payment.clone(), invoice.due(), invoice.currency.clone()));
        }
        self.payments.insert(payment.clone(), Payment { invoice: id.into(), amount: invoice.due(), succeeded });
        if let Some(invoice) = self.invoices.get_mut(id) {
            invoice.payment = Some(payment);
        }
    }

    /// What a payment makes of a subscription.
    fn stands(&mut self, id: &str, status: &str) {
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        let before = subscription.status.clone();
        match (before.as_str(), status) {
            ("incomplete" | "past_due", "active") | ("active", "past_due") => subscription.status = status.into(),
            _ => return,
        }
        self.happened("customer.subscription.updated", id);
    }

    fn void(&mut self, id: &str) -> Answer {
        let Some(invoice) = self.invoices.get_mut(id) else { return missing(id) };
        if invoice.status != "open" {
            return refused(400, "only an open invoice can be voided");
        }
        invoice.status = "void".into();
        let (subscription, customer, applied) =
            (invoice.subscription.clone(), invoice.customer.clone(), invoice.applied);
        self.customers.entry(customer).or_default().credit += applied;
        if let Some(of) = self.subscriptions.get_mut(&subscription).filter(|of| of.latest.as_deref() == Some(id)) {
            match of.status.as_str() {
                "incomplete" => of.status = "incomplete_expired".into(),
                "past_due" => of.status = "active".into(),
                _ => {}
            }
        }
        self.happened("invoice.voided", id);
        self.show("invoices", id)
    }

    fn refund(&mut self, form: &Form) -> Answer {
        let (payment, amount) = (text(form, "payment_intent"), text(form, "amount").parse().unwrap_or(0));
        let gone: i64 =
            self.refunds.values().filter(|refund| refund.payment == payment).map(|refund| refund.amount).sum();
        let Some(paid) = self.payments.get(&payment).filter(|paid| paid.succeeded).cloned() else {
            return missing(&payment);
        };
        if amount < 1 || amount + gone > paid.amount {
            return refused(400, "there is not so much left");
        }
        let (id, currency) = (self.id("re"), self.invoices[&paid.invoice].currency.clone());
        let refund = Refund { payment: payment.clone(), amount, intent: text(form, "metadata[intent]"), currency };
        self.lines.push(("refund".into(), id.clone(), -amount, refund.currency.clone()));
        self.refunds.insert(id.clone(), refund);
        self.happened("charge.refunded", &payment.replace("pi_", "ch_"));
        self.show("refunds", &id)
    }

    /// A month is over for one of its subscriptions: it is charged for the next, or ends.
    pub fn renew(&mut self, chance: &mut Chance) {
        let running: Vec<String> =
            self.subscriptions.iter().filter(|(_, of)| of.status == "active").map(|(id, _)| id.clone()).collect();
        if running.is_empty() {
            return;
        }
        let id = &running[chance.below(running.len())];
        if self.subscriptions[id].cancels {
            let _ = self.cancel(id);
            return;
        }
        let pending = self.subscriptions.get_mut(id).map_or(0, |of| std::mem::take(&mut of.pending));
        let month = self.plans[&self.subscriptions[id].plan].0;
        let invoice = self.make_invoice(id, month + pending, "");
        let _ = self.pay(&invoice);
    }

    /// Charges the card once more for an invoice that is open.
    pub fn try_again(&mut self, chance: &mut Chance) {
        let open: Vec<String> =
            self.invoices.iter().filter(|(_, of)| of.status == "open").map(|(id, _)| id.clone()).collect();
        if !open.is_empty() {
            let _ = self.pay(&open[chance.below(open.len())]);
        }
    }

    fn show(&self, kind: &str, id: &str) -> Answer {
        let shown = match kind {
            "customers" => self.customers.get(id).map(|of| json!({ "id": id, "metadata": { "account": of.account } })),
            "plans" => self.plans.get(id).map(|_| self.plan(id)),
            "subscriptions" => self.subscriptions.get(id).map(|of| self.subscription(id, of)),
            "invoices" => self.invoices.get(id).map(|of| self.shown_invoice(id, of)),
            "payment_intents" => self.payments.get(id).map(|of| payment(id, of)),
            "charges" => Some(json!({ "id": id, "payment_intent": id.replace("ch_", "pi_") })),
            "refunds" => self.refunds.get(id).map(|of| refund(id, of)),
            _ => None,
        };
        shown.map_or_else(|| missing(id), |shown| (200, shown))
    }

    fn list(&self, kind: &str, form: &Form) -> Answer {
        let of = |name: &str, value: &str| form.get(name).is_none_or(|wanted| wanted == value);
        let data: Vec<Value> = match kind {
            "subscriptions" => {
                let all = self.subscriptions.iter().filter(|(_, one)| of("customer", &one.customer));
                all.map(|(id, one)| self.subscription(id, one)).collect()
            }
            "invoices" => {
                let all = self.invoices.iter().filter(|(_, one)| of("subscription", &one.subscription));
                all.map(|(id, one)| self.shown_invoice(id, one)).collect()
            }
            "refunds" => {
                let all = self.refunds.iter().filter(|(_, one)| of("payment_intent", &one.payment));
                all.map(|(id, one)| refund(id, one)).collect()
            }
            "balance_transactions" => return self.page_of_lines(form),
            _ => return refused(404, "there is no such list"),
        };
        (200, json!({ "data": data, "has_more": false }))
    }

    /// 100 lines of the books, the latest first.
    fn page_of_lines(&self, form: &Form) -> Answer {
        let before = form.get("starting_after").and_then(|id| id.strip_prefix("txn_")?.parse().ok());
        let end: usize = before.unwrap_or(self.lines.len()).min(self.lines.len());
        let start = end.saturating_sub(100);
        let line = |n: usize| {
            let (kind, source, amount, currency) = &self.lines[n];
            let source =
                json!({ "id": source, "payment_intent": self.refunds.get(source).map_or(source, |of| &of.payment) });
            json!({ "id": format!("txn_{n}"), "type": kind, "amount": amount, "currency": currency, "created": CREATED, "source": source })
        };
        let data: Vec<Value> = (start..end).rev().map(line).collect();
        (200, json!({ "data": data, "has_more": start > 0 }))
    }

    fn plan(&self, id: &str) -> Value {
        let rate = self.plans[id].2.as_ref();
        json!({ "id": id, "metadata": rate.map_or_else(|| json!({}), |rate| json!({ "tax_rate": rate })) })
    }

    fn subscription(&self, id: &str, of: &Subscription) -> Value {
        let latest = of.latest.as_ref().map(|invoice| self.shown_invoice(invoice, &self.invoices[invoice]));
        json!({
            "id": id, "customer": of.customer, "status": of.status, "current_period_end": PERIOD_END,
            "items": { "data": [{ "id": id.replace("sub_", "si_"), "plan": self.plan(&of.plan) }] },
            "cancel_at_period_end": of.cancels, "latest_invoice": latest, "metadata": { "intent": of.intent },
        })
    }

    fn shown_invoice(&self, id: &str, of: &Invoice) -> Value {
        let paid = if of.status == "paid" { of.due() } else { 0 };
        let intent = of.payment.as_ref().map(|id| payment(id, &self.payments[id]));
        json!({
            "id": id, "customer": of.customer, "subscription": of.subscription, "status": of.status,
            "currency": of.currency, "created": CREATED, "total": of.total, "tax": of.tax(), "amount_due": of.due(),
            "amount_paid": paid, "payment_intent": intent, "metadata": { "intent": of.intent },
        })
    }
}

fn payment(id: &str, of: &Payment) -> Value {
    let status = if of.succeeded { "succeeded" } else { "requires_payment_method" };
    json!({ "id": id, "status": status, "client_secret": format!("{id}_secret"), "invoice": of.invoice, "amount": of.amount })
}

fn refund(id: &str, of: &Refund) -> Value {
    json!({
        "id": id, "amount": of.amount, "currency": of.currency, "created": CREATED, "status": "succeeded",
        "payment_intent": of.payment, "metadata": { "intent": of.intent },
    })
}

fn text(form: &Form, name: &str) -> String {
    form.get(name).cloned().unwrap_or_default()
}

fn missing(id: &str) -> Answer {
    (404, json!({ "error": { "code": "resource_missing", "message": format!("there is no {id}") } }))
}

fn refused(status: u16, message: &str) -> Answer {
    (status, json!({ "error": { "message": message } }))
}
