import type { Pathway, Playback } from './schema';
import { call } from './transport';

export type { Pathway, Playback };

/** `player` has one place among those that the plan allows at once, however often it asks. */
export function playback(contentId: string, device: string, player: string): Promise<Playback> {
  return call('GET', `playback?${new URLSearchParams({ contentId, device, player })}`);
}

/** Keeps the place of a play among those that the plan allows at once. */
export function renewPlay(play: string): Promise<void> {
  return call('PUT', `v1/plays/${encodeURIComponent(play)}`);
}

/** Gives the place up; it outlives the page. */
export function endPlay(play: string): Promise<void> {
  return call('DELETE', `v1/plays/${encodeURIComponent(play)}`, { keepalive: true });
}
