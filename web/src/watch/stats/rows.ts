import type { Engine } from '../engine/engine.svelte';
import type { Media } from '../media.svelte';
import { bitrate, bytes } from '../../format/size';

/** What the overlay shows: a name and a value a line. */
export type StatsRow = [name: string, value: string];

/** The state of the play, now. */
export function readStats(engine: Engine, media: Media): StatsRow[] {
  const { delivery, active } = engine;
  const stats = engine.stats();
  const { videoWidth, videoHeight } = media.video;
  return [
    ['On screen', videoWidth ? `${videoWidth} × ${videoHeight}` : '–'],
    ['Fetching', active ? `${active.height}p · ${bitrate(active.bandwidth)}` : '–'],
    ['Codecs', active?.codecs ?? '–'],
    ['Throughput', Number.isFinite(stats.estimatedBandwidth) ? bitrate(stats.estimatedBandwidth) : '–'],
    ['Chosen by', engine.chosen === null ? `ABR: ${engine.abrName}` : 'the viewer'],
    ['Buffer', `${media.buffer().toFixed(1)} s`],
    ['Pathway', pathway(delivery.pathway, delivery.cache)],
    ['Fetched', `${delivery.segments} segments · ${bytes(delivery.bytes)} · ${delivery.retries} retries`],
    ['Frames dropped', `${stats.droppedFrames || 0} of ${stats.decodedFrames || 0}`],
    ['Protection', engine.keySystem() ?? 'none'],
  ];
}

function pathway(id: string | null, cache: string | null): string {
  if (!id) return '–';
  return cache ? `${id} · cache ${cache}` : id;
}
