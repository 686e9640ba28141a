import type { texts } from './texts';

/** What is wrong with each field; nothing when it is fine. */
export interface Faults {
  email?: string;
  password?: string;
}

type Words = (typeof texts)['en'];

/** Checks credentials before they are sent; the platform has the last word. */
export function faultsOf(email: string, password: string, isNew: boolean, words: Words): Faults {
  const address = emailFault(email, words);
  const secret = passwordFault(password, isNew, words);
  return { ...(address && { email: address }), ...(secret && { password: secret }) };
}

export function emailFault(email: string, words: Words): string | undefined {
  if (email.trim() === '') return words.enterEmail;
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? undefined : words.wrongEmail;
}

export function passwordFault(password: string, isNew: boolean, words: Words): string | undefined {
  if (password === '') return words.enterPassword;
  const length = [...password].length;
  if (isNew && length < 8) return words.tooShort;
  return isNew && length > 128 ? words.tooLong : undefined;
}
