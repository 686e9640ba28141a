// A peer, asked what Reel is asked: `node peer.mjs minisearch|orama`, in and out as main.rs has it.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const TOP = 3;
const FIELDS = ['name', 'cast', 'directors', 'genres', 'description'];
/** What a word is worth in a field: as Reel has it. */
const BOOST = { name: 10, cast: 5, directors: 5, genres: 3, description: 1 };

/** Case and accents do not count, nor does an apostrophe part a word. */
const plain = (text) => text.normalize('NFKD').replace(/[\u0300-\u036f'’]/g, '').toLowerCase();
const text = (value) => plain(Array.isArray(value) ? value.join(' ') : value);

async function minisearch(titles) {
  const { default: MiniSearch } = await import('minisearch');
  const index = new MiniSearch({ fields: FIELDS, extractField: (title, field) => (field === 'id' ? title.id : text(title[field])) });
  index.addAll(titles);
  const options = {
    boost: BOOST,
    // The last word may be unfinished, as with Reel; words of four letters may hold a typo, long ones two.
    prefix: (_term, place, terms) => place === terms.length - 1,
    fuzzy: (term) => (term.length >= 8 ? 2 : term.length >= 4 ? 1 : false),
    // Of several weights these found most.
    weights: { fuzzy: 0.45, prefix: 0.9 },
  };
  return (query) => index.search(plain(query), options).slice(0, TOP).map((found) => found.id);
}

async function orama(titles) {
  const { create, insertMultiple, search } = await import('@orama/orama');
  const schema = Object.fromEntries(FIELDS.map((field) => [field, 'string']));
  const index = create({ schema });
  const rows = titles.map((title) => ({ id: String(title.id), ...Object.fromEntries(FIELDS.map((field) => [field, text(title[field])])) }));
  await insertMultiple(index, rows);
  // All words, and a typo only where they are in too few titles: of several settings these found most.
  const options = { properties: FIELDS, boost: BOOST, limit: TOP, threshold: 0 };
  return async (query) => {
    const exact = await search(index, { term: plain(query), ...options });
    const found = exact.count < TOP ? await search(index, { term: plain(query), ...options, tolerance: 1 }) : exact;
    return found.hits.map((hit) => Number(hit.id));
  };
}

const peer = { minisearch, orama }[process.argv[2]];
if (!peer) throw new Error('node peer.mjs minisearch|orama');
const asked = JSON.parse(readFileSync(0, 'utf8'));
const titles = asked.titles.map((title, id) => ({ id, ...title }));

const begin = performance.now();
const ask = await peer(titles);
const index_ms = performance.now() - begin;
for (const query of asked.queries.slice(0, asked.warm)) await ask(query);
const answers = [];
const micros = [];
for (const query of asked.queries) {
  const begin = performance.now();
  answers.push(await ask(query));
  micros.push((performance.now() - begin) * 1e3);
}
process.stdout.write(JSON.stringify({ index_ms, answers, micros }) + '\n');
