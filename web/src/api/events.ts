import type { Accepted, Event, ThumbnailImpression } from './schema';
import { call } from './transport';

export type { Event, ThumbnailImpression };
/** What happened, without what every event has: the fields of each kind. */
export type Happened = Event extends infer Each ? (Each extends Event ? Omit<Each, 'id' | 'v' | 'at'> : never) : never;

/** Hands events over; what was accepted is durable. It outlives the page. */
export function send(events: Event[]): Promise<Accepted> {
  return call('POST', 'v1/events', { body: { events }, keepalive: true });
}
