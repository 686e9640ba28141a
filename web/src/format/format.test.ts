import { expect, it } from 'vitest';
import { clock, isoDuration, runningTime } from './duration';
import { bitrate, bytes } from './size';

it('running times are short and exact enough', () => {
  expect([55_000, 60_000, 596_000, 720_000, 5_520_000, 7_200_000].map(runningTime)).toEqual([
    '55 s', '1 min', '9 min 56 s', '12 min', '1 h 32 min', '2 h',
  ]);
  expect(isoDuration(55_400)).toBe('PT55S');
});

it('a clock shows hours only when there are some', () => {
  expect([0, 7.9, 725, 3723, NaN, -1].map(clock)).toEqual(['0:00', '0:07', '12:05', '1:02:03', '0:00', '0:00']);
});

it('sizes have three digits', () => {
  expect([0, 999, 8_400_000, 1_200_000_000].map(bytes)).toEqual(['0 B', '999 B', '8.4 MB', '1.2 GB']);
  expect([235_000, 2_800_000].map(bitrate)).toEqual(['235 kbit/s', '2.80 Mbit/s']);
});
