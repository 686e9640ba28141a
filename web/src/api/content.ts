import { call } from './transport';

export type TitleStatus = 'draft' | 'announced' | 'encoding' | 'published' | 'failed';

/** The pictures of a title; URLs relative to the platform's base. */
export interface Artwork {
  /** 1280 across at most. */
  poster: string;
  /** Along the film, 320 across. */
  thumbnails: string[];
  /** Milliseconds between two thumbnails. */
  interval_ms: number;
}

export interface Title {
  id: string;
  slug: string;
  name: string;
  description: string;
  year: number | null;
  genres: string[];
  cast: string[];
  directors: string[];
  /** Whose it is and under which licence. */
  credit: string | null;
  status: TitleStatus;
  /** Why its encoding failed. */
  failure: string | null;
  duration_ms: number | null;
  /** The encoding that plays. */
  revision: string | null;
  artwork: Artwork | null;
  /** RFC 3339, as `published_at`. */
  created_at: string;
  published_at: string | null;
  version: number;
}

export interface NewTitle {
  name: string;
  description: string;
  year?: number;
  genres: string[];
  credit?: string;
}

export interface Titles {
  titles: Title[];
  /** For the next page; none at the end. */
  cursor: string | null;
}

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
