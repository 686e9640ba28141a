import { describe, expect, it } from 'vitest';
import type { NewTitle } from '../../api/content';
import { merge, resolved, told } from './conflict';

const read: NewTitle = { name: 'Dark', description: 'A town.', genres: ['Drama'], year: 2017, tags: ['Time'] };

describe('two edits of one title', () => {
  it('clash where both changed the same to something else', () => {
    const mine = { ...read, name: 'Dark!', year: 2018, genres: ['Crime'] };
    const theirs = { ...read, name: 'DARK', genres: ['Crime'], description: 'Four families.' };
    const found = merge(read, mine, theirs);
    expect(found.clashes).toEqual([{ field: 'name', mine: 'Dark!', theirs: 'DARK' }]);
    expect(found.theirs).toEqual(['description']);
  });

  it('are both kept, and a clash is what was chosen', () => {
    const mine = { ...read, name: 'Dark!', year: 2018 };
    const { tags, ...rest } = read;
    const theirs = { ...rest, name: 'DARK', description: 'Four families.' };
    const found = merge(read, mine, theirs);
    expect(resolved(mine, theirs, found, new Set())).toEqual({ ...rest, name: 'Dark!', year: 2018, description: 'Four families.' });
    expect(resolved(mine, theirs, found, new Set(['name'])).name).toBe('DARK');
  });

  it('do not clash by the order of what has none', () => {
    const windows = (window: object) => ({ ...read, windows: [window] }) as unknown as NewTitle;
    const mine = windows({ countries: ['DE'], from: 'x' });
    expect(merge(read, mine, windows({ from: 'x', countries: ['DE'] })).clashes).toEqual([]);
  });

  it('are told in words', () => {
    expect(told(['a', 'b'])).toBe('a, b');
    expect(told({ season: 1, number: 2 })).toBe('season: 1, number: 2');
    expect([told(undefined), told(null), told(2017)]).toEqual(['', '', '2017']);
  });
});
