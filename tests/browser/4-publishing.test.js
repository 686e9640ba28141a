import assert from 'node:assert/strict';
import { open, signedIn, visit } from './browser.js';
import { makeFilm } from './film.js';
import { until } from './player.js';

visit('an editor publishes a film, and it plays', async (page, t) => {
  const film = makeFilm();
  t.after(film.remove);
  const name = `Test Film ${Date.now().toString(36)}`;
  await signedIn(page);
  await open(page, '#/studio');
  await page.locator('#film').setInputFiles(film.path);
  assert.equal(await page.getByLabel('Name').inputValue(), 'test film');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Genres').fill('Test, Pattern');
  await page.getByLabel('Year').fill('2024');
  await page.getByRole('button', { name: 'Upload and publish' }).click();
  const card = page.locator('#under-way article').filter({ hasText: name });
  await card.getByText('Encode').waitFor();
  await card.getByRole('link', { name: 'See it' }).or(card.getByRole('alert')).waitFor({ timeout: 180_000 });
  assert.equal(await card.getByRole('alert').count(), 0, await card.textContent());
  await card.getByRole('link', { name: 'See it' }).click();
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
