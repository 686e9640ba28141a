import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../api/events';
import { Impressions } from './impressions';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown = (title: string, row = 'new') => ({ title_id: title, variant: 'poster', row });

function recorder() {
  const batches: Event[][] = [];
  let [offline, viewer] = [false, 'a@example.org'];
  const send = async (events: Event[]) => {
    if (offline) throw new Error('offline');
    batches.push(events);
  };
  const impressions = new Impressions(send, () => viewer);
  return { batches, impressions, offline: (now: boolean) => (offline = now), viewer: (now: string) => (viewer = now) };
}

it('what is seen is told together, each picture once', async () => {
  const { batches, impressions, viewer } = recorder();
  for (const title of ['a', 'b', 'a']) impressions.see(shown(title));
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(batches.map((batch) => batch.map((event) => 'title_id' in event && event.title_id))).toEqual([['a', 'b']]);
  expect(batches[0]?.[0]).toMatchObject({ type: 'thumbnail_impression', v: 1, variant: 'poster', row: 'new' });
  impressions.see(shown('a'));
  impressions.see(shown('a', 'popular'));
  viewer('b@example.org');
  impressions.see(shown('a'));
  impressions.flush();
  expect(batches[1]).toHaveLength(2);
});

it('a batch fits a request, and what was refused is told with the next', async () => {
  const { batches, impressions, offline } = recorder();
  offline(true);
  impressions.see(shown('a'));
  await vi.advanceTimersByTimeAsync(2_000);
  offline(false);
  for (let n = 0; n < 250; n += 1) impressions.see(shown(String(n)));
  await vi.advanceTimersByTimeAsync(2_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(batches.every((batch) => batch.length <= 100)).toBe(true);
  expect(batches.flat()).toHaveLength(251);
  expect(new Set(batches.flat().map((event) => event.id)).size).toBe(251);
});
