import type { Season, Title } from '../api/content';
import type { HistoryEntry } from '../api/history';

/** From here on an episode counts as watched, in percent. */
const WATCHED = 95;

/** Where a viewer goes on in a series. */
export interface Going {
  episode: Title;
  /** Whether some of it was watched before. */
  begun: boolean;
}

/** The episodes that play, in order, specials last. */
export function playable(seasons: Season[]): Title[] {
  const inOrder = [...seasons].sort((a, b) => (a.number || Infinity) - (b.number || Infinity));
  return inOrder.flatMap((season) => season.episodes).filter((episode) => episode.status === 'published' && episode.revision !== null);
}

/** The episode that was watched last, or the one after it when that is over; the first when none was. */
export function going(seasons: Season[], history: Pick<HistoryEntry, 'content_id' | 'progress_pct'>[]): Going | null {
  const episodes = playable(seasons);
  const last = history.find((entry) => episodes.some((episode) => episode.id === entry.content_id));
  const at = episodes.findIndex((episode) => episode.id === last?.content_id);
  const isOver = (last?.progress_pct ?? 0) >= WATCHED;
  const episode = episodes[isOver ? at + 1 : Math.max(at, 0)] ?? episodes[0];
  return episode ? { episode, begun: last !== undefined } : null;
}
