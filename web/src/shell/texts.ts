import type { Texts } from '../i18n/language.svelte';

const en = {
  skip: 'Skip to the content',
  unreachable: 'Reel cannot be reached',
  unreachableDetail: 'Check the connection, or wait a moment and try again.',
  again: 'Try again',
  loading: 'Loading',
  home: 'Reel, first page',
  main: 'Main',
  browse: 'Browse',
  search: 'Search',
  studio: 'Studio',
  notFound: 'There is no such page',
  notFoundDetail: 'The address may be old or mistyped. What can be watched is on the first page.',
  toHome: 'Go to the first page',
};

const de: typeof en = {
  skip: 'Zum Inhalt',
  unreachable: 'Reel ist nicht zu erreichen',
  unreachableDetail: 'Prüfe die Verbindung, oder warte einen Moment und versuche es noch einmal.',
  again: 'Noch einmal versuchen',
  loading: 'Wird geladen',
  home: 'Reel, erste Seite',
  main: 'Hauptmenü',
  browse: 'Stöbern',
  search: 'Suche',
  studio: 'Studio',
  notFound: 'Diese Seite gibt es nicht',
  notFoundDetail: 'Die Adresse ist vielleicht alt oder vertippt. Was es zu sehen gibt, steht auf der ersten Seite.',
  toHome: 'Zur ersten Seite',
};

export const texts: Texts<typeof en> = { en, de };
