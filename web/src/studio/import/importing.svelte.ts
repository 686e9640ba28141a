import { importRows, type ImportReport } from '../../api/content';
import { describe } from '../../i18n/describe';
import { parts, rowsOf } from './csv';
import { speech } from '../../i18n/language.svelte';
import { texts } from './texts';

type Row = Record<string, unknown>;

const NOTHING: ImportReport = { made: 0, updated: 0, unchanged: 0, refused: 0, faults: [], ignored: [] };

/** A table on its way into the catalogue. */
export class Importing {
  name = $state('');
  rows: Row[] = $state.raw([]);
  /** Why the file is none, or the sending stopped. */
  failure = $state('');
  sent = $state(0);
  busy = $state(false);
  report: ImportReport | null = $state.raw(null);
  done = $derived(this.report !== null && this.sent === this.rows.length && !this.busy);

  async read(file: File): Promise<void> {
    [this.name, this.rows, this.failure, this.report, this.sent] = [file.name, [], '', null, 0];
    try {
      this.rows = rowsOf(file.name, await file.text());
      if (this.rows.length === 0) this.failure = speech.of(texts).empty;
    } catch {
      this.failure = speech.of(texts).unreadable;
    }
  }

  /** Sends what was not sent yet, in order: a series may stand above its episodes. */
  async send(announced: boolean): Promise<void> {
    [this.busy, this.failure] = [true, ''];
    try {
      for (const part of parts(this.rows.slice(this.sent))) {
        const rows = announced ? part.map((row) => ({ announced: true, ...row })) : part;
        this.#add(await importRows(this.sent + 1, rows));
        this.sent += part.length;
      }
    } catch (error) {
      this.failure = describe(error);
    }
    this.busy = false;
  }

  #add(more: ImportReport): void {
    const all = this.report ?? NOTHING;
    this.report = {
      made: all.made + more.made,
      updated: all.updated + more.updated,
      unchanged: all.unchanged + more.unchanged,
      refused: all.refused + more.refused,
      faults: [...all.faults, ...more.faults],
      ignored: [...new Set([...all.ignored, ...more.ignored])],
    };
  }
}

/** The faults of a report as a table in CSV. */
export function csvOf({ faults }: ImportReport): string {
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = faults.map(({ row, name, column, wrong, right }) => [row, name, column, wrong, right].map(cell).join(','));
  return ['row,name,column,wrong,right', ...lines].join('\r\n') + '\r\n';
}
