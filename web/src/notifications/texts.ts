import type { Texts } from '../i18n/language.svelte';
import type { Topic } from '../api/notification';

interface Words {
  name: string;
  detail: string;
}

interface Said {
  heading: string;
  lead: string;
  topic: string;
  topics: Record<Topic, Words>;
  email: string;
  push: string;
  cell: (channel: string, topic: string) => string;
  always: string;
  language: string;
  languages: Record<'' | 'en' | 'de', string>;
  saved: string;
  failed: string;
  again: string;
  loading: string;
  browser: string;
  browserDetail: string;
  turnOn: string;
  turnOff: string;
  on: string;
  unsupported: string;
  blocked: string;
  unreachable: string;
}

const en: Said = {
  heading: 'What you are told about',
  lead: 'Everything is in your notifications. Here you choose what reaches you elsewhere, too.',
  topic: 'Topic',
  topics: {
    security: { name: 'Security', detail: 'New devices, a changed password' },
    billing: { name: 'Payments', detail: 'A payment that did not go through' },
    account: { name: 'Your account', detail: 'Welcome, and what is new' },
    episodes: { name: 'New episodes', detail: 'Of series that you follow' },
    reminders: { name: 'Continue watching', detail: 'What you began and did not see to its end' },
  },
  email: 'E-mail',
  push: 'Push',
  cell: (channel, topic) => `${topic} by ${channel}`,
  always: 'Always',
  language: 'Language of letters and pushes',
  languages: { '': 'As your account', en: 'English', de: 'German' },
  saved: 'Saved.',
  failed: 'This cannot be shown',
  again: 'Try again',
  loading: 'Loading',
  browser: 'Push in this browser',
  browserDetail: 'Messages appear on this device even when Reel is closed.',
  turnOn: 'Turn on',
  turnOff: 'Turn off',
  on: 'It is on.',
  unsupported: 'This browser cannot be pushed to.',
  blocked: 'This browser does not allow it: change that in its settings for this site.',
  unreachable: 'The browser’s push service does not answer. Try again later.',
};

const de: Said = {
  heading: 'Worüber du benachrichtigt wirst',
  lead: 'Alles steht bei deinen Benachrichtigungen. Hier wählst du, was dich auch anderswo erreicht.',
  topic: 'Thema',
  topics: {
    security: { name: 'Sicherheit', detail: 'Neue Geräte, ein geändertes Passwort' },
    billing: { name: 'Zahlungen', detail: 'Eine Zahlung, die fehlgeschlagen ist' },
    account: { name: 'Dein Konto', detail: 'Willkommen, und was neu ist' },
    episodes: { name: 'Neue Folgen', detail: 'Von Serien, denen du folgst' },
    reminders: { name: 'Weiterschauen', detail: 'Was du angefangen und nicht zu Ende gesehen hast' },
  },
  email: 'E-Mail',
  push: 'Push',
  cell: (channel, topic) => `${topic} per ${channel}`,
  always: 'Immer',
  language: 'Sprache von E-Mails und Push',
  languages: { '': 'Wie dein Konto', en: 'Englisch', de: 'Deutsch' },
  saved: 'Gespeichert.',
  failed: 'Das kann nicht gezeigt werden',
  again: 'Noch einmal versuchen',
  loading: 'Wird geladen',
  browser: 'Push in diesem Browser',
  browserDetail: 'Nachrichten erscheinen auf diesem Gerät, auch wenn Reel geschlossen ist.',
  turnOn: 'Einschalten',
  turnOff: 'Ausschalten',
  on: 'Es ist eingeschaltet.',
  unsupported: 'An diesen Browser kann nichts geschickt werden.',
  blocked: 'Dieser Browser erlaubt es nicht: Ändere das in seinen Einstellungen für diese Seite.',
  unreachable: 'Der Push-Dienst des Browsers antwortet nicht. Versuche es später noch einmal.',
};

export const texts: Texts<Said> = { en, de };
