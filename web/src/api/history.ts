import { call } from './transport';

/** Where the profile stopped in a title. */
export interface Position {
  /** 0 when it was watched to the end or never. */
  resume_ms: number;
  /** 0 to 100. */
  progress_pct: number;
}

export function position(titleId: string): Promise<Position> {
  return call('GET', `v1/history/${encodeURIComponent(titleId)}`);
}

/** What the profile thinks of a title. */
export type Rating = 'like' | 'dislike';

/** The ratings of the profile, by title id. */
export async function ratings(): Promise<Map<string, Rating>> {
  const answer = await call<{ ratings: { content_id: string; rating: Rating }[] }>('GET', 'v1/ratings');
  return new Map(answer.ratings.map((rated) => [rated.content_id, rated.rating]));
}

/** Rates a title, or takes its rating back. */
export function rate(titleId: string, rating: Rating | null): Promise<unknown> {
  const path = `v1/ratings/${encodeURIComponent(titleId)}`;
  return rating ? call('PUT', path, { body: { rating } }) : call('DELETE', path);
}
