//! Plans, subscriptions and invoices.

use crate::api::Api;
use reel_api::Role;
use reel_api::billing::{
    CardSetup, ChangeCard, ChangePlan, Invoices, Plans, Preview, Reconciliation, Refund, Refunded, Report, Subscribe,
    Subscription,
};
use serde_json::Value;

pub(crate) fn describe(api: &mut Api) {
    api.get("/v1/plans", "The plans, and what they cost in a country")
        .open()
        .query::<String>("country", "ISO 3166-1 alpha-2; else where the prices begin")
        .answers::<Plans>(200, "the plans");
    subscription(api);
    api.get("/v1/invoices", "The account's invoices, latest first").answers::<Invoices>(200, "the invoices");
    api.post("/v1/refunds", "Gives money back")
        .role(Role::Operator)
        .takes::<Refund>()
        .answers::<Refunded>(201, "what went back")
        .answers::<Refunded>(200, "what went back under this key before");
    api.get("/v1/billing/report", "The ledger of a month")
        .role(Role::Operator)
        .query::<String>("month", "`YYYY-MM`; else this one")
        .answers::<Report>(200, "the sums");
    api.post("/v1/billing/reconciliation", "Holds the ledger against the provider's books")
        .role(Role::Operator)
        .answers::<Reconciliation>(200, "where they disagree");
    api.post("/v1/stripe/webhook", "What Stripe has to tell, signed")
        .open()
        .takes::<Value>()
        .answers::<Value>(200, "whether it was news");
}

fn subscription(api: &mut Api) {
    api.get("/v1/subscription", "The account's subscription").answers::<Subscription>(200, "how it stands");
    api.post("/v1/subscription", "Subscribes").takes::<Subscribe>().answers::<Subscription>(200, "how it stands");
    api.put("/v1/subscription", "Changes the plan").takes::<ChangePlan>().answers::<Subscription>(200, "how it stands");
    api.delete("/v1/subscription", "Ends it with the period that is paid")
        .answers::<Subscription>(200, "how it stands");
    api.get("/v1/subscription/preview", "What a change of the plan would cost now")
        .needs::<String>("plan", "`basic`, `standard` or `premium`")
        .answers::<Preview>(200, "the price");
    api.post("/v1/subscription/resume", "Does not end it after all").answers::<Subscription>(200, "how it stands");
    api.post("/v1/payment-methods", "A card is about to be entered").answers::<CardSetup>(201, "what the script needs");
    api.put("/v1/payment-methods/default", "Pays with another card from now on")
        .takes::<ChangeCard>()
        .answers::<Subscription>(200, "how it stands");
}
