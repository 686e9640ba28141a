import { call } from './transport';

/** One viewer of an account. */
export interface Profile {
  id: string;
  name: string;
  /** Which of the page's pictures stands for it. */
  avatar: number;
  kids: boolean;
  version: number;
}

export function profiles(): Promise<{ profiles: Profile[] }> {
  return call('GET', 'v1/profiles');
}
