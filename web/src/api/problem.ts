/** Why a call has no result: the platform's RFC 9457 problem, or that nothing came back. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The kind, for example `not-found`. */
    readonly code: string,
    /** What is wrong here and what would be right, for a person. */
    detail: string,
    /** Seconds after which the same request may succeed. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }
}

/** The problem that stands in an answer that is not a success. */
export async function readProblem(response: Response): Promise<Problem> {
  const wire = await response.json().catch(() => null);
  if (typeof wire?.detail !== 'string') return unreadable(response);
  const code = String(wire.type ?? '').replace('urn:reel:problem:', '');
  return new Problem(response.status, code, sentence(wire.detail), wire.retry_after ?? null);
}

function unreadable(response: Response): Problem {
  return new Problem(response.status, 'unknown', `The platform answered with status ${response.status}.`);
}

/** A reason begins in lower case so that it can follow a colon; alone it is a sentence. */
export function sentence(detail: string): string {
  const text = detail.trim();
  const ended = /[.!?…]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
