import { expect, it } from 'vitest';
import { EMPTY, faultsOf as faults, nameOf, titleOf, type Form } from './draft';
import { texts } from './texts';

const faultsOf = (form: Form, film: File | null) => faults(form, film, texts.en.faults);

const film = new File(['x'], 'x.mp4');

it('a film and a name are enough', () => {
  expect(faultsOf(EMPTY, null)).toMatchObject({ film: 'Choose a film.', name: 'Give it a name.' });
  expect(faultsOf({ ...EMPTY, name: 'A' }, film)).toEqual({});
  expect(faultsOf({ ...EMPTY, name: 'A', year: '20' }, new File([], 'x')).year).toContain('2008');
  expect(faultsOf({ ...EMPTY, name: 'A' }, new File([], 'x')).film).toContain('empty');
});

it('a form becomes a title', () => {
  const form = { name: ' Big Buck Bunny ', description: '', year: '2008', genres: 'Animation, Comedy,, Animation', credit: '' };
  expect(titleOf(form)).toEqual({ name: 'Big Buck Bunny', description: '', year: 2008, genres: ['Animation', 'Comedy'] });
});

it('a file suggests a name', () => {
  expect(nameOf('big_buck-bunny.1080p.mp4')).toBe('big buck bunny');
});
