import { end, experiment, start, type Experiment } from '../../api/experiment';
import { describe } from '../../i18n/describe';
import { Problem } from '../../api/problem';
import { title as fetchTitle, type Title } from '../../api/content';

/** What stands there is read again so often, in milliseconds. */
const LIVE = 2_000;

/** A title's latest test, read again while somebody looks. */
export class PictureTest {
  title: Title | null = $state.raw(null);
  /** None when its pictures were never tested. */
  test: Experiment | null = $state.raw(null);
  /** Why nothing can be shown. */
  failure = $state('');
  /** Why the last button did nothing. */
  refusal = $state('');
  busy = $state(false);

  constructor(private readonly slug: string) {}

  async load(): Promise<void> {
    this.failure = '';
    try {
      const title = await fetchTitle(this.slug);
      this.test = await experiment(title.id).catch(neverTested);
      this.title = title;
    } catch (error) {
      this.failure = describe(error);
    }
  }

  start(pictures: string[]): Promise<void> {
    return this.#change((id) => start(id, pictures));
  }

  end(): Promise<void> {
    return this.#change(end);
  }

  /** Reads the counts again while the page is in sight; gives how to stop. */
  follow(): () => void {
    const timer = setInterval(() => document.hidden || void this.#read(), LIVE);
    return () => clearInterval(timer);
  }

  /** What cannot be read now is read the next time. */
  async #read(): Promise<void> {
    if (!this.title || !this.test || this.test.stage === 'ended' || this.busy) return;
    const test = await experiment(this.title.id).catch(() => null);
    if (test && !this.busy) this.test = test;
  }

  async #change(change: (titleId: string) => Promise<Experiment>): Promise<void> {
    if (!this.title || this.busy) return;
    [this.busy, this.refusal] = [true, ''];
    try {
      this.test = await change(this.title.id);
    } catch (error) {
      this.refusal = describe(error);
    } finally {
      this.busy = false;
    }
  }
}

function neverTested(error: unknown): null {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}
