/** Moves focus from card to card: left and right in a row, up and down between rows. */
export function moveBetweenCards(event: KeyboardEvent): void {
  const card = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-card]') : null;
  if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
  const next = neighbour(card, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function neighbour(card: HTMLElement, key: string): HTMLElement | undefined {
  const row = cardsOf(card.closest('[data-row]'));
  const at = row.indexOf(card);
  if (key === 'ArrowRight') return row[at + 1];
  if (key === 'ArrowLeft') return row[at - 1];
  if (key === 'Home') return row[0];
  if (key === 'End') return row.at(-1);
  if (key === 'ArrowDown') return nearest(card, 1);
  if (key === 'ArrowUp') return nearest(card, -1);
  return undefined;
}

/** The card of the next row that stands closest under or over this one. */
function nearest(card: HTMLElement, step: number): HTMLElement | undefined {
  const rows = [...document.querySelectorAll('[data-row]')];
  const row = rows[rows.indexOf(card.closest('[data-row]') as Element) + step];
  const x = card.getBoundingClientRect().left;
  const distance = (other: HTMLElement) => Math.abs(other.getBoundingClientRect().left - x);
  return cardsOf(row ?? null).sort((a, b) => distance(a) - distance(b))[0];
}

function cardsOf(row: Element | null): HTMLElement[] {
  return row ? [...row.querySelectorAll<HTMLElement>('[data-card]')] : [];
}
