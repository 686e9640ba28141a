import assert from 'node:assert/strict';
import { open, PHONE, signedIn, visit } from './browser.js';
import { featured } from './player.js';

/** Waits until every picture that an expression finds was loaded and decoded. */
function loaded(page, selector) {
  return page.waitForFunction((css) => {
    const pictures = [...document.querySelectorAll(css)];
    return pictures.length > 0 && pictures.every((picture) => picture.complete && picture.naturalWidth > 0);
  }, selector);
}

visit('the first page shows real pictures, and more of them under the pointer', async (page) => {
  await signedIn(page);
  await open(page);
  const row = page.locator('[data-row]').first();
  await row.scrollIntoViewIfNeeded();
  await loaded(page, '.hero > img, [data-row]:first-of-type li:first-child .picture > img');
  const card = row.locator('[data-card]', { has: page.locator('img') }).first();
  await card.hover();
  await loaded(page, '[data-card]:hover .picture img');
  await page.waitForFunction(() => document.querySelector('[data-card]:hover .picture img.current') !== null);
  assert.ok((await card.locator('.picture img').count()) > 1, 'the card has one picture only');
});

visit('the keyboard reaches everything', async (page) => {
  await signedIn(page);
  await open(page);
  await page.locator('[data-card]').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.locator('[data-card]').first().focus();
  const at = () => page.evaluate(() => {
    const row = document.activeElement.closest('[data-row]');
    const rows = [...document.querySelectorAll('[data-row]')];
    return [rows.indexOf(row), [...row.querySelectorAll('[data-card]')].indexOf(document.activeElement)];
  });
  assert.deepEqual(await at(), [0, 0]);
  const [rows, cards] = await page.evaluate(() => [
    document.querySelectorAll('[data-row]').length,
    document.querySelector('[data-row]').querySelectorAll('[data-card]').length,
  ]);
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await at(), [0, Math.min(1, cards - 1)]);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  assert.deepEqual(await at(), [Math.min(1, rows - 1), 0]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/(title|watch)\//);
});

visit('a title has a page of its own, and an unknown one says so', async (page) => {
  await signedIn(page);
  const slug = await featured(page);
  await open(page, `#/title/${slug}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('link', { name: /^(Play|Resume)/ }).waitFor();
  await loaded(page, '.stage > img');
  await open(page, '#/title/there-is-no-such-title');
  await page.getByRole('heading', { name: 'There is no such title' }).waitFor();
  await open(page, '#/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
});

visit('no page scrolls sideways on a phone', async (page) => {
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await open(page);
  await page.getByLabel('Password').waitFor();
  assert.ok((await excess()) <= 0, 'the door');
  await signedIn(page);
  await page.reload();
  const slug = await featured(page);
  await page.locator('[data-card]').first().waitFor();
  assert.ok((await excess()) <= 0, 'the first page');
  for (const [hash, mark] of [[`#/title/${slug}`, 'h1'], ['#/studio', 'form'], [`#/watch/${slug}`, 'video'], ['#/nowhere', 'h1']]) {
    await open(page, hash);
    await page.locator(mark).first().waitFor();
    assert.ok((await excess()) <= 0, hash);
  }
}, { device: PHONE });
