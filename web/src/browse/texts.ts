import type { Row } from '../api/recommendation';
import type { Texts } from '../i18n/language.svelte';

const en = {
  browse: 'Browse',
  failed: 'The catalogue could not be loaded',
  again: 'Try again',
  loading: 'Loading the catalogue',
  dark: 'The screen is still dark',
  darkDetail: 'No film has been published yet. Upload one in the studio, and it will stand here as soon as it is encoded.',
  openStudio: 'Open the studio',
  nothing: 'Nothing to watch yet',
  nothingDetail: 'No film has been published here so far. Come back in a little while.',
  play: 'Play',
  more: 'More about it',
  resume: 'Resume',
  notYet: 'Not yet available',
  somethingNew: 'Something new',
  watched: (percent: number) => `${percent} % watched`,
};

const de: typeof en = {
  browse: 'Stöbern',
  failed: 'Das Angebot konnte nicht geladen werden',
  again: 'Noch einmal versuchen',
  loading: 'Das Angebot wird geladen',
  dark: 'Die Leinwand ist noch dunkel',
  darkDetail: 'Es ist noch kein Film veröffentlicht. Lade einen im Studio hoch, und er steht hier, sobald er kodiert ist.',
  openStudio: 'Studio öffnen',
  nothing: 'Noch gibt es nichts zu sehen',
  nothingDetail: 'Hier ist noch kein Film veröffentlicht. Schau bald wieder vorbei.',
  play: 'Abspielen',
  more: 'Mehr darüber',
  resume: 'Fortsetzen:',
  notYet: 'Noch nicht verfügbar',
  somethingNew: 'Etwas Neues',
  watched: (percent) => `zu ${percent} % gesehen`,
};

export const texts: Texts<typeof en> = { en, de };

/** What stands above rows of each kind, where it is not as the platform calls them. */
const ROWS: Record<string, string> = {
  'continue-watching': 'Weiterschauen',
  picks: 'Für dich ausgesucht',
  trending: 'Gerade beliebt',
  popular: 'Top 10',
  editorial: 'Unsere Auswahl',
  new: 'Neu',
  announced: 'Bald hier',
};

/** What stands above a row. */
export const rowName: Texts<(row: Row) => string> = {
  en: (row) => row.name,
  de: (row) => ROWS[row.id] ?? (row.id.startsWith('because:') ? row.name.replace('Because you watched', 'Weil du das gesehen hast:') : row.name),
};
