import type {
  Artwork, AvailabilityWindow as Window, CrewMember, EpisodeOf, Episodes, ImportReport, ImportRows, NewTitle, Next, Release, RowFault, Season,
  Texts, Title, TitleEdit, TitleKind, Titles, TitleStatus,
} from './schema';
import { call } from './transport';

export type { Artwork, CrewMember, EpisodeOf, ImportReport, NewTitle, Release, RowFault, Season, Texts, Title, TitleKind, Titles, TitleStatus, Window };

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
  const edit: TitleEdit = { version, title };
  return call('PUT', `v1/titles/${encodeURIComponent(id)}`, { body: edit });
}

export function deleteTitle(id: string): Promise<null> {
  return call('DELETE', `v1/titles/${encodeURIComponent(id)}`);
}

/** The seasons of a series with their episodes. */
export function episodes(idOrSlug: string): Promise<Episodes> {
  return call('GET', `v1/titles/${encodeURIComponent(idOrSlug)}/episodes`);
}

/** What to play after an episode, or first of a series. */
export function next(idOrSlug: string): Promise<Next> {
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

/** Takes rows of another catalogue over, 200 at most. */
export function importRows(first: number, rows: ImportRows['rows']): Promise<ImportReport> {
  const part: ImportRows = { first, rows };
  return call('POST', 'v1/imports', { body: part });
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
