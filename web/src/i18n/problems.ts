import type { Language } from './language.svelte';
import { Problem } from '../api/problem';

/** What a person is told about any failure: in this language where it is known here, else as the platform says it. */
export function told(error: unknown, language: Language): string {
  if (!(error instanceof Problem)) return broken[language];
  return (language === 'de' && german[error.code]) || error.message;
}

const broken: Record<Language, string> = {
  en: 'Something went wrong in this page. Reload it and try again.',
  de: 'In dieser Seite ist etwas schiefgegangen. Lade sie neu und versuche es noch einmal.',
};

/** By the kind of the problem. The platform's own words are English, often with more detail. */
const german: Record<string, string> = {
  challenge: 'Das hat zu lange gedauert. Versuche es noch einmal.',
  'common-password': 'Dieses Passwort haben viele, es wird als eines der ersten geraten. Wähle ein anderes.',
  deleted: 'Das gibt es nicht mehr.',
  'email-taken': 'Für diese Adresse gibt es schon ein Konto. Melde dich an.',
  internal: 'Bei uns ist etwas schiefgegangen. Versuche es später noch einmal.',
  kids: 'Das geht in einem Profil für Kinder nicht.',
  'last-passkey': 'Ohne diesen Passkey könnte sich niemand mehr anmelden. Wähle zuerst ein Passwort.',
  'last-profile': 'Ein Konto hat wenigstens ein Profil.',
  'limited-profile': 'Ein Profil mit Altersgrenze ändert keine Profile. Wähle eines ohne.',
  'list-full': 'Die Liste ist voll. Nimm zuerst etwas heraus.',
  'mail-token': 'Der Link gilt nicht mehr. Lass dir einen neuen schicken.',
  maturity: 'Dieser Titel ist nicht für das Alter, für das dieses Profil ist.',
  'not-available-here': 'Dieser Titel ist in deinem Land zurzeit nicht verfügbar.',
  'not-found': 'Das gibt es hier nicht, oder nicht mehr.',
  'not-published': 'Dieser Titel kann noch nicht abgespielt werden.',
  'not-subscribed': 'Es gibt kein Abonnement.',
  passkey: 'Dieser Passkey wird hier nicht angenommen.',
  'passkey-known': 'Das Konto hat diesen Passkey schon.',
  'pin-needed': 'Dafür braucht es die PIN des Profils.',
  'pin-wrong': 'Die PIN ist falsch.',
  'profile-needed': 'Wähle zuerst ein Profil.',
  role: 'Dafür fehlt dir die Rolle.',
  subscribed: 'Es gibt schon ein Abonnement.',
  'subscription-needed': 'Zum Abspielen braucht es ein Abonnement.',
  timeout: 'Das hat zu lange gedauert. Versuche es gleich noch einmal.',
  'too-large': 'Das ist zu groß.',
  'too-many-attempts': 'Zu viele Versuche. Warte etwas, bevor du es noch einmal versuchst.',
  'too-many-passkeys': 'Mehr Passkeys hat ein Konto nicht. Entferne zuerst einen.',
  'too-many-requests': 'Zu viele Anfragen. Warte einen Augenblick.',
  'too-many-streams': 'Auf diesem Konto läuft schon auf so vielen Geräten etwas, wie der Tarif erlaubt. Beende eines davon.',
  unauthenticated: 'Melde dich zuerst an.',
  unavailable: 'Das geht gerade nicht. Versuche es gleich noch einmal.',
  unplayable: 'Dieses Gerät kann den Titel nicht abspielen.',
  unreachable: 'Reel ist nicht erreichbar. Prüfe die Verbindung und versuche es noch einmal.',
  'wrong-credentials': 'Die E-Mail-Adresse oder das Passwort ist falsch.',
};
