import assert from 'node:assert/strict';
import { BASE, DEMO } from './platform.js';
import { open, signedUp, visit } from './browser.js';
import { featured, until } from './player.js';

/** Calls the platform as an editor. */
async function edit(page, method, path, data) {
  const signIn = await page.request.post(`${BASE}v1/auth/sign-in`, { data: DEMO });
  const { access_token: token } = await signIn.json();
  const answer = await page.request.fetch(BASE + path, { method, data, headers: { authorization: `Bearer ${token}` } });
  assert.ok(answer.ok(), await answer.text());
  return answer.json();
}

function announce(page, ...titles) {
  return edit(page, 'POST', 'v1/imports', { rows: titles.map((title) => ({ external_id: title.name, announced: true, ...title })) });
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

visit('what was found plays, and changes the first page', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  const { name, genres, year, description } = await edit(page, 'GET', `v1/titles/${slug}`);
  const like = { genres: genres.length > 0 ? genres : ['Test'], year, description };
  await announce(page, ...Array.from({ length: 6 }, (_, n) => ({ ...like, name: `Kin of ${name} ${Date.now()} ${n}` })));
  assert.equal(await page.getByRole('heading', { name: 'Because you watched' }).count(), 0);
  await open(page, '#/search');
  await page.getByRole('searchbox').fill(name.slice(0, 5));
  await page.locator(`[data-card][href="#/title/${slug}"]`).first().click();
  await page.getByRole('link', { name: /^Play/ }).click();
  await until(page, (player) => player.time > 1);
  await page.evaluate(() => (document.querySelector('video').currentTime = document.querySelector('video').duration / 2));
  const { time } = await until(page, (player) => player.time > 5);
  await until(page, (player) => player.time > time + 1);
  await page.evaluate(() => document.querySelector('video').pause());
  await shown(page, 'Continue watching');
  await shown(page, `Because you watched ${name}`);
});

/** Loads the first page until it has a row: what was watched is known a moment later. */
async function shown(page, row) {
  const heading = page.getByRole('heading', { name: row });
  for (let left = 20; ; left -= 1) {
    await open(page);
    await page.reload();
    await page.locator('[data-row]').first().waitFor();
    if ((await heading.count()) > 0) return;
    assert.ok(left > 0, `the first page has no row ${row}`);
    await page.waitForTimeout(500);
  }
}

visit('a rating is kept and taken back', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  await open(page, `#/title/${slug}`);
  const like = page.getByRole('button', { name: 'I like this' });
  const kept = () => page.waitForResponse((answer) => answer.url().includes('/v1/ratings/') && answer.ok());
  for (const pressed of ['true', 'false']) {
    await Promise.all([kept(), like.click()]);
    await page.reload();
    await page.waitForFunction((wanted) => document.querySelector('[role=group] [aria-pressed]')?.getAttribute('aria-pressed') === wanted, pressed);
  }
});
