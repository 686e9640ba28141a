import shaka from './shaka';
import { BUFFER_S, SEGMENT_MS, settings } from './settings';
import { Delivery } from './delivery.svelte';
import { loadAbr } from '../abr/module';
import { expectedThroughput, noteThroughput } from '../abr/throughput';
import { ReelAbr } from '../abr/manager';
import type { Playback } from '../../api/playback';

/** A rung of the ladder, as a viewer chooses it. */
export interface Rung {
  height: number;
  /** Bits a second, picture and sound. */
  bandwidth: number;
}

/** Shaka on a video element: what plays, what could, and why it does not. */
export class Engine {
  /** From the best down. */
  rungs: Rung[] = $state.raw([]);
  /** The rung being fetched. */
  active: shaka.extern.Track | null = $state.raw(null);
  /** The height that the viewer chose; none while it is chosen for them. */
  chosen: number | null = $state(null);
  /** What ended the play, for a person; empty while all is well. */
  failure = $state('');
  /** Segments do not come; trying again. */
  reconnecting = $state(false);

  readonly #player: shaka.Player;
  readonly abrName: string;
  readonly delivery: Delivery;

  private constructor(player: shaka.Player, abrName: string, delivery: Delivery) {
    this.#player = player;
    this.abrName = abrName;
    this.delivery = delivery;
  }

  /** Loads a title into a video element and stops at `startMs`, ready to play. */
  static async start(video: HTMLVideoElement, playback: Playback, startMs: number): Promise<Engine> {
    const player = new shaka.Player();
    const wasm = await loadAbr();
    const abr = wasm && new ReelAbr(wasm, SEGMENT_MS, BUFFER_S * 1000, expectedThroughput());
    const delivery = new Delivery(network(player), playback.pathways, (download) => abr?.observe(download));
    const engine = new Engine(player, abr ? 'Reel (WebAssembly)' : 'Shaka', delivery);
    player.configure(settings(playback, abr && (() => abr)));
    engine.#listen();
    if (!shaka.Player.isBrowserSupported()) {
      engine.#fail('This browser cannot play films: it lacks Media Source or encrypted media.');
      return engine;
    }
    await player.attach(video);
    await engine.#load(playback, startMs);
    return engine;
  }

  /** Lets go of the element and of everything that is under way. */
  destroy(): Promise<void> {
    if (this.delivery.segments > 2) noteThroughput(this.stats().estimatedBandwidth);
    return this.#player.destroy();
  }

  /** Plays one rung from now on; `null` leaves the choice to the ABR. */
  choose(height: number | null): void {
    this.chosen = height;
    const restrictions = { minHeight: height ?? 0, maxHeight: height ?? Infinity };
    this.#player.configure({ abr: { restrictions } });
  }

  stats(): shaka.extern.Stats {
    return this.#player.getStats();
  }

  /** The key system in use; none when the title is clear. */
  keySystem(): string | null {
    return this.#player.keySystem() || null;
  }

  async #load(playback: Playback, startMs: number): Promise<void> {
    if (!playback.dash_url) return this.#fail('There is no stream that this browser can play.');
    const url = new URL(playback.dash_url, document.baseURI).href;
    await this.#player.load(url, startMs / 1000, 'application/dash+xml').catch((error) => this.#onError(error));
    this.#read();
  }

  #listen(): void {
    this.#player.configure('streaming.failureCallback', (error: shaka.util.Error) => this.#streamingFailed(error));
    this.#player.addEventListener('error', (event) => this.#onEvent((event as { detail?: unknown }).detail));
    for (const name of ['trackschanged', 'adaptation', 'variantchanged']) {
      this.#player.addEventListener(name, () => this.#read());
    }
    this.#player.addEventListener('downloadcompleted', () => (this.reconnecting = false));
  }

  #read(): void {
    const tracks = this.#player.getVariantTracks();
    const heights = new Map(tracks.map((t) => [t.height ?? 0, { height: t.height ?? 0, bandwidth: t.bandwidth }]));
    this.rungs = [...heights.values()].sort((a, b) => b.height - a.height);
    this.active = tracks.find((t) => t.active) ?? null;
  }

  /** Comes after the event of the same error. */
  #streamingFailed(error: shaka.util.Error): void {
    if (!mayPass(error)) return;
    this.reconnecting = true;
    this.#player.retryStreaming(1);
  }

  #onEvent(error: unknown): void {
    if (!(error instanceof shaka.util.Error && mayPass(error))) this.#onError(error);
  }

  #onError(error: unknown): void {
    if (!(error instanceof shaka.util.Error)) return this.#fail('The player stopped unexpectedly.');
    if (error.severity === shaka.util.Error.Severity.CRITICAL) this.#fail(explain(error));
  }

  /** Ends the play here, for a reason that the viewer is told. */
  stop(reason: string): void {
    this.#fail(reason);
    void this.#player.unload();
  }

  #fail(reason: string): void {
    this.failure = reason;
  }
}

/** A network that fails now may not in a second; a refusal stays one. */
function mayPass(error: shaka.util.Error): boolean {
  const { BAD_HTTP_STATUS, HTTP_ERROR, TIMEOUT } = shaka.util.Error.Code;
  if (error.code === BAD_HTTP_STATUS) return ![401, 403].includes(Number(error.data[1]));
  return error.code === HTTP_ERROR || error.code === TIMEOUT;
}

function network(player: shaka.Player): shaka.net.NetworkingEngine {
  return player.getNetworkingEngine() as shaka.net.NetworkingEngine;
}

/** What a shaka error means for a viewer; its code stands with it for whoever is asked. */
function explain(error: shaka.util.Error): string {
  const { Category } = shaka.util.Error;
  const words = new Map<number, string>([
    [Category.NETWORK, 'The film cannot be fetched just now.'],
    [Category.DRM, 'The key to this film was refused, or this browser cannot decrypt it.'],
    [Category.MEDIA, 'This browser cannot decode the film.'],
    [Category.MANIFEST, 'The film’s manifest cannot be read.'],
  ]);
  return `${words.get(error.category) ?? 'The player stopped unexpectedly.'} (${error.code})`;
}
