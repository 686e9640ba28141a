const texts = {
  en: {
    language: 'en',
    inbox: 'Notifications',
    unread: (count: number) => (count > 99 ? 'more than 99 unread' : `${count} unread`),
    new: 'New',
    markAll: 'Mark all as read',
    remove: (title: string) => `Delete “${title}”`,
    preferences: 'What you are told about',
    loading: 'Loading your notifications',
    empty: 'Nothing here yet',
    emptyDetail: 'When there is a new episode, or something about your account, you find it here.',
    failed: 'Your notifications cannot be shown',
    again: 'Try again',
    more: 'Show more',
  },
  de: {
    language: 'de',
    inbox: 'Benachrichtigungen',
    unread: (count: number) => (count > 99 ? 'mehr als 99 ungelesen' : `${count} ungelesen`),
    new: 'Neu',
    markAll: 'Alle als gelesen markieren',
    remove: (title: string) => `„${title}“ löschen`,
    preferences: 'Worüber du benachrichtigt wirst',
    loading: 'Deine Benachrichtigungen werden geladen',
    empty: 'Hier ist noch nichts',
    emptyDetail: 'Wenn es eine neue Folge gibt oder etwas mit deinem Konto geschieht, steht es hier.',
    failed: 'Deine Benachrichtigungen können nicht gezeigt werden',
    again: 'Noch einmal versuchen',
    more: 'Mehr zeigen',
  },
};

/** The texts of this folder, in the reader's language. */
export const t = navigator.language.startsWith('de') ? texts.de : texts.en;
