import type { Artwork, NewTitle, Title, Titles, TitleStatus } from './schema';
import { call } from './transport';

export type TitleStatus = 'draft' | 'announced' | 'encoding' | 'published' | 'failed' | 'scheduled' | 'withdrawn';
export type TitleKind = 'film' | 'series' | 'episode' | 'trailer';
export type Release = 'automatic' | 'held' | 'withdrawn';

/** The pictures of a title; URLs relative to the platform's base. */
export interface Artwork {
  /** 1280 across at most. */
  poster: string;
  /** Along the film, 320 across. */
  thumbnails: string[];
  /** Milliseconds between two thumbnails. */
  interval_ms: number;
}

/** What a title is called and about in one language. */
export interface Texts {
  name?: string;
  description?: string;
}

/** When a title may be seen in some countries, or everywhere when it names none; times in RFC 3339. */
export interface Window {
  countries: string[];
  from?: string;
  until?: string;
}

/** Where an episode stands. */
export interface EpisodeOf {
  id: string;
  season: number;
  number: number;
}

export interface CrewMember {
  name: string;
  job: string;
}

/** What an editor says of a title; what is absent is as nothing. */
export interface Details {
  name: string;
  description: string;
  genres: string[];
  kind?: TitleKind;
  year?: number | null;
  cast?: string[];
  /** By name of the cast. */
  characters?: Record<string, string>;
  directors?: string[];
  crew?: CrewMember[];
  /** Whose it is and under which licence. */
  credit?: string | null;
  /** The language it was made in, a BCP 47 tag. */
  language?: string;
  /** By BCP 47 tag. */
  texts?: Record<string, Texts>;
  /** The age it is for: 0, 6, 12, 16 or 18. */
  maturity?: number;
  tags?: string[];
  tone?: string[];
  series?: EpisodeOf;
  /** Of a series: its seasons that have a name. */
  seasons?: { number: number; name: string }[];
  trailer_of?: string;
  windows?: Window[];
  release?: Release;
  /** RFC 3339. */
  publish_at?: string;
  external_id?: string;
}

export interface Title extends Details {
  id: string;
  slug: string;
  kind: TitleKind;
  year: number | null;
  cast: string[];
  directors: string[];
  credit: string | null;
  /** What the series of an episode is called. */
  series_name?: string;
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

export interface NewTitle extends Details {
  slug?: string;
  /** Whether viewers see it before there is anything to play. */
  announced?: boolean;
}

export interface Season {
  /** Specials are season 0. */
  number: number;
  name: string | null;
  episodes: Title[];
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

/** A title in the words that editors wrote first. */
export function titleAsWritten(idOrSlug: string): Promise<Title> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}?language=*`);
}

/** Makes a title what an editor says; who read another version than the latest edit is told with status 409. */
export function editTitle(id: string, version: number, title: NewTitle): Promise<Title> {
  return call('PUT', `v1/titles/${encodeURIComponent(id)}`, { body: { version, title } });
}

export function deleteTitle(id: string): Promise<null> {
  return call('DELETE', `v1/titles/${encodeURIComponent(id)}`);
}

/** The seasons of a series with their episodes. */
export function episodes(idOrSlug: string): Promise<{ seasons: Season[] }> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}/episodes`);
}

/** What to play after an episode, or first of a series. */
export function next(idOrSlug: string): Promise<{ title: Title | null }> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}/next`);
}

/** What is said about a title in short films. */
export function trailers(idOrSlug: string): Promise<Titles> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}/trailers`);
}

/** Gives a title a poster of an editor's. */
export function putPoster(id: string, picture: File): Promise<Title> {
  return call('PUT', `v1/titles/${encodeURIComponent(id)}/poster`, { file: picture });
}

/** What is wrong with a row. */
export interface RowFault {
  row: number;
  name: string | null;
  column: string;
  wrong: string;
  right: string;
}

/** What came of rows; each stands in one of the counts. */
export interface ImportReport {
  made: number;
  updated: number;
  unchanged: number;
  refused: number;
  faults: RowFault[];
  /** Columns that mean nothing. */
  ignored: string[];
}

/** Takes rows of another catalogue over, 200 at most. */
export function importRows(first: number, rows: Record<string, unknown>[]): Promise<ImportReport> {
  return call('POST', 'v1/imports', { body: { first, rows } });
}

/** Which titles an editor looks for. */
export interface Sought {
  /** In any of its names. */
  text: string;
  status: TitleStatus | 'all';
}

/** Every title, in whatever state, newest first; for editors. */
export function allTitles(cursor: string | null = null, { text, status }: Sought = { text: '', status: 'all' }): Promise<Titles> {
  const query = new URLSearchParams({ status, ...(text && { q: text }), ...(cursor && { cursor }) });
  return call('GET', `v1/titles?${query}`);
}
