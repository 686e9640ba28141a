import type shaka from './shaka';
import type { Playback } from '../../api/playback';
import { resolve } from '../../api/transport';

/** How much is fetched ahead. */
export const BUFFER_S = 40;
/** The nominal length of a segment. */
export const SEGMENT_MS = 4_000;

/**
 * Quick to go elsewhere: a dead edge costs one refused connection and 100 ms, a silent one
 * 4 s, and there are 40 s in the buffer to spend.
 */
const SEGMENT_RETRY: shaka.extern.RetryParameters = {
  maxAttempts: 5,
  baseDelay: 100,
  backoffFactor: 1.7,
  fuzzFactor: 0.3,
  connectionTimeout: 4_000,
  stallTimeout: 4_000,
  timeout: 30_000,
};

const OTHER_RETRY: shaka.extern.RetryParameters = { ...SEGMENT_RETRY, maxAttempts: 4, baseDelay: 300 };

/** What differs from shaka's own defaults. */
export function settings(playback: Playback, abrFactory: shaka.extern.AbrManager.Factory | null): object {
  const servers = playback.license_url ? { 'org.w3.clearkey': resolve(playback.license_url) } : {};
  return {
    ...(abrFactory ? { abrFactory } : {}),
    abr: { defaultBandwidthEstimate: 1e6, useNetworkInformation: false },
    drm: { servers, retryParameters: OTHER_RETRY },
    manifest: { retryParameters: OTHER_RETRY },
    streaming: {
      bufferingGoal: BUFFER_S,
      rebufferingGoal: 1,
      bufferBehind: 30,
      maxDisabledTime: 10,
      retryParameters: SEGMENT_RETRY,
    },
  };
}
