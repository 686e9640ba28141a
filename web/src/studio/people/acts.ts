import type { Entry } from '../../api/people';

/** Something that somebody did, and what came of it. */
export interface Done {
  number: number;
  at: number;
  account: string;
  role: 'viewer' | 'editor' | 'operator' | 'owner';
  what: string;
  /** The status it was answered with; none where the log does not say. */
  status: number | null;
}

/** What was begun, each with its end, which stands in an entry of its own after it. Entries come latest first. */
export function acts(entries: Entry[]): Done[] {
  const ends = new Map<number, number>();
  const done: Done[] = [];
  for (const { number, at_ms: at, act } of entries) {
    if (act.kind === 'ended') ends.set(act.begun, act.status);
    else {
      const { account, role, method, path } = act;
      done.push({ number, at, account, role, what: `${method} ${path}`, status: ends.get(number) ?? null });
    }
  }
  return done;
}
