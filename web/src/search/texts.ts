import type { Texts } from '../i18n/language.svelte';

const en = {
  search: 'Search',
  placeholder: 'Title, person or genre',
  suggestions: 'Suggestions',
  genres: 'Genres',
  remove: (genre: string) => `Remove ${genre}`,
  nothing: 'Nothing was found',
  titles: (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'title' : 'titles'}`,
  failed: 'The search failed',
  again: 'Try again',
  hint: 'Try fewer letters, another spelling, or a person of the cast.',
};

const de: typeof en = {
  search: 'Suche',
  placeholder: 'Titel, Person oder Genre',
  suggestions: 'Vorschläge',
  genres: 'Genres',
  remove: (genre) => `${genre} entfernen`,
  nothing: 'Es wurde nichts gefunden',
  titles: (count) => `${count.toLocaleString('de')} Titel`,
  failed: 'Die Suche ist fehlgeschlagen',
  again: 'Noch einmal versuchen',
  hint: 'Versuche weniger Buchstaben, eine andere Schreibweise oder eine Person der Besetzung.',
};

export const texts: Texts<typeof en> = { en, de };
