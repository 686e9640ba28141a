import type { Credentials as Asked, Role, Sessions, SignedIn, Tokens } from './schema';
import { call } from './transport';

export type { Role, SignedIn, Tokens };
/** What somebody signs in with; the refresh token goes into a cookie. */
export type Credentials = Omit<Asked, 'cookie'>;

const ROLES: Role[] = ['viewer', 'editor', 'operator', 'owner'];

/** Whether a role includes another. */
export function includes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function signUp(credentials: Credentials): Promise<Tokens> {
  return call('POST', 'v1/auth/sign-up', { open: true, body: { ...credentials, cookie: true } });
}

export function signIn(credentials: Credentials): Promise<Tokens> {
  return call('POST', 'v1/auth/sign-in', { open: true, body: { ...credentials, cookie: true } });
}

/** Proves that a page of ours asks. */
const OURS = { 'x-requested-with': 'reel' };

/** A new access token for the session in the cookie; with a profile, that one is watching from now on. */
export function refresh(choice: { profile?: string; pin?: string } = {}): Promise<Tokens> {
  return call('POST', 'v1/auth/refresh', { open: true, body: choice, headers: OURS });
}

/** Ends the session of the cookie. */
export function signOut(): Promise<void> {
  return call('POST', 'v1/auth/sign-out', { open: true, body: {}, headers: OURS });
}

/** Confirms an address by the token of its mail. */
export function verifyEmail(token: string): Promise<void> {
  return call('POST', 'v1/auth/verify-email', { open: true, body: { token } });
}

/** Has the mail sent again. */
export function resendVerification(): Promise<void> {
  return call('POST', 'v1/auth/verify-email/resend', { body: {} });
}

/** Has a mail sent by which a new password is chosen, if there is such an account. */
export function forgotPassword(email: string): Promise<void> {
  return call('POST', 'v1/auth/password/forgot', { open: true, body: { email } });
}

/** Chooses a new password by the token of the mail. */
export function resetPassword(token: string, password: string): Promise<void> {
  return call('POST', 'v1/auth/password/reset', { open: true, body: { token, password } });
}

export function changePassword(password: string, newPassword: string): Promise<void> {
  return call('PUT', 'v1/auth/password', { body: { password, new_password: newPassword } });
}

/** Asks for another address; it counts once its mail was answered. */
export function changeEmail(password: string, email: string): Promise<void> {
  return call('PUT', 'v1/auth/email', { body: { password, email } });
}

/** The language of what is sent to the account. */
export function changeLanguage(language: string): Promise<void> {
  return call('PUT', 'v1/auth/language', { body: { language } });
}

/** Where the account is signed in, latest first. */
export async function sessions(): Promise<SignedIn[]> {
  return (await call<Sessions>('GET', 'v1/auth/sessions')).sessions;
}

export function endSession(id: string): Promise<void> {
  return call('DELETE', `v1/auth/sessions/${encodeURIComponent(id)}`);
}

/** Ends every session but this one. */
export function endOtherSessions(): Promise<void> {
  return call('DELETE', 'v1/auth/sessions');
}

/** All that is kept about the person. */
export function exportAccount(): Promise<unknown> {
  return call('GET', 'v1/account/export');
}

/** Deletes the account and all about it. */
export function deleteAccount(password: string): Promise<void> {
  return call('DELETE', 'v1/account', { body: { password } });
}
