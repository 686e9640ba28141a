import { resolve } from '../../api/transport';

/** The module's exports that this page calls; `web/abr/README.md` describes them all. */
export interface AbrExports {
  abr_version(): number;
  abr_create(segmentMs: number, maxBufferMs: number, startBps: number): number;
  abr_free(handle: number): void;
  abr_clear_rungs(handle: number): void;
  abr_push_rung(handle: number, bps: number): number;
  abr_observe(handle: number, bytes: number, startedMs: number, firstByteMs: number, finishedMs: number, idleMs: number): void;
  abr_choose(handle: number, bufferMs: number, rung: number, playing: number, liveBufferMs: number): number;
  abr_estimate_bps(handle: number): number;
}

/** The version of the interface that this page speaks. */
const VERSION = 1;

let loading: Promise<AbrExports | null> | undefined;

/** Reel's ABR; none when it cannot be loaded, and shaka's own has to do. */
export function loadAbr(): Promise<AbrExports | null> {
  loading ??= instantiate().catch(() => null);
  return loading;
}

async function instantiate(): Promise<AbrExports | null> {
  const response = await fetch(resolve('abr.wasm'));
  if (!response.ok) return null;
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
  const abr = instance.exports as unknown as AbrExports;
  return abr.abr_version() === VERSION ? abr : null;
}
