import type { Experiment, Segment, Variant } from '../../api/experiment';

/** A share, 0 to 1, as a person reads it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** What a test has come to, in a sentence. */
export function verdict({ stage, winner, variants }: Experiment): string {
  if (stage === 'ended') return 'This test was ended. Viewers see the poster.';
  if (winner) return `Picture ${winner} has won. It is shown until the next test.`;
  if (variants.every((variant) => variant.shown === 0)) return 'The test is running. Nobody has seen a picture yet.';
  const ahead = variants.reduce((best, variant) => (variant.rate > best.rate ? variant : best));
  return ahead.clicked === 0
    ? 'The test is running. Nobody has played by a picture yet.'
    : `The test is running. Picture ${ahead.letter} is ahead, which may be chance.`;
}

/** How one picture stands, in a few words. */
export function standing(variant: Variant, winner: string | null): string {
  if (variant.letter === winner) return 'Has won';
  if (variant.beaten) return 'Beaten';
  if (winner) return 'Not shown any more';
  const share = Math.floor(variant.progress * 100);
  return share === 0 ? 'No evidence that it is the best' : `${share} % of the evidence to win`;
}

/** What viewers of a taste are shown. */
export function shownTo(segment: Segment, winner: string | null): string {
  if (segment.winner) return `Sees ${segment.winner}`;
  if (segment.open) return 'Still tested';
  return winner ? `Sees ${winner}, as all` : 'Each picture';
}

/** The share of clicks in a segment; none when nothing was shown. */
export function rates({ shown, clicked }: Segment): (number | null)[] {
  return shown.map((count, i) => (count > 0 ? (clicked[i] ?? 0) / count : null));
}
