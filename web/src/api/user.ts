import type { Profile, Profiles } from './schema';
import { call } from './transport';

export type { Profile };

export function profiles(): Promise<Profiles> {
  return call('GET', 'v1/profiles');
}
