//! Accounts at the provider, and their cards.

use crate::settings;
use crate::stop::Stop;
use crate::store::{self, Customer};
use crate::stripe::{Failure, Form, Invoice, Named, SetupIntent, Stripe, is_id};
use reel_api::AccountId;
use reel_api::billing::CardSetup;
use reel_sdk::{Problem, Response};

/// Ours in a customer: whose it is.
const ACCOUNT: &str = "account";

/// The account at the provider; it is made there when it is none yet.
pub(crate) async fn of(stripe: &Stripe, account: AccountId) -> Result<(Customer, u64), Stop> {
    if let Some(known) = store::customer(account).await? {
        return Ok(known);
    }
    let form = Form::of(&format!("metadata[{ACCOUNT}]"), account);
    let made: Named = stripe.post("customers", &format!("customer-{account}"), form).await?;
    let customer = Customer { id: made.id, country: None };
    store::commit(store::put_customer(account, &customer, None)?).await?;
    // Whoever came first has named it.
    store::customer(account).await?.ok_or_else(|| store::busy().into())
}

/// Notes the country whose prices hold.
pub(crate) async fn live_in(account: AccountId, known: (Customer, u64), country: &str) -> Result<Customer, Stop> {
    let (customer, version) = known;
    if customer.country.as_deref() == Some(country) {
        return Ok(customer);
    }
    let customer = Customer { country: Some(country.to_owned()), ..customer };
    match store::commit(store::put_customer(account, &customer, Some(version))?).await? {
        true => Ok(customer),
        false => Err(store::busy().into()),
    }
}

/// Whose a customer is; none when it is not ours.
pub(crate) async fn account_of(stripe: &Stripe, customer: &str) -> Result<Option<AccountId>, Problem> {
    if let Some(account) = store::account_of(customer).await? {
        return Ok(Some(account));
    }
    match stripe.get::<Named>(&format!("customers/{customer}"), Form::default()).await {
        Ok(found) => Ok(found.metadata.get(ACCOUNT).and_then(|account| account.parse().ok())),
        Err(Failure::Missing(_)) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Prepares a card to be entered.
pub(crate) async fn set_up_card(account: AccountId) -> Result<Response, Problem> {
    let stripe = Stripe::new(settings::needed().await?);
    let (customer, _) = of(&stripe, account).await?;
    let form = Form::of("customer", &customer.id).with("usage", "off_session").with("payment_method_types[]", "card");
    // Each is for one card: a second one does no harm.
    let key = format!("card-{}", reel_api::IntentId::new(reel_sdk::clock::now_ms(), &reel_sdk::random::bytes()));
    let made: SetupIntent = stripe.post("setup_intents", &key, form).await?;
    let answer = Response::json(201, &CardSetup { client_secret: made.client_secret })?;
    Ok(answer.with_header("cache-control", "no-store"))
}

/// Makes a card the one that is paid with.
pub(crate) async fn pay_with(stripe: &Stripe, customer: &str, card: &str, key: &str) -> Result<(), Failure> {
    let attached = Form::of("customer", customer);
    let attached: Named =
        stripe.post(&format!("payment_methods/{card}/attach"), &format!("{key}-attach"), attached).await?;
    let default = Form::of("invoice_settings[default_payment_method]", attached.id);
    stripe.post::<Named>(&format!("customers/{customer}"), &format!("{key}-default"), default).await.map(drop)
}

/// Pays an invoice that is open; one that is not is left as it is.
pub(crate) async fn pay(stripe: &Stripe, invoice: &str, key: &str) -> Result<(), Failure> {
    let path = format!("invoices/{invoice}");
    let now: Invoice = stripe.get(&path, Form::default()).await?;
    if !matches!(now.status(), "draft" | "open") {
        return Ok(());
    }
    let paid: Invoice = stripe.post(&format!("{path}/pay"), key, Form::default()).await?;
    // Some answer that it was tried, without saying that it failed.
    match paid.status() {
        "paid" => Ok(()),
        _ => Err(Failure::Declined("The card was declined, or its holder has to confirm the payment.".into())),
    }
}

/// Refuses what can be no card.
pub(crate) fn check_card(card: &str) -> Result<(), Problem> {
    match is_id(card, "pm_") {
        true => Ok(()),
        false => Err(Problem::invalid("payment_method is what the provider's script calls the card: pm_ and its id")),
    }
}
