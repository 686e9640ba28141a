import { search, suggestions, type Found, type Query, type Suggestion } from '../api/search';
import { describe } from '../i18n/describe';
import { send } from '../api/events';
import { uuid7 } from '../api/uuid';

/** A search that rested for so long was meant, in milliseconds. */
const RESTED = 1_200;

/** What was found for what is typed; the answer of a slower, earlier search never replaces a later one's. */
class SearchState {
  found: Found | null = $state.raw(null);
  suggested: Suggestion[] = $state.raw([]);
  failure = $state('');
  #asked: AbortController | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #told = '';

  async ask(query: Query): Promise<void> {
    this.#asked?.abort();
    clearTimeout(this.#rest);
    const { signal } = (this.#asked = new AbortController());
    try {
      const [found, suggested] = await Promise.all([
        search(query, signal),
        query.text ? suggestions(query.text, signal).catch(() => ({ suggestions: [] })) : { suggestions: [] },
      ]);
      if (signal.aborted) return;
      [this.found, this.suggested, this.failure] = [found, suggested.suggestions, ''];
      this.#rest = setTimeout(() => this.#tell(query.text, found.total), RESTED);
    } catch (error) {
      if (!signal.aborted) this.failure = describe(error);
    }
  }

  /** Nothing is looked for any more; a search that was under way was meant. */
  leave(): void {
    this.#asked?.abort();
    clearTimeout(this.#rest);
  }

  /** Tells what was searched for, once: what is found for it is improved by that. */
  #tell(text: string, results: number): void {
    const query = text.trim().slice(0, 200);
    if (query === '' || query === this.#told) return;
    this.#told = query;
    send([{ type: 'search_query', id: uuid7(), v: 1, at: Date.now(), query, results }]).catch(() => undefined);
  }
}

export const searchState = new SearchState();
