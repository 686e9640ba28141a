import { describe, expect, it } from 'vitest';
import type { Entry } from '../../api/people';
import { acts } from './acts';

const entry = (number: number, act: Entry['act']): Entry => ({ number, at_ms: number * 1000, act, before: '', hash: '' });
const begun = (path: string): Entry['act'] => ({ kind: 'begun', account: 'a', role: 'editor', method: 'PUT', path, trace: '' });

describe('what was administered', () => {
  it('has what came of each act, also where others ended between', () => {
    const log = [
      entry(5, begun('/v1/titles/c')),
      entry(4, { kind: 'ended', begun: 1, status: 200 }),
      entry(3, { kind: 'ended', begun: 2, status: 409 }),
      entry(2, begun('/v1/titles/b')),
      entry(1, begun('/v1/titles/a')),
    ];
    expect(acts(log).map(({ what, status }) => [what, status])).toEqual([
      ['PUT /v1/titles/c', null],
      ['PUT /v1/titles/b', 409],
      ['PUT /v1/titles/a', 200],
    ]);
  });
});
