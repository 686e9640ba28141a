import type { NewTitle } from '../../api/content';

type Field = keyof NewTitle;

/** A field that two editors made into different things. */
export interface Clash {
  field: Field;
  mine: unknown;
  theirs: unknown;
}

/** What comes of two edits of one title. */
export interface Merge {
  /** What both changed, differently: to be chosen. */
  clashes: Clash[];
  /** What they alone changed: kept. */
  theirs: Field[];
}

const same = (a: unknown, b: unknown) => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

/** The same with the names of its fields in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, canonical(inner)]));
}

function changed(before: NewTitle, after: NewTitle): Field[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)] as Field[]);
  return [...fields].filter((field) => !same(before[field], after[field]));
}

/** Holds two edits of what both editors read against each other. */
export function merge(read: NewTitle, mine: NewTitle, theirs: NewTitle): Merge {
  const ours = new Set(changed(read, mine));
  const clashes: Clash[] = [];
  const kept: Field[] = [];
  for (const field of changed(read, theirs)) {
    if (!ours.has(field)) kept.push(field);
    else if (!same(mine[field], theirs[field])) clashes.push({ field, mine: mine[field], theirs: theirs[field] });
  }
  return { clashes, theirs: kept };
}

/** My edit with what they alone changed, and with those clashing fields that are to be theirs. */
export function resolved(mine: NewTitle, theirs: NewTitle, { theirs: kept }: Merge, takeTheirs: ReadonlySet<string>): NewTitle {
  const title: Record<string, unknown> = { ...mine };
  for (const field of [...kept, ...(takeTheirs as ReadonlySet<Field>)]) {
    if (theirs[field] === undefined) delete title[field];
    else title[field] = theirs[field];
  }
  return title as unknown as NewTitle;
}

/** A value for a person. */
export function told(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (Array.isArray(value)) return value.map(told).join(', ');
  if (typeof value === 'object') return Object.entries(value).map(([name, inner]) => `${name}: ${told(inner)}`).join(', ');
  return String(value);
}
