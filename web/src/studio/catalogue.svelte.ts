import { allTitles, type Sought, type Title } from '../api/content';
import { describe } from '../i18n/describe';
import { encodingOf } from './memory';
import { Publishing } from './publishing.svelte';

/** Every title, and what this page is publishing; kept while the editor looks elsewhere. */
class Catalogue {
  titles: Title[] | null = $state.raw(null);
  cursor: string | null = $state(null);
  failure = $state('');
  /** Which titles are shown. */
  sought: Sought = $state.raw({ text: '', status: 'all' });
  /** Newest first. */
  publishings: Publishing[] = $state.raw([]);

  async load(): Promise<void> {
    this.failure = '';
    const sought = this.sought;
    // Who typed on meanwhile wants another answer.
    await allTitles(null, sought).then(
      (page) => this.sought === sought && this.#accept(page.titles, page.cursor),
      (error) => (this.failure = describe(error)),
    );
  }

  async more(): Promise<void> {
    const sought = this.sought;
    const page = await allTitles(this.cursor, sought);
    if (this.sought === sought) this.#accept([...(this.titles ?? []), ...page.titles], page.cursor);
  }

  /** Shows other titles, unless these are shown already. */
  async seek(sought: Sought): Promise<void> {
    if (sought.text === this.sought.text && sought.status === this.sought.status) return;
    this.sought = sought;
    await this.load();
  }

  /** Shows something that is being published, and reads the titles again when it ends. */
  track(publishing: Publishing, work: Promise<void>): void {
    this.publishings = [publishing, ...this.publishings];
    void work.then(() => this.load());
  }

  dismiss(publishing: Publishing): void {
    this.publishings = this.publishings.filter((other) => other !== publishing);
  }

  #accept(titles: Title[], cursor: string | null): void {
    this.titles = titles;
    this.cursor = cursor;
    for (const title of titles) this.#followIfEncoding(title);
  }

  /** An encoding that this browser started before the page was loaded. */
  #followIfEncoding(title: Title): void {
    const revision = encodingOf(title.id);
    const shown = this.publishings.some((publishing) => publishing.title?.id === title.id);
    if (title.status !== 'encoding' || !revision || shown) return;
    const publishing = new Publishing(title.name);
    this.track(publishing, publishing.follow(title, revision));
  }
}

export const catalogue = new Catalogue();
