import type { Artwork, NewTitle, Title, Titles, TitleStatus } from './schema';
import { call } from './transport';

export type { Artwork, NewTitle, Title, Titles, TitleStatus };

export function createTitle(title: NewTitle): Promise<Title> {
  return call('POST', 'v1/titles', { body: title });
}

export function title(idOrSlug: string, signal?: AbortSignal): Promise<Title> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}`, signal ? { signal } : {});
}

/** Every title, in whatever state, newest first; for editors. */
export function allTitles(cursor: string | null = null): Promise<Titles> {
  const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
  return call('GET', `v1/titles?status=all${more}`);
}
