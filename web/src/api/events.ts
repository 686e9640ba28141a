import { call } from './transport';

/** A title began to play. */
export interface PlayStart {
  type: 'play_start';
  /** A UUIDv7 that all events of this play repeat. */
  play: string;
  title_id: string;
  device: string;
  position_ms: number;
  /** The row it was chosen from. */
  source?: string;
  /** The picture that it was chosen by. */
  variant?: string;
  /** The decision that put the title there, where it was tried. */
  decision?: string;
}

/** An eighth of a title was watched, or playing paused or stopped in it. */
export interface ViewSegment {
  type: 'view_segment';
  play: string;
  title_id: string;
  device: string;
  /** 1 to 8. */
  eighth: number;
  position_ms: number;
  duration_ms: number;
  pathway?: string;
}

/** Playing stalled for want of segments. */
export interface BufferEvent {
  type: 'buffer_event';
  play: string;
  title_id: string;
  position_ms: number;
  stalled_ms: number;
  pathway?: string;
  /** Bits a second. */
  bitrate?: number;
}

/** Somebody searched. */
export interface SearchQuery {
  type: 'search_query';
  /** 1 to 200 characters. */
  query: string;
  /** How many titles were found. */
  results: number;
}

/** A picture of a title was seen. */
export interface ThumbnailImpression {
  type: 'thumbnail_impression';
  title_id: string;
  /** The name that a test gave it, else `poster`. */
  variant: string;
  /** The row it stood in. */
  row: string;
  /** The decision that put the title there, where it was tried. */
  decision?: string;
}

/** An event with what every event has. */
export type Event = (PlayStart | ViewSegment | BufferEvent | SearchQuery | ThumbnailImpression) & {
  /** By which doubles are recognised. */
  id: string;
  v: 1;
  /** Unix milliseconds. */
  at: number;
};

export interface Accepted {
  accepted: number;
  rejected: { index: number; reason: string }[];
}

/** Hands events over; what was accepted is durable. It outlives the page. */
export function send(events: Event[]): Promise<Accepted> {
  return call('POST', 'v1/events', { body: { events }, keepalive: true });
}
