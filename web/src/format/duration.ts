/** A running time for reading: `1 h 32 min`, `9 min 56 s`, `55 s`. */
export function runningTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, min, s] = split(seconds);
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  if (min >= 10 || (min > 0 && s === 0)) return `${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}

/** A place in a film as a clock shows it: `0:07`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const [h, min, s] = split(Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0)));
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** A duration as ISO 8601, for `<time datetime>`. */
export function isoDuration(ms: number): string {
  return `PT${Math.round(ms / 1000)}S`;
}

function split(seconds: number): [number, number, number] {
  return [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
}
