import { endPlay, renewPlay, type Playback } from '../api/playback';
import { Problem } from '../api/problem';
import { uuid7 } from '../api/uuid';

const PLAYER = 'reel-player';

/** What this tab's player is called, also after the page was loaded anew. */
export function player(): string {
  const name = sessionStorage.getItem(PLAYER) ?? uuid7();
  sessionStorage.setItem(PLAYER, name);
  return name;
}

/** A play's place among those that the plan allows at once, kept while the film is on. */
export class Place {
  readonly #play: string | undefined;
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** `lost` is told why the place is another player's now. */
  constructor({ lease }: Playback, lost: (problem: Problem) => void) {
    this.#play = lease?.play;
    if (lease) this.#timer = setInterval(() => void this.#renew(lost), lease.renew_ms);
  }

  /** Leaves the place to others. */
  leave(): void {
    clearInterval(this.#timer);
    if (this.#play) endPlay(this.#play).catch(() => undefined);
  }

  /** What does not reach the platform is tried again, and what cannot be told now is no loss. */
  async #renew(lost: (problem: Problem) => void): Promise<void> {
    if (!this.#play) return;
    await renewPlay(this.#play).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) lost(error);
    });
  }
}
