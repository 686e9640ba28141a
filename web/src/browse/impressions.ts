import { send, type Event, type ThumbnailImpression } from '../api/events';
import { session } from '../session/session.svelte';
import { uuid7 } from '../api/uuid';

/** Which picture of which title, where. */
export type Shown = ThumbnailImpression;

/** A picture is seen once half of it is in sight for so long, in milliseconds: what is scrolled past is not. */
const DWELL = 500;
const HALF = 0.5;
/** What was seen is told together, after so long, in milliseconds. */
const TOGETHER = 2_000;
/** A request that outlives its page carries at most 64 KB (Fetch, "keepalive"). */
const BATCH = 100;

/** Tells which pictures were seen: each once in a visit. */
export class Impressions {
  #told = new Set<string>();
  #unsent: Event[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly send: (events: Event[]) => Promise<unknown>,
    private readonly viewer: () => string,
  ) {}

  see(shown: Shown): void {
    const key = [this.viewer(), ...Object.values(shown)].join('\n');
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#unsent.push({ type: 'thumbnail_impression', id: uuid7(), v: 1, at: Date.now(), ...shown });
    this.#timer ??= setTimeout(() => this.flush(), TOGETHER);
  }

  /** Tells what was seen until now. What cannot be handed over goes with what is seen next. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#unsent.length > 0) {
      const batch = this.#unsent.splice(0, BATCH);
      this.send(batch).catch(() => this.#unsent.unshift(...batch));
    }
  }
}

const impressions = new Impressions(send, () => session.profile ?? '');
const inSight = new WeakMap<Element, { shown: Shown; timer?: ReturnType<typeof setTimeout> }>();
let observer: IntersectionObserver | null = null;

/** Tells that a picture was seen, once it is really in sight. */
export function seen(picture: HTMLElement, shown: Shown): { update: (shown: Shown) => void; destroy: () => void } {
  observer ??= watch();
  inSight.set(picture, { shown });
  observer.observe(picture);
  return {
    update: (next) => inSight.set(picture, { ...inSight.get(picture), shown: next }),
    destroy: () => {
      clearTimeout(inSight.get(picture)?.timer);
      observer?.unobserve(picture);
    },
  };
}

function watch(): IntersectionObserver {
  // A page that is put away may never come back.
  addEventListener('pagehide', () => impressions.flush());
  document.addEventListener('visibilitychange', () => document.hidden && impressions.flush());
  return new IntersectionObserver((entries) => entries.forEach(moved), { threshold: HALF });
}

function moved({ target, isIntersecting, intersectionRatio }: IntersectionObserverEntry): void {
  const picture = inSight.get(target);
  if (!picture) return;
  clearTimeout(picture.timer);
  if (isIntersecting && intersectionRatio >= HALF) picture.timer = setTimeout(() => impressions.see(picture.shown), DWELL);
}
