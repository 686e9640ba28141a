import { open, signedIn, visit } from './browser.js';
import { published, upload } from './film.js';
import { until } from './player.js';

visit('an editor publishes a film, and it plays', async (page, t) => {
  const name = `Test Film ${Date.now().toString(36)}`;
  await signedIn(page);
  const card = await upload(page, t, name);
  await card.getByText('Encode').waitFor();
  await (await published(card)).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.getByRole('link', { name: 'Play' }).click();
  await until(page, (player) => player.time > 2 && player.shownHeight > 0);
});

visit('the studio says what is missing', async (page) => {
  await signedIn(page);
  await open(page, '#/studio');
  await page.getByRole('button', { name: 'Upload and publish' }).click();
  await page.getByText('Choose a film.').waitFor();
  await page.getByText('Give it a name.').waitFor();
});
