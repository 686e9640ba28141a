import type { Pathway, Playback } from './schema';
import { call } from './transport';

export type { Pathway, Playback };

export function playback(contentId: string, device: string): Promise<Playback> {
  return call('GET', `playback?contentId=${encodeURIComponent(contentId)}&device=${encodeURIComponent(device)}`);
}
