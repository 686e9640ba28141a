import { call } from './transport';

/** A way to the segments: one edge. */
export interface Pathway {
  id: string;
  /** With the token, ending in `/`. */
  base_url: string;
}

/** What a device needs to play a title; the URLs need no further credentials. */
export interface Playback {
  title_id: string;
  name: string;
  duration_ms: number;
  device: string;
  dash_url: string | null;
  hls_url: string | null;
  /** Where to `POST` Clear Key licence requests; none when the title is clear. */
  license_url: string | null;
  steering_url: string;
  /** Best first. */
  pathways: Pathway[];
  /** Where this profile stopped. */
  resume_ms: number;
  /** RFC 3339. */
  expires_at: string;
}

export function playback(contentId: string, device: string): Promise<Playback> {
  return call('GET', `playback?contentId=${encodeURIComponent(contentId)}&device=${encodeURIComponent(device)}`);
}
