import { home, type Home } from '../api/recommendation';
import { describe } from '../i18n/describe';
import { session } from '../session/session.svelte';

/** The first page, kept so that coming back to it is immediate. */
class HomeState {
  answer: Home | null = $state.raw(null);
  failure = $state('');
  #viewer = '';

  /** Asks again; what was there before stays until the answer is. */
  async load(): Promise<void> {
    if (this.#viewer !== session.email) this.answer = null;
    this.#viewer = session.email;
    this.failure = '';
    await home().then(
      (answer) => (this.answer = answer),
      (error) => (this.failure = this.answer ? '' : describe(error)),
    );
  }
}

export const homeState = new HomeState();
