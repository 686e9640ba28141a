import type { Checkout } from '../api/billing';
import { Problem } from '../api/problem';
import { speech } from '../i18n/language.svelte';
import { texts } from './texts';

/** What is used of Stripe.js (https://docs.stripe.com/js). */
export interface Stripe {
  elements(): { create(type: 'card', options?: object): CardElement };
  confirmCardSetup(secret: string, data: object): Promise<Outcome<{ setupIntent: { payment_method: string } }>>;
  confirmCardPayment(secret: string): Promise<Outcome<object>>;
}

export interface CardElement {
  mount(place: HTMLElement): void;
  destroy(): void;
}

type Outcome<T> = Partial<T> & { error?: { message?: string } | null };

let loading: Promise<Stripe> | null = null;

/** Stripe.js, from where the platform says; loaded when a card is first asked for. */
export function stripe(checkout: Checkout): Promise<Stripe> {
  loading ??= load(checkout).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load({ script, publishable_key }: Checkout): Promise<Stripe> {
  await new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = script;
    element.onload = resolve;
    element.onerror = () => {
      element.remove();
      reject(new Problem(0, 'unreachable', speech.of(texts).noScript));
    };
    document.head.append(element);
  });
  // Some builds of it make no property of the window.
  const make = (globalThis as { Stripe?: (key: string) => Stripe }).Stripe;
  if (!make) throw new Problem(0, 'unreachable', speech.of(texts).noScript);
  return make(publishable_key);
}

/** The card that was entered, as the provider calls it. */
export async function entered(provider: Stripe, secret: string, card: CardElement): Promise<string> {
  const { error, setupIntent } = await provider.confirmCardSetup(secret, { payment_method: { card } });
  if (error || !setupIntent) throw new Problem(402, 'card-declined', error?.message ?? speech.of(texts).noScript);
  return setupIntent.payment_method;
}

/** Has the cardholder confirm a payment. */
export async function confirmed(provider: Stripe, secret: string): Promise<void> {
  const { error } = await provider.confirmCardPayment(secret);
  if (error) throw new Problem(402, 'card-declined', error.message ?? speech.of(texts).noScript);
}
