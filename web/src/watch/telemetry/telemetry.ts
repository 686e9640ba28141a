import { eighthOf } from './eighths';
import type { Choice } from '../../browse/choice';
import type { Event, Happened } from '../../api/events';
import { uuid7 } from '../../api/uuid';

/** A request that outlives its page carries at most 64 KB (Fetch, "keepalive"). */
const BATCH = 100;

/** Hands a batch over; rejects when it has to be tried again. */
export type Send = (events: Event[]) => Promise<unknown>;

/** The play that is told about. */
export interface Play {
  titleId: string;
  durationMs: number;
  device: string;
  /** How it was chosen, where that is known. */
  choice: Choice | null;
  /** The edge that segments come from now, where that is known. */
  pathway?: () => string | null;
}

/** Tells the platform how a play goes. Positions and times in milliseconds. */
export class Telemetry {
  readonly #play = uuid7();
  #unsent: Event[] = [];
  #eighth = 0;
  #lastPosition = -1;

  constructor(
    private readonly play: Play,
    private readonly send: Send,
  ) {}

  started(positionMs: number): void {
    this.#eighth = eighthOf(positionMs, this.play.durationMs);
    const { device, choice } = this.play;
    const { row, ...how } = choice ?? {};
    const chosen = { ...(row && { source: row }), ...how };
    this.#tell({ type: 'play_start', ...this.#subject(), device, position_ms: whole(positionMs), ...chosen });
  }

  /** Playing went on: tells when an eighth ended. A seek counts as no watching. */
  moved(positionMs: number, seeking: boolean): void {
    const eighth = eighthOf(positionMs, this.play.durationMs);
    const ended = this.#eighth;
    this.#eighth = eighth;
    if (!seeking && eighth === ended + 1) this.#viewed(ended, positionMs);
  }

  /** Playing paused or stopped: tells where, once for each place. */
  stopped(positionMs: number): void {
    if (this.#eighth === 0 || whole(positionMs) === this.#lastPosition) return;
    this.#viewed(eighthOf(positionMs, this.play.durationMs), positionMs);
  }

  stalled(positionMs: number, stalledMs: number, pathway: string | null, bitrate: number | null): void {
    const where = pathway ? { pathway } : {};
    const rate = bitrate ? { bitrate } : {};
    const spent = { position_ms: whole(positionMs), stalled_ms: whole(stalledMs) };
    this.#tell({ type: 'buffer_event', ...this.#subject(), ...spent, ...where, ...rate });
  }

  #viewed(eighth: number, positionMs: number): void {
    const position = Math.min(whole(positionMs), whole(this.play.durationMs));
    this.#lastPosition = position;
    const { device, durationMs } = this.play;
    const pathway = this.play.pathway?.();
    const where = pathway ? { pathway } : {};
    const view = { eighth, position_ms: position, duration_ms: whole(durationMs), ...where };
    this.#tell({ type: 'view_segment', ...this.#subject(), device, ...view });
  }

  #subject(): { play: string; title_id: string } {
    return { play: this.#play, title_id: this.play.titleId };
  }

  /** What cannot be handed over goes with the next event; doubles are recognised by their id. */
  #tell(what: Happened): void {
    this.#unsent.push({ id: uuid7(), v: 1, at: Date.now(), ...what });
    const batch = this.#unsent.splice(0, BATCH);
    this.send(batch).catch(() => this.#unsent.unshift(...batch));
  }
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms));
}
