import { examine } from './axe.js';
import { open, PHONE, signedIn, visit } from './browser.js';

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
