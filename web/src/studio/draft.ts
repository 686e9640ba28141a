import type { NewTitle } from '../api/content';

/** What the form holds, as typed. */
export interface Form {
  name: string;
  description: string;
  year: string;
  genres: string;
  credit: string;
}

/** What is wrong with each field; nothing when it is fine. */
export type Faults = Partial<Record<keyof Form | 'film', string>>;

export const EMPTY: Form = { name: '', description: '', year: '', genres: '', credit: '' };

export function faultsOf(form: Form, film: File | null): Faults {
  const faults: Faults = {};
  if (!film) faults.film = 'Choose a film.';
  else if (film.size === 0) faults.film = 'This file is empty. Choose another.';
  const letters = [...form.name.trim()].length;
  if (letters === 0) faults.name = 'Give it a name.';
  if (letters > 200) faults.name = 'Use at most 200 characters.';
  if (form.year.trim() !== '' && !/^(18|19|20)\d\d$/.test(form.year.trim())) faults.year = 'Enter a year such as 2008.';
  return faults;
}

/** The title that a form without faults describes. */
export function titleOf(form: Form): NewTitle {
  const genres = form.genres.split(',').map((genre) => genre.trim()).filter((genre) => genre !== '');
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    genres: [...new Set(genres)],
    ...(form.year.trim() ? { year: Number(form.year) } : {}),
    ...(form.credit.trim() ? { credit: form.credit.trim() } : {}),
  };
}

/** A name to begin with, made from a file's: `big_buck-bunny.1080p.mp4` gives `big buck bunny`. */
export function nameOf(file: string): string {
  const words = file.replace(/\.[^.]*$/, '').split(/[\s._-]+/);
  return words.filter((word) => !/^\d{3,4}p$/i.test(word)).join(' ').trim();
}
