import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { open, PHONE, signedIn, visit } from './browser.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Every page, and what stands on it once it is there. */
const PAGES = {
  '#/': 'Browse',
  '#/search': 'Search',
  '#/account': 'Account',
  '#/profiles': 'Who is watching?',
  '#/studio': 'Publish a film',
  '#/edit/new': 'A new title',
  '#/import': 'Import titles',
};

for (const [width, device] of Object.entries({ wide: undefined, narrow: PHONE })) {
  visit(`axe finds nothing serious on any ${width} page`, async (page) => {
    await open(page, '#/forgot');
    await page.getByRole('heading', { name: 'A new password' }).waitFor();
    await examine(page, 'forgot');
    await signedIn(page);
    for (const [hash, heading] of Object.entries(PAGES)) {
      await open(page, hash);
      await page.reload();
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await examine(page, hash);
    }
  }, device ? { device } : {});
}

async function examine(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  assert.deepEqual(told, [], where);
}
