import type { Encoding, Stage } from '../api/ingest';
import type { texts } from './texts';

type Words = (typeof texts)['en'];

/** A step of publishing as it is drawn. */
export interface Step {
  name: string;
  state: 'waiting' | 'active' | 'done' | 'failed';
  /** 0 to 1. */
  share: number;
  /** For example `12 of 40`. */
  note: string;
}

const STAGES = ['Probe', 'Plan', 'EncodeAll', 'Package', 'Publish'];

/** The steps of publishing, given how much was uploaded (0 to 1) and how far the encoding is. */
export function stepsOf(uploaded: number, encoding: Encoding | null, failed: boolean, words: Words): Step[] {
  const stages = encoding?.stages ?? STAGES.map((name) => ({ name, total: 0, done: 0 }));
  const steps = [uploadStep(uploaded, words), ...stages.map((stage) => stageStep(stage, words))];
  const current = steps.findIndex((step) => step.state !== 'done');
  if (current >= 0) steps[current] = { ...(steps[current] as Step), state: failed ? 'failed' : 'active' };
  return steps;
}

function uploadStep(share: number, { steps }: Words): Step {
  return { name: steps.Upload ?? 'Upload', share, state: share >= 1 ? 'done' : 'waiting', note: share < 1 ? `${Math.floor(share * 100)} %` : '' };
}

function stageStep({ name, total, done }: Stage, { steps, of }: Words): Step {
  const complete = total > 0 && done >= total;
  const note = total > 1 && !complete ? of(done, total) : '';
  return { name: steps[name] ?? name, state: complete ? 'done' : 'waiting', share: total > 0 ? done / total : 0, note };
}
