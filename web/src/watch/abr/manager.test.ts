import { expect, it, vi } from 'vitest';
import { ReelAbr } from './manager';
import type { AbrExports } from './module';
import type shaka from '../engine/shaka';

function fake(next: number[]) {
  const rungs: number[] = [];
  const abr = {
    abr_version: () => 1,
    abr_create: () => 7,
    abr_free: vi.fn(),
    abr_clear_rungs: () => void rungs.splice(0),
    abr_push_rung: (_: number, bps: number) => rungs.push(bps) - 1,
    abr_observe: vi.fn(),
    abr_choose: vi.fn(() => next.shift() ?? -1),
    abr_estimate_bps: () => 5e6,
  };
  return { abr: abr as unknown as AbrExports, rungs, calls: abr };
}

const variant = (bandwidth: number) => ({ bandwidth }) as shaka.extern.Variant;
const download = { bytes: 500_000, startedMs: 0, firstByteMs: 5, finishedMs: 100 };

it('gives the library an ascending ladder without doubles', () => {
  const { abr, rungs } = fake([]);
  const manager = new ReelAbr(abr, 4000, 40_000, 0);
  expect(manager.setVariants([variant(3), variant(1), variant(3), variant(2)])).toBe(true);
  expect(rungs).toEqual([1, 2, 3]);
});

it('keeps its ladder when the same variants come again', () => {
  const manager = new ReelAbr(fake([]).abr, 4000, 40_000, 0);
  const variants = [variant(1), variant(2)];
  manager.setVariants(variants);
  expect(manager.setVariants([...variants].reverse())).toBe(false);
});

it('switches when a segment came and another rung is better, and only then', () => {
  const { abr } = fake([0, 2, 2, 1]);
  const manager = new ReelAbr(abr, 4000, 40_000, 0);
  const switched = vi.fn();
  manager.init(switched);
  manager.setVariants([variant(1), variant(2), variant(3)]);
  expect(manager.chooseVariant().bandwidth).toBe(1);
  manager.enable();
  expect(switched.mock.lastCall?.[0].bandwidth).toBe(3);
  manager.observe(download);
  expect(switched).toHaveBeenCalledTimes(1);
  manager.observe(download);
  expect(switched.mock.lastCall?.[0].bandwidth).toBe(2);
});

it('keeps to the quality that the viewer chose, at once, until it may choose again', () => {
  const manager = new ReelAbr(fake([2, 2, 2, 2, 2, 2]).abr, 4000, 40_000, 0);
  const tall = (bandwidth: number, height: number) => ({ bandwidth, video: { height } }) as shaka.extern.Variant;
  const only = (minHeight: number, maxHeight: number) => ({ restrictions: { minHeight, maxHeight } as shaka.extern.Restrictions });
  const switched = vi.fn();
  manager.init(switched);
  manager.setVariants([tall(1, 240), tall(2, 480), tall(3, 720)]);
  expect(manager.chooseVariant().bandwidth).toBe(3);
  manager.enable();
  manager.configure(only(240, 240));
  expect(switched.mock.lastCall).toEqual([tall(1, 240), true, 2]);
  manager.observe(download);
  expect(switched).toHaveBeenCalledOnce();
  manager.configure(only(0, Infinity));
  manager.enable();
  expect(switched.mock.lastCall?.[0].bandwidth).toBe(3);
});

it('fetches a long buffer of worse quality again, but keeps a short one', () => {
  const manager = new ReelAbr(fake([0, 0, 1, 2]).abr, 4000, 40_000, 0);
  const switched = vi.fn();
  const media = (ahead: number) => ({ played: { length: 1 }, currentTime: 5, buffered: { length: 1, end: () => 5 + ahead } });
  manager.init(switched);
  manager.setVariants([variant(1), variant(2), variant(3)]);
  manager.chooseVariant();
  manager.enable();
  manager.setMediaElement(media(12) as unknown as HTMLMediaElement);
  manager.observe(download);
  expect(switched.mock.lastCall).toEqual([variant(2), false, 0]);
  manager.setMediaElement(media(36) as unknown as HTMLMediaElement);
  manager.observe(download);
  expect(switched.mock.lastCall).toEqual([variant(3), true, 12]);
});

it('takes no rate from a small download, and gives its handle back', () => {
  const { abr, calls } = fake([]);
  const manager = new ReelAbr(abr, 4000, 40_000, 0);
  manager.observe({ ...download, bytes: 900 });
  expect(calls.abr_observe).not.toHaveBeenCalled();
  manager.release();
  expect(calls.abr_free).toHaveBeenCalledWith(7);
});
