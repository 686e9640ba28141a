import type { Pathway } from '../../api/playback';

/** For how long an edge that failed is asked only after the others. */
const AVOID_MS = 20_000;

/**
 * The edges of a title, and which of them failed lately.
 *
 * The player's own fail-over bans by host name, and edges may differ in their port alone;
 * so every request is given all edges here, those that work first.
 */
export class Pathways {
  #avoidUntil = new Map<string, number>();

  constructor(private readonly pathways: Pathway[]) {}

  /** The id of the edge that an address leads to; none when it leads to none. */
  of(url: string): string | null {
    return this.#find(url)?.id ?? null;
  }

  /**
   * Where to ask for a segment: what the manifest and steering say, then the same
   * segment at every other edge; edges that failed within 20 s come last.
   */
  order(urls: string[], now: number): string[] {
    const all = [...new Set([...urls, ...urls.slice(0, 1).flatMap((url) => this.#elsewhere(url))])];
    const avoided = (url: string) => this.#avoids(url, now);
    return [...all.filter((url) => !avoided(url)), ...all.filter(avoided)];
  }

  /** An edge did not answer. */
  failed(url: string, now: number): void {
    const id = this.of(url);
    if (id) this.#avoidUntil.set(id, now + AVOID_MS);
  }

  /** An edge answered. */
  served(url: string): void {
    const id = this.of(url);
    if (id) this.#avoidUntil.delete(id);
  }

  #find(url: string): Pathway | undefined {
    return this.pathways.find((pathway) => url.startsWith(pathway.base_url));
  }

  #elsewhere(url: string): string[] {
    const here = this.#find(url);
    if (!here) return [];
    const segment = url.slice(here.base_url.length);
    return this.pathways.map((pathway) => pathway.base_url + segment);
  }

  #avoids(url: string, now: number): boolean {
    const id = this.of(url);
    return id !== null && now < (this.#avoidUntil.get(id) ?? 0);
  }
}
