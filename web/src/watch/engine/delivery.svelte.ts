import shaka from './shaka';
import { Pathways } from './pathways';
import type { Pathway } from '../../api/playback';
import { resolve } from '../../api/transport';

/** A finished download of a video segment; times of `performance.now()`. */
export interface Download {
  bytes: number;
  startedMs: number;
  firstByteMs: number;
  finishedMs: number;
}

/** Which edge serves the segments, and how well. */
export class Delivery {
  /** The edge that served last. */
  pathway: string | null = $state(null);
  /** Whether its cache had it: `hit`, `miss`, or what else the edge says. */
  cache: string | null = $state(null);
  /** Video segments fetched. */
  segments = $state(0);
  /** Requests that failed and were made again. */
  retries = $state(0);
  /** Bytes of segments fetched. */
  bytes = $state(0);

  readonly #pathways: Pathways;

  constructor(
    network: shaka.net.NetworkingEngine,
    pathways: Pathway[],
    private readonly observe: (download: Download) => void,
  ) {
    this.#pathways = new Pathways(pathways.map((p) => ({ ...p, base_url: resolve(p.base_url) })));
    network.registerRequestFilter((type, request) => this.#route(type, request));
    network.registerResponseFilter((type, response, context) => this.#record(type, response, context));
    network.addEventListener('retry', (event) => this.#failed(event));
  }

  /** Later attempts walk through the addresses that the first one was given. */
  #route(type: shaka.net.NetworkingEngine.RequestType, request: shaka.extern.Request): void {
    if (type !== shaka.net.NetworkingEngine.RequestType.SEGMENT || request.attempt > 0) return;
    request.uris = this.#pathways.order(request.uris, Date.now());
  }

  #record(type: shaka.net.NetworkingEngine.RequestType, response: shaka.extern.Response, context?: shaka.extern.RequestContext): void {
    if (type !== shaka.net.NetworkingEngine.RequestType.SEGMENT) return;
    this.#pathways.served(response.originalUri);
    this.bytes += response.data.byteLength;
    this.pathway = this.#pathways.of(response.originalUri) ?? new URL(response.uri).host;
    this.cache = response.headers['x-reel-cache'] ?? null;
    if (isVideo(context)) this.#measure(response);
  }

  #measure(response: shaka.extern.Response): void {
    this.segments += 1;
    if (response.fromCache || response.timeMs === undefined) return;
    const finishedMs = performance.now();
    const startedMs = finishedMs - Math.max(response.timeMs, 1);
    const toFirstByte = Math.min(response.originalRequest.timeToFirstByte ?? 0, response.timeMs);
    this.observe({ bytes: response.data.byteLength, startedMs, firstByteMs: startedMs + toFirstByte, finishedMs });
  }

  #failed(event: unknown): void {
    const error = (event as { error?: shaka.util.Error }).error;
    this.retries += 1;
    const url: unknown = error?.data?.[0];
    if (typeof url === 'string') this.#pathways.failed(url, Date.now());
  }
}

function isVideo(context: shaka.extern.RequestContext | undefined): boolean {
  const media = shaka.net.NetworkingEngine.AdvancedRequestType.MEDIA_SEGMENT;
  return context?.type === media && context.stream?.type === 'video';
}
