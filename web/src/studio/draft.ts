import type { NewTitle } from '../api/content';
import type { texts } from './texts';

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

type Words = (typeof texts)['en']['faults'];

export function faultsOf(form: Form, film: File | null, words: Words): Faults {
  const faults: Faults = {};
  if (!film) faults.film = words.film;
  else if (film.size === 0) faults.film = words.empty;
  const letters = [...form.name.trim()].length;
  if (letters === 0) faults.name = words.name;
  if (letters > 200) faults.name = words.long;
  if (form.year.trim() !== '' && !/^(18|19|20)\d\d$/.test(form.year.trim())) faults.year = words.year;
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
