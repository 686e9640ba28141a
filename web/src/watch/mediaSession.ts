import type { Artwork } from '../api/content';
import type { Media } from './media.svelte';
import { resolve } from '../api/transport';

/** Names the film to the system, so that its media keys and its lock screen work. */
export function announce(name: string, artwork: Artwork | null, media: Media | null): () => void {
  const session = navigator.mediaSession;
  if (!session || !media) return () => undefined;
  const pictures = artwork ? [{ src: resolve(artwork.poster) }] : [];
  session.metadata = new MediaMetadata({ title: name, artist: 'Reel', artwork: pictures });
  session.setActionHandler('play', () => void media.play());
  session.setActionHandler('pause', () => media.video.pause());
  session.setActionHandler('seekto', (details) => media.seek(details.seekTime ?? media.time));
  return () => (session.metadata = null);
}
