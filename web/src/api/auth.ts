import { call } from './transport';

/** What an account may do; each role may do what those before it may. */
export type Role = 'viewer' | 'editor' | 'operator' | 'owner';

const ROLES: Role[] = ['viewer', 'editor', 'operator', 'owner'];

/** Whether a role includes another. */
export function includes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export interface Credentials {
  email: string;
  /** 8 to 128 characters. */
  password: string;
}

/** A signed-in session; the refresh token went into a cookie. */
export interface Tokens {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  account: string;
  email: string;
  role: Role;
  profile: string | null;
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
