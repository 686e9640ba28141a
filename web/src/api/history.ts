import { call } from './transport';

/** Where the profile stopped in a title. */
export interface Position {
  /** 0 when it was watched to the end or never. */
  resume_ms: number;
  /** 0 to 100. */
  progress_pct: number;
}

export function position(titleId: string): Promise<Position> {
  return call('GET', `v1/history/${encodeURIComponent(titleId)}`);
}
