/** The eighth of a title that a position lies in, 1 to 8. */
export function eighthOf(positionMs: number, durationMs: number): number {
  if (durationMs <= 0) return 1;
  return Math.min(8, Math.max(1, Math.floor((8 * positionMs) / durationMs) + 1));
}
