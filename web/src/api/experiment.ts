import type { Experiment, Experiments, ExperimentStage as Stage, Segment, Summary, Variant } from './schema';
import { call } from './transport';

export type { Experiment, Segment, Stage, Summary, Variant };

/** The latest test of every title that had one, newest first. */
export async function experiments(): Promise<Summary[]> {
  return (await call<Experiments>('GET', 'v1/experiments')).experiments;
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
