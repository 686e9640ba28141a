import type { Texts } from '../../i18n/language.svelte';

const en = {
  search: 'Find a title',
  status: 'Status',
  all: 'All',
  nothing: 'No title is like that.',
  found: (n: number, more: boolean) => `${n}${more ? ' or more' : ''} titles`,
  edit: (name: string) => `Edit ${name}`,
  editShort: 'Edit',
  newTitle: 'New series or title',
  import: 'Import a table',
  people: 'People',
  until: (when: string) => `on ${when}`,
  season: (season: number, number: number) => `S${season} E${number}`,
};

const de: typeof en = {
  search: 'Titel suchen',
  status: 'Status',
  all: 'Alle',
  nothing: 'So einen Titel gibt es nicht.',
  found: (n, more) => `${n}${more ? ' oder mehr' : ''} Titel`,
  edit: (name) => `${name} bearbeiten`,
  editShort: 'Bearbeiten',
  newTitle: 'Neue Serie oder neuer Titel',
  import: 'Tabelle importieren',
  people: 'Personen',
  until: (when) => `am ${when}`,
  season: (season, number) => `S${season} F${number}`,
};

export const texts: Texts<typeof en> = { en, de };
