import type { Experiment, Segment, Variant } from '../../api/experiment';
import type { Words } from './texts';

/** A share, 0 to 1, as a person reads it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** What a test has come to, in a sentence. */
export function verdict({ stage, winner, variants }: Experiment, t: Words): string {
  if (stage === 'ended') return t.ended;
  if (winner) return t.won(winner);
  if (variants.every((variant) => variant.shown === 0)) return t.unseen;
  const ahead = variants.reduce((best, variant) => (variant.rate > best.rate ? variant : best));
  return ahead.clicked === 0 ? t.unplayed : t.ahead(ahead.letter);
}

/** How one picture stands, in a few words. */
export function standing(variant: Variant, winner: string | null, t: Words): string {
  if (variant.letter === winner) return t.hasWon;
  if (variant.beaten) return t.beaten;
  if (winner) return t.retired;
  const share = Math.floor(variant.progress * 100);
  return share === 0 ? t.noEvidence : t.evidence(share);
}

/** What viewers of a taste are shown. */
export function shownTo(segment: Segment, winner: string | null, t: Words): string {
  if (segment.winner) return t.sees(segment.winner);
  if (segment.open) return t.tested;
  return winner ? t.seesAsAll(winner) : t.each;
}

/** The share of clicks in a segment; none when nothing was shown. */
export function rates({ shown, clicked }: Segment): (number | null)[] {
  return shown.map((count, i) => (count > 0 ? (clicked[i] ?? 0) / count : null));
}
