import type { History, HistoryEntry, Position, Rating, Ratings } from './schema';
import { call } from './transport';

export type { HistoryEntry, Position, Rating };

export function position(titleId: string): Promise<Position> {
  return call('GET', `v1/history/${encodeURIComponent(titleId)}`);
}

/** What the profile watched last, latest first. */
export async function watched(): Promise<HistoryEntry[]> {
  return (await call<History>('GET', 'v1/history')).entries;
}

/** The ratings of the profile, by title id. */
export async function ratings(): Promise<Map<string, Rating>> {
  const answer = await call<Ratings>('GET', 'v1/ratings');
  return new Map(answer.ratings.map((rated) => [rated.content_id, rated.rating]));
}

/** Rates a title, or takes its rating back. */
export function rate(titleId: string, rating: Rating | null): Promise<unknown> {
  const path = `v1/ratings/${encodeURIComponent(titleId)}`;
  return rating ? call('PUT', path, { body: { rating } }) : call('DELETE', path);
}
