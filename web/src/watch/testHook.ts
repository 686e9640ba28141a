import type { Viewing } from './viewing.svelte';

/** What a test may read of the player. */
export interface PlayerState {
  time: number;
  duration: number;
  paused: boolean;
  /** Seconds ahead. */
  buffer: number;
  /** Lines of the rung being fetched, and of the picture on the screen. */
  fetchedHeight: number | null;
  shownHeight: number;
  abr: string | null;
  pathway: string | null;
  cache: string | null;
  stalls: number;
  failure: string;
}

/** Shows the player's state to a test that asked for it by `localStorage['reel-test']`. */
export function exposeForTests(viewing: Viewing): () => void {
  if (localStorage.getItem('reel-test') === null) return () => undefined;
  const page = window as { __reel?: { player: () => PlayerState } };
  page.__reel = { player: () => read(viewing) };
  return () => delete page.__reel;
}

function read({ engine, media, stalls }: Viewing): PlayerState {
  return {
    time: media.video.currentTime,
    duration: media.duration,
    paused: media.video.paused,
    buffer: media.buffer(),
    fetchedHeight: engine?.active?.height ?? null,
    shownHeight: media.video.videoHeight,
    abr: engine?.abrName ?? null,
    pathway: engine?.delivery.pathway ?? null,
    cache: engine?.delivery.cache ?? null,
    stalls,
    failure: engine?.failure ?? '',
  };
}
