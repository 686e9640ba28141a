import type { Title } from './content';
import { call } from './transport';

/** Something that titles have in common, and how many have it. */
export interface Facet {
  name: string;
  count: number;
}

/** The titles that what is typed may mean, the likeliest first. */
export interface Found {
  titles: Title[];
  /** How many there are in all. */
  total: number;
  genres: Facet[];
  decades: Facet[];
}

export interface Suggestion {
  text: string;
  kind: 'title' | 'person' | 'genre';
}

/** What is looked for; an empty genre is any. */
export interface Query {
  text: string;
  genre: string;
}

export function search({ text, genre }: Query, signal: AbortSignal): Promise<Found> {
  const query = new URLSearchParams({ q: text, ...(genre && { genre }) });
  return call('GET', `v1/search?${query}`, { signal });
}

export function suggestions(text: string, signal: AbortSignal): Promise<{ suggestions: Suggestion[] }> {
  return call('GET', `v1/search/suggestions?${new URLSearchParams({ q: text })}`, { signal });
}
