import type {
  CardSetup,
  Checkout,
  Invoice as Written,
  Offer,
  Plan,
  Plans,
  Preview,
  Subscription,
} from './schema';
import { call } from './transport';

export type { Checkout, Offer, Plan, Plans, Subscription };

/** An invoice; `status` is one of Stripe's. */
export type Invoice = Omit<Written, 'status'> & { status: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible' };

export function plans(country: string): Promise<Plans> {
  return call('GET', `v1/plans${country ? `?country=${encodeURIComponent(country)}` : ''}`, { open: true });
}

export function subscription(): Promise<Subscription> {
  return call('GET', 'v1/subscription');
}

/** A card is about to be entered; the secret is for the provider's script. */
export function setUpCard(): Promise<CardSetup> {
  return call('POST', 'v1/payment-methods');
}

export function subscribe(plan: Plan, country: string, paymentMethod: string): Promise<Subscription> {
  return call('POST', 'v1/subscription', { body: { plan, country, payment_method: paymentMethod } });
}

/** What a change would cost now; negative: what is credited to the next invoice. */
export function preview(plan: Plan): Promise<Preview> {
  return call('GET', `v1/subscription/preview?plan=${plan}`);
}

export function changePlan(plan: Plan): Promise<Subscription> {
  return call('PUT', 'v1/subscription', { body: { plan } });
}

/** Ends it with the period that is paid. */
export function cancel(): Promise<Subscription> {
  return call('DELETE', 'v1/subscription');
}

export function resume(): Promise<Subscription> {
  return call('POST', 'v1/subscription/resume');
}

export function changeCard(paymentMethod: string): Promise<Subscription> {
  return call('PUT', 'v1/payment-methods/default', { body: { payment_method: paymentMethod } });
}

export function invoices(): Promise<{ invoices: Invoice[] }> {
  return call('GET', 'v1/invoices');
}
