import type { MyList, PinChange, Profile, ProfileChange, Profiles } from './schema';
import { call } from './transport';

export type { Profile, ProfileChange };

export function profiles(): Promise<Profiles> {
  return call('GET', 'v1/profiles');
}

export function addProfile(change: ProfileChange): Promise<Profile> {
  return call('POST', 'v1/profiles', { body: change });
}

/** Changes a profile that was read in this version. */
export function changeProfile(id: string, change: ProfileChange): Promise<Profile> {
  return call('PUT', `v1/profiles/${encodeURIComponent(id)}`, { body: change });
}

export function removeProfile(id: string): Promise<void> {
  return call('DELETE', `v1/profiles/${encodeURIComponent(id)}`);
}

/** Gives a profile a PIN, or takes it away. */
export function changePin(id: string, change: PinChange): Promise<void> {
  return call('PUT', `v1/profiles/${encodeURIComponent(id)}/pin`, { body: change });
}

/** The titles that the profile wants to watch, added last first. */
export function myList(cursor: string | null = null): Promise<MyList> {
  return call('GET', cursor ? `v1/list?cursor=${encodeURIComponent(cursor)}` : 'v1/list');
}

/** Puts a title on the list, or takes it off. */
export function keep(titleId: string, kept: boolean): Promise<void> {
  return call(kept ? 'PUT' : 'DELETE', `v1/list/${encodeURIComponent(titleId)}`);
}
