//! How a subscription goes on, as the provider tells of it.
//!
//! What may be watched is what was paid for: a larger plan holds when the invoice for it is paid, a smaller one at
//! once. A failed payment leaves what was paid for some days more.

use crate::prices::Prices;
use reel_api::Millis;
use reel_api::billing::{Entitlement, Plan, Standing};
use serde::{Deserialize, Serialize};

const DAY_MS: Millis = 24 * 3_600 * 1_000;
/// For how long after the end of its period an active subscription still holds, in milliseconds: the next invoice is
/// an hour in the making, and news of it may be late by what the provider tries to tell it.
pub const SLACK_MS: Millis = 3 * DAY_MS;
/// For how long what was paid for holds when a payment failed, unless settings say otherwise, in milliseconds.
pub const GRACE_MS: Millis = 7 * DAY_MS;

/// A subscription as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The provider's name of it: `sub_…`.
    pub id: String,
    /// What is paid for.
    pub plan: Option<Plan>,
    /// What was asked for and is not paid yet.
    pub next: Option<Next>,
    /// The country whose prices hold.
    pub country: String,
    /// How it stands.
    pub standing: Standing,
    /// When the period ends.
    pub period_end: Millis,
    /// Whether it ends with the period.
    pub cancels: bool,
    /// Since when payments fail.
    pub past_due_since: Option<Millis>,
    /// The latest invoice, as far as is known.
    pub latest_invoice: Option<String>,
}

/// A larger plan that is not paid yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// The plan.
    pub plan: Plan,
    /// The latest invoice before it was asked for: a later one that is paid has paid for it.
    pub after: Option<String>,
}

/// What the provider tells of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its name.
    pub id: String,
    /// Stripe's status: `active`, `past_due`, ….
    pub status: String,
    /// The plan, paid or not.
    pub plan: Plan,
    /// The country of its price.
    pub country: String,
    /// When the period ends.
    pub period_end: Millis,
    /// Whether it ends with the period.
    pub cancels: bool,
    /// The latest invoice, and whether it is paid.
    pub latest: Option<(String, bool)>,
}

impl Subscription {
    /// The subscription once the provider has told this. None: it is news of one that another has taken the place of.
    pub fn after(before: Option<&Self>, told: &Told, now: Millis) -> Option<Self> {
        let standing = standing(&told.status);
        match before {
            Some(before) if before.id == told.id => Some(before.going_on(told, standing, now)),
            Some(before) if before.standing != Standing::Ended || standing == Standing::Ended => None,
            None if standing == Standing::Ended => None,
            _ => Some(Self::begun(told, standing, now)),
        }
    }

    fn begun(told: &Told, standing: Standing, now: Millis) -> Self {
        let paid = standing != Standing::Incomplete;
        Self {
            id: told.id.clone(),
            plan: paid.then_some(told.plan),
            next: (!paid).then_some(Next { plan: told.plan, after: None }),
            country: told.country.clone(),
            standing,
            period_end: told.period_end,
            cancels: told.cancels,
            past_due_since: (standing == Standing::PastDue).then_some(now),
            latest_invoice: told.latest.as_ref().map(|(id, _)| id.clone()),
        }
    }

    fn going_on(&self, told: &Told, standing: Standing, now: Millis) -> Self {
        let (plan, next) = self.paid_for(told, standing);
        let past_due = (standing == Standing::PastDue).then(|| self.past_due_since.unwrap_or(now));
        Self { plan, next, past_due_since: past_due, ..Self::begun(told, standing, now) }
    }

    /// The plan that is paid for, and the one that is not yet.
    fn paid_for(&self, told: &Told, standing: Standing) -> (Option<Plan>, Option<Next>) {
        let Some(plan) = self.plan else {
            let first = Next { plan: told.plan, after: None };
            let paid = matches!(standing, Standing::Active | Standing::PastDue);
            return if paid { (Some(told.plan), None) } else { (None, Some(first)) };
        };
        if told.plan < plan {
            return (Some(told.plan), None);
        }
        if told.plan == plan {
            // What was asked for has not reached the provider yet: no invoice so far has paid for it.
            let after = told.latest.as_ref().map(|(id, _)| id.clone());
            return (Some(plan), self.next.clone().map(|next| Next { after, ..next }));
        }
        let after = self.next.as_ref().map_or(&self.latest_invoice, |next| &next.after);
        match &told.latest {
            Some((id, true)) if Some(id) != after.as_ref() => (Some(told.plan), None),
            _ => (Some(plan), Some(Next { plan: told.plan, after: after.clone() })),
        }
    }

    /// The same, with a larger plan asked for.
    #[must_use]
    pub fn asking(self, plan: Plan) -> Self {
        let after = self.latest_invoice.clone();
        Self { next: Some(Next { plan, after }), ..self }
    }

    /// The same, with nothing more asked for.
    #[must_use]
    pub fn asking_nothing(self) -> Self {
        Self { next: None, ..self }
    }

    /// Whether it can be changed: it has not ended, and was paid once.
    pub fn runs(&self) -> bool {
        matches!(self.standing, Standing::Active | Standing::PastDue)
    }

    /// What it entitles to.
    pub fn entitlement(&self, prices: &Prices, now: Millis, grace_ms: Millis) -> Entitlement {
        let until = match self.standing {
            Standing::Active if self.cancels => self.period_end,
            Standing::Active => self.period_end.saturating_add(SLACK_MS),
            Standing::PastDue => self.past_due_since.unwrap_or(0).saturating_add(grace_ms),
            Standing::None | Standing::Incomplete | Standing::Ended => 0,
        };
        match self.plan.filter(|_| now < until) {
            Some(plan) => prices.entitlement(plan, until),
            None => Entitlement::NOTHING,
        }
    }
}

/// What a status of Stripe's is to us. One that is not known is taken for a payment that is missing.
fn standing(status: &str) -> Standing {
    match status {
        "active" | "trialing" => Standing::Active,
        "incomplete" => Standing::Incomplete,
        "canceled" | "incomplete_expired" => Standing::Ended,
        _ => Standing::PastDue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_700_000_000_000;
    const END: Millis = NOW + 30 * DAY_MS;

    fn told(status: &str, plan: Plan, latest: (&str, bool)) -> Told {
        Told {
            id: "sub_1".into(),
            status: status.into(),
            plan,
            country: "DE".into(),
            period_end: END,
            cancels: false,
            latest: Some((latest.0.into(), latest.1)),
        }
    }

    fn running(plan: Plan) -> Subscription {
        Subscription::after(None, &told("active", plan, ("in_1", true)), NOW).unwrap()
    }

    fn then(before: &Subscription, told: &Told) -> Subscription {
        Subscription::after(Some(before), told, NOW).unwrap()
    }

    fn plans(subscription: &Subscription) -> (Option<Plan>, Option<Plan>) {
        (subscription.plan, subscription.next.as_ref().map(|next| next.plan))
    }

    #[test]
    fn nothing_holds_before_the_first_payment() {
        let begun = Subscription::after(None, &told("incomplete", Plan::Basic, ("in_1", false)), NOW).unwrap();
        assert_eq!(plans(&begun), (None, Some(Plan::Basic)));
        let prices = Prices::built_in().unwrap();
        assert_eq!(begun.entitlement(&prices, NOW, GRACE_MS), Entitlement::NOTHING);
        let paid = then(&begun, &told("active", Plan::Basic, ("in_1", true)));
        assert_eq!(plans(&paid), (Some(Plan::Basic), None));
        assert_eq!(paid.entitlement(&prices, NOW, GRACE_MS).max_height, 720);
    }

    #[test]
    fn a_larger_plan_holds_once_the_invoice_for_it_is_paid() {
        let asked = running(Plan::Basic).asking(Plan::Premium);
        // The provider knows of it, and what is paid is the month before.
        let changed = then(&asked, &told("active", Plan::Premium, ("in_1", true)));
        assert_eq!(plans(&changed), (Some(Plan::Basic), Some(Plan::Premium)));
        let unpaid = then(&changed, &told("past_due", Plan::Premium, ("in_2", false)));
        assert_eq!(plans(&unpaid), (Some(Plan::Basic), Some(Plan::Premium)));
        assert_eq!(plans(&then(&unpaid, &told("active", Plan::Premium, ("in_2", true)))), (Some(Plan::Premium), None));
        // A month began before the provider knew of it.
        let renewed = then(&asked, &told("active", Plan::Basic, ("in_2", true)));
        let changed = then(&renewed, &told("active", Plan::Premium, ("in_2", true)));
        assert_eq!(plans(&changed), (Some(Plan::Basic), Some(Plan::Premium)));
        // Changed at the provider, without us.
        let elsewhere = then(&running(Plan::Basic), &told("active", Plan::Premium, ("in_1", true)));
        assert_eq!(plans(&elsewhere), (Some(Plan::Basic), Some(Plan::Premium)));
    }

    #[test]
    fn a_smaller_plan_holds_at_once() {
        let smaller = then(&running(Plan::Premium), &told("active", Plan::Basic, ("in_1", true)));
        assert_eq!(plans(&smaller), (Some(Plan::Basic), None));
    }

    #[test]
    fn a_failed_payment_leaves_some_days() {
        let prices = Prices::built_in().unwrap();
        let late = then(&running(Plan::Standard), &told("past_due", Plan::Standard, ("in_2", false)));
        let again = Subscription::after(Some(&late), &told("past_due", Plan::Standard, ("in_2", false)), NOW + DAY_MS);
        assert_eq!(again.as_ref().unwrap().past_due_since, Some(NOW), "the days count from the first failure");
        let until = NOW + GRACE_MS;
        assert_eq!(late.entitlement(&prices, until - 1, GRACE_MS).until, Some(until));
        assert!(!late.entitlement(&prices, until, GRACE_MS).may_play());
        let paid = then(&late, &told("active", Plan::Standard, ("in_2", true)));
        assert_eq!(paid.past_due_since, None);
    }

    #[test]
    fn an_end_is_kept_to_the_millisecond_and_a_missing_renewal_is_not() {
        let prices = Prices::built_in().unwrap();
        let goes_on = running(Plan::Standard);
        assert!(goes_on.entitlement(&prices, END + SLACK_MS - 1, GRACE_MS).may_play());
        assert!(!goes_on.entitlement(&prices, END + SLACK_MS, GRACE_MS).may_play());
        let ends = then(&goes_on, &Told { cancels: true, ..told("active", Plan::Standard, ("in_1", true)) });
        assert!(ends.entitlement(&prices, END - 1, GRACE_MS).may_play());
        assert!(!ends.entitlement(&prices, END, GRACE_MS).may_play());
        let ended = then(&ends, &told("canceled", Plan::Standard, ("in_1", true)));
        assert_eq!(ended.entitlement(&prices, NOW, GRACE_MS), Entitlement::NOTHING);
    }

    #[test]
    fn news_of_another_subscription_count_only_when_there_is_none() {
        let other = |status| Told { id: "sub_2".into(), ..told(status, Plan::Premium, ("in_9", true)) };
        assert_eq!(Subscription::after(Some(&running(Plan::Basic)), &other("active"), NOW), None);
        let ended = then(&running(Plan::Basic), &told("canceled", Plan::Basic, ("in_1", true)));
        assert_eq!(Subscription::after(Some(&ended), &other("canceled"), NOW), None);
        assert_eq!(Subscription::after(None, &other("canceled"), NOW), None);
        assert_eq!(Subscription::after(Some(&ended), &other("active"), NOW).unwrap().id, "sub_2");
    }
}
