import type { Credentials as Asked, Role, Tokens } from './schema';
import { call } from './transport';

export type { Role, Tokens };
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

/** A new access token for the session in the cookie. The header proves a page of ours asks. */
export function refresh(): Promise<Tokens> {
  return call('POST', 'v1/auth/refresh', { open: true, body: {}, headers: { 'x-requested-with': 'reel' } });
}

/** Ends the session of the cookie. */
export function signOut(): Promise<void> {
  return call('POST', 'v1/auth/sign-out', { open: true, body: {}, headers: { 'x-requested-with': 'reel' } });
}
