import type { Title } from '../api/content';
import type { Home } from '../api/recommendation';

/** The title that opens the first page: the best one not yet begun, which plays and has a poster if any does. */
export function featured(home: Home): Title | null {
  const rows = home.rows.filter((row) => row.id !== 'continue-watching');
  const titles = (rows.length > 0 ? rows : home.rows).flatMap((row) => row.items.map((card) => card.title));
  const plays = titles.filter((title) => title.status === 'published');
  return plays.find((title) => title.artwork !== null) ?? plays[0] ?? titles[0] ?? null;
}

/** Some of a title's thumbnails, spread over the film, without its often black ends. */
export function glimpses(thumbnails: string[], count: number): string[] {
  const inner = thumbnails.length > 4 ? thumbnails.slice(1, -1) : thumbnails;
  if (inner.length <= count) return inner;
  return Array.from({ length: count }, (_, i) => inner[Math.floor((i * inner.length) / count)] as string);
}
