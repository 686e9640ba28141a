import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint';
import { sendParts, type Carrier, type Put } from './parts';
import type { Upload } from '../../api/ingest';

const file = new Blob(['aaaabbbbccccdd']);
const part = (number: number, age = '') => ({ number, url: `part-${number}${age}` });
const upload = (...missing: number[]): Upload => ({
  upload_id: 'u',
  part_size: 4,
  missing: missing.map((n) => part(n)),
  stored: [1, 2, 3, 4].filter((n) => !missing.includes(n)),
  revision: null,
});

function carrier(put: Put, renew: () => Promise<Upload> = async () => upload(1, 2, 3, 4)) {
  const seen = { progress: [] as number[], pauses: [] as number[] };
  const it: Carrier = {
    put,
    renew,
    pause: async (ms) => void seen.pauses.push(ms),
    progress: (sent) => void seen.progress.push(sent),
  };
  return { carrier: it, seen };
}

describe('an upload', () => {
  it('sends each missing part once, at most three at a time', async () => {
    const sent = new Map<string, string>();
    let running = 0;
    let most = 0;
    const { carrier: c, seen } = carrier(async (url, bytes) => {
      most = Math.max(most, ++running);
      sent.set(url, await bytes.text());
      running -= 1;
    });
    await sendParts(file, upload(2, 3, 4), c);
    expect([...sent].sort()).toEqual([['part-2', 'bbbb'], ['part-3', 'cccc'], ['part-4', 'dd']]);
    expect(most).toBeLessThanOrEqual(3);
    expect([seen.progress[0], seen.progress.at(-1)]).toEqual([4, 14]);
  });

  it('asks for the rest when there are more parts than URLs', async () => {
    const sent: string[] = [];
    const { carrier: c, seen } = carrier(async (url) => void sent.push(url), async () => upload(3, 4));
    await sendParts(file, { ...upload(1, 2), stored: [] }, c);
    expect(sent.sort()).toEqual(['part-1', 'part-2', 'part-3', 'part-4']);
    expect([seen.progress[0], seen.progress.at(-1)]).toEqual([0, 14]);
  });

  it('tries a part again at a new address', async () => {
    const urls: string[] = [];
    const renewed = async () => ({ ...upload(1), missing: [part(1, '-new')] });
    const { carrier: c, seen } = carrier(async (url) => {
      urls.push(url);
      if (urls.length < 3) throw new Error('cut off');
    }, renewed);
    await sendParts(file, upload(1), c);
    expect(urls).toEqual(['part-1', 'part-1-new', 'part-1-new']);
    expect(seen.pauses).toEqual([500, 1000]);
  });

  it('does not send again what did arrive', async () => {
    let puts = 0;
    const { carrier: c } = carrier(async () => {
      puts += 1;
      throw new Error('the answer was lost');
    }, async () => upload());
    await sendParts(file, upload(1), c);
    expect(puts).toBe(1);
  });

  it('gives up after six attempts, with the reason', async () => {
    let puts = 0;
    const { carrier: c } = carrier(async () => {
      puts += 1;
      throw new Error('refused');
    });
    await expect(sendParts(file, upload(1), c)).rejects.toThrow('refused');
    expect(puts).toBe(6);
  });
});

it('a fingerprint tells files of different size, start or end apart', async () => {
  const big = (start: string, end: string) => new Blob([start, new Uint8Array(3 * 1024 * 1024), end]);
  const all = await Promise.all([big('a', 'z'), big('b', 'z'), big('a', 'y'), new Blob(['a'])].map(fingerprint));
  expect(new Set(all).size).toBe(4);
  expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(await fingerprint(big('a', 'z'))).toBe(all[0]);
});
