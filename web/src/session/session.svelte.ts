import * as auth from '../api/auth';
import { signInByPasskey } from '../api/passkey';
import { Problem } from '../api/problem';
import { useTokens, type TokenSource } from '../api/transport';

/** Whether somebody is signed in: `unknown` until the cookie was tried, `unreachable` when it could not be. */
export type Status = 'unknown' | 'unreachable' | 'signed-in' | 'signed-out';

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 60_000;

/**
 * The session of this page. The access token lives in memory only; the refresh token
 * in a cookie that scripts cannot read.
 */
class Session implements TokenSource {
  status = $state<Status>('unknown');
  email = $state('');
  /** Whether the address was confirmed. */
  verified = $state(false);
  role = $state<auth.Role>('viewer');
  profile = $state<string | null>(null);

  #token = '';
  #expiresAt = 0;
  #renewal: Promise<string> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Signs in from the cookie, if it is still good. */
  async restore(): Promise<void> {
    this.status = 'unknown';
    await this.renew().catch(() => undefined);
    if (this.status === 'unknown') this.status = 'unreachable';
  }

  async signIn(credentials: auth.Credentials): Promise<void> {
    this.#accept(await auth.signIn(credentials));
  }

  async signUp(credentials: auth.Credentials): Promise<void> {
    this.#accept(await auth.signUp(credentials));
  }

  async signInByPasskey(): Promise<void> {
    this.#accept(await signInByPasskey());
  }

  /** Has another profile watch from now on. */
  async choose(profile: string, pin?: string): Promise<void> {
    this.#accept(await alone(() => auth.refresh({ profile, ...(pin && { pin }) })));
  }

  /** Ends the session here even when the platform cannot be told. */
  async signOut(): Promise<void> {
    await auth.signOut().catch(() => undefined);
    this.#forget();
  }

  async token(): Promise<string> {
    return Date.now() < this.#expiresAt ? this.#token : this.renew();
  }

  /** One renewal at a time; whoever asks meanwhile gets the same one. */
  renew(): Promise<string> {
    this.#renewal ??= this.#refresh().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #refresh(): Promise<string> {
    try {
      this.#accept(await alone(() => auth.refresh()));
    } catch (error) {
      if (error instanceof Problem && isRefusal(error)) this.#forget();
      throw error;
    }
    return this.#token;
  }

  #accept(tokens: auth.Tokens): void {
    const good = tokens.expires_in * 1000;
    const renewIn = Math.max(good - RENEW_BEFORE_MS, good / 2);
    this.#token = tokens.access_token;
    this.#expiresAt = Date.now() + good - 5_000;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.renew().catch(() => undefined), renewIn);
    this.email = tokens.email;
    this.verified = tokens.verified ?? false;
    this.role = tokens.role;
    this.profile = tokens.profile ?? null;
    this.status = 'signed-in';
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#token = '';
    this.#expiresAt = 0;
    this.status = 'signed-out';
  }
}

function isRefusal(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.status !== 429;
}

/** A refresh token is good for one use, so tabs that share the cookie take turns. */
function alone<A>(act: () => Promise<A>): Promise<A> {
  return navigator.locks ? navigator.locks.request('reel-refresh', act) as Promise<A> : act();
}

export const session = new Session();
useTokens(session);
