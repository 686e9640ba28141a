const KEY = 'reel-throughput';
const GOOD_FOR_MS = 24 * 3_600_000;
/** A network may be slower than it was; this much of it is counted on. */
const TRUSTED = 0.6;

/** What to expect of the network before anything was measured (bits a second); 0 when it is not known. */
export function expectedThroughput(now: number = Date.now()): number {
  const seen = lastSeen();
  return seen && now - seen.at < GOOD_FOR_MS ? seen.bps * TRUSTED : 0;
}

function lastSeen(): { bps: number; at: number } | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

/** Notes what was measured, for the next film. */
export function noteThroughput(bps: number, now: number = Date.now()): void {
  if (bps > 0) localStorage.setItem(KEY, JSON.stringify({ bps: Math.round(bps), at: now }));
}
