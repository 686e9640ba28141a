/** Writes `.gz` and `.br` beside every file of dist that they make smaller: the host serves them as they are. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

// Pictures and fonts (WOFF2) are compressed already.
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest']);
const FORMATS = {
  '.gz': (bytes) => gzipSync(bytes, { level: 9 }),
  '.br': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
};

for (const name of readdirSync('dist', { recursive: true })) {
  if (!COMPRESSIBLE.has(extname(name))) continue;
  const path = join('dist', name);
  const bytes = readFileSync(path);
  for (const [ending, compress] of Object.entries(FORMATS)) {
    const compressed = compress(bytes);
    if (compressed.length < bytes.length) writeFileSync(path + ending, compressed);
  }
}
