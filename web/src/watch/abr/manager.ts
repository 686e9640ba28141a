import type shaka from '../engine/shaka';
import type { AbrExports } from './module';
import type { Download } from '../engine/delivery.svelte';

/** Smaller downloads measure the latency, not the rate. */
const MIN_SAMPLE_BYTES = 16_384;

/** When the network recovers, this much of worse quality is not sat through… */
const STALE_MS = 20_000;
/** …but fetched again, save for the next seconds, in which nothing can go wrong. */
const KEPT_S = 12;

/** What the viewer chose is seen after this much. */
const KEPT_WHEN_CHOSEN_S = 2;

type Restrictions = { minHeight?: number; maxHeight?: number };

/** Reel's ABR in the shape that shaka asks for. */
export class ReelAbr implements shaka.extern.AbrManager {
  readonly #handle: number;
  #variants: shaka.extern.Variant[] = [];
  #rung = -1;
  #enabled = false;
  #restrictions: Restrictions = {};
  #media: HTMLMediaElement | null = null;
  #switch: shaka.extern.AbrManager.SwitchCallback | null = null;

  constructor(
    private readonly abr: AbrExports,
    segmentMs: number,
    maxBufferMs: number,
    startBps: number,
  ) {
    this.#handle = abr.abr_create(segmentMs, maxBufferMs, startBps);
  }

  /** A video segment came: learns from it, and goes to another rung where that is better. */
  observe(download: Download): void {
    if (download.bytes < MIN_SAMPLE_BYTES) return;
    const { bytes, startedMs, firstByteMs, finishedMs } = download;
    this.abr.abr_observe(this.#handle, bytes, startedMs, firstByteMs, finishedMs, 0);
    if (this.#enabled) this.#reconsider();
  }

  init(switchCallback: shaka.extern.AbrManager.SwitchCallback): void {
    this.#switch = switchCallback;
  }

  setVariants(variants: shaka.extern.Variant[]): boolean {
    const ladder = ascending(variants);
    const same = ladder.length === this.#variants.length && ladder.every((v, i) => v === this.#variants[i]);
    if (same) return false;
    this.#rung = -1;
    this.#variants = ladder;
    this.abr.abr_clear_rungs(this.#handle);
    for (const variant of ladder) this.abr.abr_push_rung(this.#handle, variant.bandwidth);
    return true;
  }

  chooseVariant(): shaka.extern.Variant {
    this.#rung = Math.max(0, this.#choose());
    return this.#variants[this.#rung] as shaka.extern.Variant;
  }

  enable(): void {
    this.#enabled = true;
    this.#reconsider();
  }

  disable(): void {
    this.#enabled = false;
  }

  getBandwidthEstimate(): number {
    return this.abr.abr_estimate_bps(this.#handle);
  }

  setMediaElement(media: HTMLMediaElement | null): void {
    this.#media = media;
  }

  stop(): void {
    this.#enabled = false;
    this.#switch = null;
    this.#variants = [];
    this.#rung = -1;
    this.#media = null;
  }

  release(): void {
    this.stop();
    this.abr.abr_free(this.#handle);
  }

  trySuggestStreams(): void {
    if (this.#enabled) this.#reconsider();
  }

  /** Restrictions that are the viewer's choice take effect at once. */
  configure({ restrictions }: Pick<shaka.extern.AbrConfiguration, 'restrictions'>): void {
    this.#restrictions = { ...restrictions };
    const rung = this.#choose();
    const variant = this.#variants[rung];
    if (!this.#enabled || !variant || this.#allowed().length === this.#variants.length || rung === this.#rung) return;
    this.#rung = rung;
    this.#switch?.(variant, true, KEPT_WHEN_CHOSEN_S);
  }

  // Whole segments are measured in `observe`; shaka reports pieces of them here.
  segmentDownloaded(): void {}
  playbackRateChanged(): void {}
  setCmsdManager(): void {}

  #reconsider(): void {
    const rung = this.#choose();
    if (rung !== this.#rung) this.#switchTo(rung);
  }

  /** What is buffered gets played, unless that is long and worse than what could be had. */
  #switchTo(rung: number): void {
    const variant = this.#variants[rung];
    if (!variant) return;
    const stale = rung > this.#rung && this.#bufferMs() > STALE_MS;
    this.#rung = rung;
    this.#switch?.(variant, stale, stale ? KEPT_S : 0);
  }

  #choose(): number {
    const playing = this.#media && this.#media.played.length > 0 ? 1 : 0;
    const rung = this.abr.abr_choose(this.#handle, this.#bufferMs(), this.#rung, playing, -1);
    return this.#permit(rung);
  }

  /** The best rung that is allowed, up to this one; else the lowest that is. */
  #permit(rung: number): number {
    const allowed = this.#allowed();
    return allowed.findLast((index) => index <= rung) ?? allowed[0] ?? rung;
  }

  #allowed(): number[] {
    const { minHeight = 0, maxHeight = Infinity } = this.#restrictions;
    return [...this.#variants.keys()].filter((index) => {
      const height = this.#variants[index]?.video?.height ?? minHeight;
      return height >= minHeight && height <= maxHeight;
    });
  }

  #bufferMs(): number {
    const media = this.#media;
    if (!media || media.buffered.length === 0) return 0;
    return Math.max(0, media.buffered.end(media.buffered.length - 1) - media.currentTime) * 1000;
  }
}

/** By bandwidth, each one once. */
function ascending(variants: shaka.extern.Variant[]): shaka.extern.Variant[] {
  const sorted = variants.toSorted((a, b) => a.bandwidth - b.bandwidth);
  return sorted.filter((variant, i) => variant.bandwidth !== sorted[i - 1]?.bandwidth);
}
