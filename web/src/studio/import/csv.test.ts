import { describe, expect, it } from 'vitest';
import { parts, rowsOf, rowsOfCsv } from './csv';

describe('a table', () => {
  it('is read by the names of its columns', () => {
    const text = '\uFEFFTitle, year ,genres\r\n"Dark, ""the"" series",2017,"TV\nDramas"\r\nBunny,2008\r\n\r\n';
    expect(rowsOfCsv(text)).toEqual([
      { Title: 'Dark, "the" series', year: '2017', genres: 'TV\nDramas' },
      { Title: 'Bunny', year: '2008', genres: '' },
    ]);
    expect(rowsOfCsv('')).toEqual([]);
    expect(rowsOfCsv('name\nlast line')).toEqual([{ name: 'last line' }]);
  });

  it('may be JSON', () => {
    expect(rowsOf('titles.JSON', '[{"name":"Dark","year":2017}]')).toEqual([{ name: 'Dark', year: 2017 }]);
    for (const bad of ['{}', '[1]', '[', '[[]]']) expect(() => rowsOf('t.json', bad), bad).toThrow(SyntaxError);
    expect(rowsOf('titles.csv', 'name\nDark\n')).toEqual([{ name: 'Dark' }]);
  });

  it('goes in parts that fit into a request', () => {
    const rows = Array.from({ length: 450 }, (_, n) => ({ name: `Title ${n}` }));
    expect(parts(rows).map((part) => part.length)).toEqual([200, 200, 50]);
    expect(parts(rows.slice(0, 5), 200, 45).map((part) => part.length)).toEqual([2, 2, 1]);
    expect(parts([])).toEqual([]);
  });
});
