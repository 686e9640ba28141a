import * as api from '../api/billing';
import { describe } from '../i18n/describe';
import { confirmed, entered, stripe, type CardElement, type Stripe } from './stripe';

/** The account's plan and payments, as the page shows them. */
export class BillingState {
  plans = $state<api.Plans | null>(null);
  subscription = $state<api.Subscription | null>(null);
  invoices = $state<api.Invoice[]>([]);
  /** Why the last act has no result. */
  refusal = $state('');
  busy = $state(false);

  /** Asks for everything anew; another country has other prices. */
  async load(country = ''): Promise<void> {
    await this.#act(async () => {
      const subscription = await api.subscription();
      this.subscription = subscription;
      this.plans = await api.plans(subscription.country ?? country);
      this.invoices = (await api.invoices()).invoices;
    });
  }

  /** The provider's script. */
  provider(): Promise<Stripe> | null {
    return this.plans?.checkout ? stripe(this.plans.checkout) : null;
  }

  subscribe(plan: api.Plan, card: CardElement): Promise<void> {
    return this.#act(async () => {
      const paymentMethod = await this.#enter(card);
      await this.#become(await api.subscribe(plan, this.plans?.country ?? '', paymentMethod));
    });
  }

  change(plan: api.Plan): Promise<void> {
    return this.#act(async () => this.#become(await api.changePlan(plan)));
  }

  payWith(card: CardElement): Promise<void> {
    return this.#act(async () => this.#become(await api.changeCard(await this.#enter(card))));
  }

  cancel(): Promise<void> {
    return this.#act(async () => this.#become(await api.cancel()));
  }

  resume(): Promise<void> {
    return this.#act(async () => this.#become(await api.resume()));
  }

  /** Confirms a payment that waits for its cardholder. */
  confirm(): Promise<void> {
    return this.#act(async () => {
      if (this.subscription) await this.#become(this.subscription);
    });
  }

  async #enter(card: CardElement): Promise<string> {
    const provider = await this.provider();
    if (!provider) throw new Error('there is no provider');
    const { client_secret } = await api.setUpCard();
    return entered(provider, client_secret, card);
  }

  /** Takes an answer over. What has to be confirmed is confirmed first. */
  async #become(subscription: api.Subscription): Promise<void> {
    this.subscription = subscription;
    const provider = await this.provider();
    if (subscription.confirm && provider) {
      await confirmed(provider, subscription.confirm.client_secret);
      this.subscription = await api.subscription();
    }
  }

  async #act(act: () => Promise<void>): Promise<void> {
    this.refusal = '';
    this.busy = true;
    await act().catch((error) => (this.refusal = describe(error)));
    // What failed may have changed something, too.
    if (this.plans) await this.#refresh().catch(() => undefined);
    this.busy = false;
  }

  async #refresh(): Promise<void> {
    this.invoices = (await api.invoices()).invoices;
    if (this.refusal) this.subscription = await api.subscription();
  }
}
