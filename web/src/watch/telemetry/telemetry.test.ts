import { describe, expect, it } from 'vitest';
import { eighthOf } from './eighths';
import { Telemetry } from './telemetry';
import { uuid7 } from '../../api/uuid';
import type { Event } from '../../api/events';

const play = {
  titleId: 't',
  durationMs: 80_000,
  device: 'browser',
  choice: { row: 'popular', variant: 'test/B/' },
  pathway: () => 'isp-1',
};

function recorder(fail: () => boolean = () => false) {
  const batches: Event[][] = [];
  const send = async (events: Event[]) => {
    batches.push(events);
    if (fail()) throw new Error('offline');
  };
  return { batches, telemetry: new Telemetry(play, send), told: () => batches.flat() };
}

it('eighths count from 1 to 8', () => {
  expect([0, 9_999, 10_000, 79_999, 80_000, 99_000].map((at) => eighthOf(at, 80_000))).toEqual([1, 1, 2, 8, 8, 8]);
  expect(eighthOf(5, 0)).toBe(1);
});

it('a UUIDv7 tells its time', () => {
  const id = uuid7(1_715_000_000_123);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(1_715_000_000_123);
});

describe('a play', () => {
  it('tells its start, and each eighth as it ends', () => {
    const { telemetry, told } = recorder();
    telemetry.started(0);
    for (let at = 0; at <= 21_000; at += 250) telemetry.moved(at, false);
    expect(told().map((e) => e.type)).toEqual(['play_start', 'view_segment', 'view_segment']);
    expect(told().slice(1)).toMatchObject([
      { eighth: 1, position_ms: 10_000, pathway: 'isp-1' },
      { eighth: 2, position_ms: 20_000, pathway: 'isp-1' },
    ]);
    expect(told()[0]).toMatchObject({ source: 'popular', variant: 'test/B/', position_ms: 0, v: 1 });
  });

  it('takes a seek for no watching', () => {
    const { telemetry, told } = recorder();
    telemetry.started(0);
    telemetry.moved(12_000, true);
    telemetry.moved(60_000, false);
    expect(told()).toHaveLength(1);
  });

  it('tells where it stopped, once for each place, never past the end', () => {
    const { telemetry, told } = recorder();
    telemetry.stopped(5_000);
    telemetry.started(0);
    telemetry.stopped(33_333.4);
    telemetry.stopped(33_333.4);
    telemetry.stopped(80_040);
    expect(told().slice(1)).toMatchObject([{ eighth: 4, position_ms: 33_333 }, { eighth: 8, position_ms: 80_000 }]);
  });

  it('hands over again what did not arrive', async () => {
    let offline = true;
    const { telemetry, batches } = recorder(() => offline);
    telemetry.started(0);
    await Promise.resolve();
    await Promise.resolve();
    offline = false;
    telemetry.stalled(4_000, 512.6, 'isp-1', 2_800_000);
    expect(batches[1]?.map((e) => e.type)).toEqual(['play_start', 'buffer_event']);
    expect(batches[1]?.[0]?.id).toBe(batches[0]?.[0]?.id);
    expect(batches[1]?.[1]).toMatchObject({ stalled_ms: 513, pathway: 'isp-1', bitrate: 2_800_000 });
  });
});
