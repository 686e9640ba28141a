import { call } from './transport';

/** Where a test of pictures is. */
export type Stage = 'running' | 'decided' | 'ended';

export interface Summary {
  id: string;
  title_id: string;
  title_name: string;
  stage: Stage;
  /** RFC 3339. */
  started_at: string;
  decided_at: string | null;
  /** The letter of the picture that won. */
  winner: string | null;
}

/** One of the pictures, and how it stands. Rates are 0 to 1. */
export interface Variant {
  letter: string;
  picture: string;
  /** To how many viewers it was shown. */
  shown: number;
  /** How many of them played the title by it. */
  clicked: number;
  rate: number;
  /** The interval that holds the rate. */
  low: number;
  high: number;
  /** How far the evidence is that it is the best one: at 1 it has won. */
  progress: number;
  beaten: boolean;
}

/** Viewers of one taste. */
export interface Segment {
  taste: string;
  /** The letter of a picture of their own. */
  winner: string | null;
  /** Whether the test goes on among them after the decision. */
  open: boolean;
  /** From A on. */
  shown: number[];
  clicked: number[];
}

export interface Experiment extends Summary {
  variants: Variant[];
  segments: Segment[];
  /** The chance of a false winner that is accepted. */
  alpha: number;
}

/** The latest test of every title that had one, newest first. */
export async function experiments(): Promise<Summary[]> {
  return (await call<{ experiments: Summary[] }>('GET', 'v1/experiments')).experiments;
}

/** The latest test of a title. */
export function experiment(titleId: string): Promise<Experiment> {
  return call('GET', `v1/experiments/${encodeURIComponent(titleId)}`);
}

export function start(titleId: string, pictures: string[]): Promise<Experiment> {
  return call('POST', 'v1/experiments', { body: { title_id: titleId, pictures } });
}

export function end(titleId: string): Promise<Experiment> {
  return call('DELETE', `v1/experiments/${encodeURIComponent(titleId)}`);
}
