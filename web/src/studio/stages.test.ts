import { expect, it } from 'vitest';
import { stepsOf as inWords } from './stages';
import { texts } from './texts';
import type { Encoding } from '../api/ingest';

const stepsOf = (uploaded: number, encoding: Encoding | null, failed: boolean) => inWords(uploaded, encoding, failed, texts.en);

const encoding = (...done: [string, number, number][]): Encoding => ({
  title_id: 't',
  revision: 'r',
  status: 'running',
  stages: done.map(([name, d, total]) => ({ name, done: d, total })),
  failure: null,
  frames: null,
  renditions: null,
});

it('the upload comes first', () => {
  const steps = stepsOf(0.426, null, false);
  expect(steps.map((s) => s.name)).toEqual(['Upload', 'Probe', 'Plan', 'Encode', 'Package', 'Publish']);
  expect(steps[0]).toMatchObject({ state: 'active', note: '42 %' });
  expect(steps[1]?.state).toBe('waiting');
});

it('one stage is active, those before it are done', () => {
  const at = encoding(['Probe', 1, 1], ['Plan', 1, 1], ['EncodeAll', 12, 40], ['Package', 0, 0], ['Publish', 0, 0]);
  expect(stepsOf(1, at, false).map((s) => s.state)).toEqual(['done', 'done', 'done', 'active', 'waiting', 'waiting']);
  expect(stepsOf(1, at, false)[3]).toMatchObject({ note: '12 of 40', share: 0.3 });
});

it('a failure stands at the stage that it stopped', () => {
  expect(stepsOf(1, encoding(['Probe', 0, 1], ['Plan', 0, 0]), true)[1]?.state).toBe('failed');
});
