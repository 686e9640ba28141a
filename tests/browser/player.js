/** What the watch page's player does. */
import { setTimeout as pause } from 'node:timers/promises';
import { open } from './browser.js';

const POLL_MS = 100;

/** The player's state, as the page shows it to tests; none while there is no player. */
export function state(page) {
  return page.evaluate(() => window.__reel?.player() ?? null);
}

/** Waits until the player's state meets a condition; answers that state. */
export async function until(page, condition, timeout = 60_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const player = await state(page);
    if (player?.failure) throw new Error(`the player failed: ${player.failure}`);
    if (player && condition(player)) return player;
    if (Date.now() > deadline) throw new Error(`the player never came to ${condition}; it stands at ${JSON.stringify(player)}`);
    await pause(POLL_MS);
  }
}

/** The slug of the film that opens the first page. */
export async function featured(page) {
  await open(page);
  const href = await page.getByRole('link', { name: 'Play', exact: true }).getAttribute('href');
  return href.replace('#/watch/', '');
}

/** Plays the film that opens the first page; answers its slug once the pictures move. */
export async function watchFeatured(page) {
  const slug = await featured(page);
  await page.getByRole('link', { name: 'Play', exact: true }).click();
  const { time } = await until(page, (player) => player.shownHeight > 0);
  await until(page, (player) => player.time > time + 0.5);
  return slug;
}

/** Opens the quality menu; a pointer that moves brings the controls back. */
export async function openQualityMenu(page) {
  await page.mouse.move(200, 200);
  await page.mouse.move(240, 240);
  await page.getByRole('button', { name: 'Quality' }).click();
}

/** The heights that the quality menu offers, from the best down. */
export async function rungs(page) {
  await openQualityMenu(page);
  const names = await page.getByRole('menuitemradio').locator('.what').allTextContents();
  await page.keyboard.press('Escape');
  return names.filter((name) => name !== 'Auto').map((name) => Number.parseInt(name, 10));
}
