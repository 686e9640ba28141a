import { describe, expect, it } from 'vitest';
import { percent, rates, shownTo as shown, standing as stands, verdict as comesTo } from './words';
import type { Experiment, Segment, Variant } from '../../api/experiment';
import { texts } from './texts';

const variant = (letter: string, shown: number, clicked: number): Variant => ({
  letter, picture: '', shown, clicked, rate: shown ? clicked / shown : 0, low: 0, high: 1, progress: 0.425, beaten: false,
});
const test = (over: Partial<Experiment>) => ({ stage: 'running', winner: null, variants: [], ...over }) as unknown as Experiment;

const verdict = (of: Experiment) => comesTo(of, texts.en);
const standing = (of: Variant, winner: string | null) => stands(of, winner, texts.en);
const shownTo = (of: Segment, winner: string | null) => shown(of, winner, texts.en);

describe('a test in words', () => {
  it('says how far it is', () => {
    expect(verdict(test({ variants: [variant('A', 0, 0)] }))).toContain('Nobody has seen');
    expect(verdict(test({ variants: [variant('A', 9, 0)] }))).toContain('Nobody has played');
    expect(verdict(test({ variants: [variant('A', 1000, 32), variant('B', 1000, 48)] }))).toContain('Picture B is ahead');
    expect(verdict(test({ stage: 'decided', winner: 'B' }))).toContain('Picture B has won');
    expect(verdict(test({ stage: 'ended', winner: 'B' }))).toContain('ended');
  });

  it('says how a picture stands', () => {
    const b = variant('B', 10, 1);
    expect([standing(b, 'B'), standing({ ...b, beaten: true }, 'A'), standing(b, 'A')]).toEqual(['Has won', 'Beaten', 'Not shown any more']);
    expect(standing(b, null)).toBe('42 % of the evidence to win');
    expect(standing({ ...b, progress: 0 }, null)).toContain('No evidence');
  });

  it('says what a taste is shown', () => {
    const segment = { taste: 'History', winner: null, open: false, shown: [10, 0], clicked: [1, 0] };
    expect(shownTo(segment, null)).toBe('Each picture');
    expect(shownTo(segment, 'B')).toBe('Sees B, as all');
    expect(shownTo({ ...segment, winner: 'A' }, 'B')).toBe('Sees A');
    expect(shownTo({ ...segment, open: true }, 'B')).toBe('Still tested');
    expect(rates(segment)).toEqual([0.1, null]);
  });

  it('writes small shares with a decimal', () => {
    expect([0, 0.032, 0.5, 1].map(percent)).toEqual(['0 %', '3.2 %', '50 %', '100 %']);
  });
});
