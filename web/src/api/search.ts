import type { Facet, Found, Suggestion, Suggestions } from './schema';
import { call } from './transport';

export type { Facet, Found, Suggestion };

/** What is looked for; an empty genre is any. */
export interface Query {
  text: string;
  genre: string;
}

export function search({ text, genre }: Query, signal: AbortSignal): Promise<Found> {
  const query = new URLSearchParams({ q: text, ...(genre && { genre }) });
  return call('GET', `v1/search?${query}`, { signal });
}

export function suggestions(text: string, signal: AbortSignal): Promise<Suggestions> {
  return call('GET', `v1/search/suggestions?${new URLSearchParams({ q: text })}`, { signal });
}
