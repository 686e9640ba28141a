import { Engine } from './engine/engine.svelte';
import { Media } from './media.svelte';
import { send } from '../api/events';
import { choiceOf } from '../browse/choice';
import { Place } from './place';
import { Telemetry } from './telemetry/telemetry';
import type { Playback } from '../api/playback';

/** One viewing of a title: the element, the engine behind it, and what is told about it. */
export class Viewing {
  engine: Engine | null = $state.raw(null);
  /** How often playing stopped for want of segments. */
  stalls = $state(0);
  readonly media: Media;
  readonly #leave = new AbortController();
  readonly #telemetry: Telemetry;
  readonly #place: Place;
  #stalledAt = 0;

  constructor(
    readonly video: HTMLVideoElement,
    readonly playback: Playback,
  ) {
    const { title_id: titleId, duration_ms: durationMs, device } = playback;
    this.media = new Media(video, this.#leave.signal);
    const play = { titleId, durationMs, device, choice: choiceOf(titleId), pathway: () => this.#pathway() };
    this.#telemetry = new Telemetry(play, send);
    this.#place = new Place(playback, ({ message }) => this.engine?.stop(message));
  }

  async begin(startMs: number): Promise<void> {
    const engine = await Engine.start(this.video, this.playback, startMs);
    if (this.#leave.signal.aborted) return engine.destroy();
    this.engine = engine;
    if (engine.failure) return;
    this.#listen();
    await this.media.play();
  }

  end(): void {
    if (this.engine) this.#telemetry.stopped(this.#positionMs());
    this.#place.leave();
    this.#leave.abort();
    void this.engine?.destroy();
  }

  #listen(): void {
    const { signal } = this.#leave;
    const stopped = () => this.#telemetry.stopped(this.#positionMs());
    this.video.addEventListener('playing', () => this.#telemetry.started(this.#positionMs()), { signal, once: true });
    this.video.addEventListener('timeupdate', () => this.#moved(), { signal });
    this.video.addEventListener('pause', stopped, { signal });
    this.video.addEventListener('waiting', () => this.#stallBegan(), { signal });
    this.video.addEventListener('playing', () => this.#stallEnded(), { signal });
    // A page that is put away may never come back.
    addEventListener('pagehide', () => (stopped(), this.#place.leave()), { signal });
    document.addEventListener('visibilitychange', () => document.hidden && stopped(), { signal });
  }

  #moved(): void {
    this.#telemetry.moved(this.#positionMs(), this.video.seeking);
  }

  /** Waiting after a seek, or before the first picture, is no stall. */
  #stallBegan(): void {
    if (this.video.seeking || this.video.played.length === 0 || this.#stalledAt) return;
    this.#stalledAt = performance.now();
    this.stalls += 1;
  }

  #stallEnded(): void {
    if (!this.#stalledAt) return;
    const bitrate = this.engine?.active?.bandwidth ?? null;
    this.#telemetry.stalled(this.#positionMs(), performance.now() - this.#stalledAt, this.#pathway(), bitrate);
    this.#stalledAt = 0;
  }

  #pathway(): string | null {
    return this.engine?.delivery.pathway ?? null;
  }

  #positionMs(): number {
    return this.video.currentTime * 1000;
  }
}
