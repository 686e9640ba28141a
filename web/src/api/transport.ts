import { Problem, readProblem } from './problem';

/** Where the transport gets its bearer tokens; the session is one. */
export interface TokenSource {
  /** A token that is good for some seconds yet; rejects when nobody is signed in. */
  token(): Promise<string>;
  /** Another token in place of one that was refused. */
  renew(): Promise<string>;
}

let source: TokenSource | null = null;

/** Names who gives tokens to calls that need one. */
export function useTokens(tokens: TokenSource): void {
  source = tokens;
}

let languages: (() => readonly string[]) | null = null;

/** Names the languages that answers are wanted in, the best first. */
export function useLanguages(wanted: () => readonly string[]): void {
  languages = wanted;
}

/** How a call differs from a plain `GET` or `POST`. */
export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in place of a body. */
  file?: File;
  /** Goes without a bearer token. */
  open?: boolean;
  /** Outlives the page. */
  keepalive?: boolean;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** An address of the platform as an absolute one: relative ones count from the page's base. */
export function resolve(url: string): string {
  return new URL(url, document.baseURI).href;
}

/** Calls the platform and reads the answer; any failure is a `Problem`. */
export async function call<A>(method: string, path: string, options: CallOptions = {}): Promise<A> {
  let response = await send(method, path, options, await bearer(options));
  if (response.status === 401 && !options.open && source) {
    response = await send(method, path, options, await source.renew());
  }
  if (!response.ok) throw await readProblem(response);
  return read<A>(response);
}

async function bearer(options: CallOptions): Promise<string | null> {
  return options.open || !source ? null : source.token();
}

async function send(method: string, path: string, options: CallOptions, token: string | null): Promise<Response> {
  const headers = new Headers(options.headers);
  if (languages) headers.set('accept-language', languages().join(', '));
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.file) headers.set('content-type', options.file.type);
  const init: RequestInit = { method, headers, credentials: 'same-origin', keepalive: options.keepalive ?? false };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.file) init.body = options.file;
  if (options.signal) init.signal = options.signal;
  return fetch(resolve(path), init).catch(unreachable);
}

function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw new Problem(0, 'unreachable', 'Reel cannot be reached. Check the connection and try again.');
}

async function read<A>(response: Response): Promise<A> {
  const text = await response.text();
  if (text === '') return null as A;
  try {
    return JSON.parse(text) as A;
  } catch {
    throw new Problem(response.status, 'unreadable', 'The platform sent an answer that this page cannot read.');
  }
}
