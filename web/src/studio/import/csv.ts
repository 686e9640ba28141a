/** The rows of a table in CSV (RFC 4180), by the names in its first line. */
export function rowsOfCsv(text: string): Record<string, string>[] {
  const [header = [], ...records] = recordsOf(text.replace(/^\uFEFF/, ''));
  const names = header.map((name) => name.trim());
  const filled = records.filter((record) => record.some((cell) => cell !== ''));
  return filled.map((record) => Object.fromEntries(names.map((name, at) => [name, record[at] ?? '']).filter(([name]) => name !== '')));
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let [record, cell, quoted]: [string[], string, boolean] = [[], '', false];
  const endCell = () => {
    record.push(cell);
    cell = '';
  };
  const endRecord = () => {
    endCell();
    records.push(record);
    record = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[at + 1] === '"') (cell += c), (at += 1);
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === ',') endCell();
    else if (c === '\n') endRecord();
    else if (c !== '\r' || text[at + 1] !== '\n') cell += c;
  }
  if (cell !== '' || record.length > 0) endRecord();
  return records;
}

/** The rows of a file: JSON by its name, else CSV. Fails with what is wrong. */
export function rowsOf(name: string, text: string): Record<string, unknown>[] {
  if (!name.toLowerCase().endsWith('.json')) return rowsOfCsv(text);
  const rows: unknown = JSON.parse(text);
  const isRow = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row);
  if (!Array.isArray(rows) || !rows.every(isRow)) throw new SyntaxError('no array of objects');
  return rows as Record<string, unknown>[];
}

/** Rows in parts that are neither too many nor too long for one request. */
export function parts(rows: Record<string, unknown>[], most = 200, bytes = 1_000_000): Record<string, unknown>[][] {
  const all: Record<string, unknown>[][] = [];
  let length = Infinity;
  for (const row of rows) {
    const size = JSON.stringify(row).length;
    const last = all.at(-1);
    if (last && last.length < most && length + size <= bytes) last.push(row);
    else {
      all.push([row]);
      length = 0;
    }
    length += size;
  }
  return all;
}
