import { describe, expect, it } from 'vitest';
import type { Title } from '../api/content';
import { featured, glimpses } from './featured';

const title = (id: string, poster = true, status = 'published') =>
  ({ id, status, artwork: poster ? { poster: 'p', thumbnails: [], interval_ms: 1 } : null }) as unknown as Title;
const row = (id: string, ...titles: Title[]) => ({ id, name: id, items: titles.map((t) => ({ title: t })) });

describe('the featured title', () => {
  it('is not one that was begun already', () => {
    const home = { source: 'popular', rows: [row('continue-watching', title('a')), row('popular', title('b'))] };
    expect(featured(home)?.id).toBe('b');
  });

  it('has a poster where any has', () => {
    const home = { source: 'popular', rows: [row('popular', title('a', false), title('b'))] };
    expect(featured(home)?.id).toBe('b');
  });

  it('plays where any does', () => {
    const rows = [row('popular', title('a', true, 'announced'), title('b', false))];
    expect(featured({ source: 'popular', rows })?.id).toBe('b');
    expect(featured({ source: 'popular', rows: [row('announced', title('a', false, 'announced'))] })?.id).toBe('a');
  });

  it('is missing in an empty catalogue', () => {
    expect(featured({ source: 'popular', rows: [] })).toBeNull();
  });
});

it('glimpses are spread over the film and leave out its ends', () => {
  const all = Array.from({ length: 27 }, (_, i) => String(i));
  expect(glimpses(all, 5)).toEqual(['1', '6', '11', '16', '21']);
  expect(glimpses(['a', 'b'], 5)).toEqual(['a', 'b']);
});
