import { describe, expect, it } from 'vitest';
import type { Season, Title } from '../api/content';
import { going, playable } from './going';

const episode = (id: string, status = 'published') => ({ id, status, revision: 'r' }) as Title;
const seasons: Season[] = [
  { number: 0, name: null, episodes: [episode('special')] },
  { number: 1, name: null, episodes: [episode('a'), episode('soon', 'announced'), episode('b')] },
  { number: 2, name: null, episodes: [episode('c')] },
];
const to = (history: [string, number][]) => going(seasons, history.map(([content_id, progress_pct]) => ({ content_id, progress_pct })));

describe('a series', () => {
  it('is played in order, specials last', () => {
    expect(playable(seasons).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'special']);
  });

  it('begins with its first episode and goes on with the last one watched', () => {
    expect(to([])).toEqual({ episode: episode('a'), begun: false });
    expect(to([['other', 50]])?.episode.id).toBe('a');
    expect(to([['b', 40], ['c', 100]])).toEqual({ episode: episode('b'), begun: true });
  });

  it('goes on with the next one after the end, and from the beginning after the last', () => {
    expect(to([['a', 98]])?.episode.id).toBe('b');
    expect(to([['b', 95]])?.episode.id).toBe('c');
    expect(to([['special', 100]])?.episode.id).toBe('a');
    expect(going([], [])).toBeNull();
  });
});
