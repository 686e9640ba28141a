import assert from 'node:assert/strict';
import { BASE, DEMO } from './platform.js';
import { open, signedUp, visit } from './browser.js';
import { featured, until } from './player.js';

/** Announces titles as an editor. */
async function announce(page, ...titles) {
  const signIn = await page.request.post(`${BASE}v1/auth/sign-in`, { data: DEMO });
  const { access_token: token } = await signIn.json();
  const answer = await page.request.post(`${BASE}v1/catalogue`, {
    data: { titles: titles.map((title) => ({ announced: true, ...title })) },
    headers: { authorization: `Bearer ${token}` },
  });
  assert.ok(answer.ok(), await answer.text());
}

/** The names of the titles that are shown. */
const names = (page) => page.locator('[data-card] .name').allTextContents();

visit('a new viewer searches with a typo, and learns what is not there yet', async (page) => {
  const mark = Date.now().toString(36);
  await announce(page, { name: `Harbour Lights ${mark}`, cast: ['Ilse Quant'], genres: ['Mystery', 'Drama'] },
    { name: `Harvest Moon ${mark}`, genres: ['Comedy'] });
  await signedUp(page);
  await open(page);
  await page.getByRole('link', { name: 'Search' }).click();
  await page.keyboard.type('habour ligths');
  const card = page.locator('[data-card]', { hasText: `Harbour Lights ${mark}` });
  await card.getByText('Not yet available').waitFor();
  assert.equal((await names(page))[0], `Harbour Lights ${mark}`);
  await page.getByRole('searchbox').fill('ilse qua');
  await page.waitForFunction((name) => document.querySelector('[data-card] .name')?.textContent === name, `Harbour Lights ${mark}`);
  await card.click();
  await page.getByText('Announced: it is not available yet.').waitFor();
  await page.getByText('With Ilse Quant').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Play' }).count(), 0);
  await page.goBack();
  assert.equal(await page.getByRole('searchbox').inputValue(), 'ilse qua');
});

visit('what was found plays, and the first page continues it', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  const name = await page.locator('#hero-name').textContent();
  await open(page, '#/search');
  await page.getByRole('searchbox').fill(name.slice(0, 5));
  await page.locator(`[data-card][href="#/title/${slug}"]`).first().click();
  await page.getByRole('link', { name: /^Play/ }).click();
  await until(page, (player) => player.time > 2);
  await page.evaluate(() => document.querySelector('video').pause());
  await open(page);
  await page.getByRole('heading', { name: 'Continue watching' }).waitFor({ timeout: 20_000 }).catch(async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Continue watching' }).waitFor();
  });
});

visit('a rating is kept and taken back', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  await open(page, `#/title/${slug}`);
  const like = page.getByRole('button', { name: 'I like this' });
  const kept = () => page.waitForResponse((answer) => answer.url().includes('/v1/ratings/') && answer.ok());
  for (const pressed of ['true', 'false']) {
    await Promise.all([kept(), like.click()]);
    await page.reload();
    await page.waitForFunction((wanted) => document.querySelector('[aria-pressed]')?.getAttribute('aria-pressed') === wanted, pressed);
  }
});
