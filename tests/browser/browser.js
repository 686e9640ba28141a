/** A fresh browser page for each test. */
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { BASE, DEMO, screenshotOf } from './platform.js';

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
];
const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** How long anything may take, in milliseconds. */
export const PATIENCE = 30_000;

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
});
after(() => browser.close());

/** A test on a page of its own, whose picture is kept when it fails. */
export function visit(name, act, { device = DESKTOP, ...options } = {}) {
  test(name, { timeout: 240_000, ...options }, async (t) => {
    const page = await newPage(device);
    try {
      await act(page, t);
    } catch (error) {
      await keepPicture(page, name);
      throw error;
    } finally {
      await page.context().close();
    }
  });
}

/** A page of a browser that knows nothing yet, as on a device of its own. */
export async function newPage(device = DESKTOP) {
  const context = await browser.newContext({ ...device, reducedMotion: 'no-preference' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript(() => location.protocol.startsWith('http') && localStorage.setItem('reel-test', '1'));
  return page;
}

export async function keepPicture(page, name) {
  const path = screenshotOf(name);
  if (path) await page.screenshot({ path }).catch(() => undefined);
}

/** Opens a page of Reel, for example `#/studio`. */
export function open(page, hash = '#/') {
  return page.goto(BASE + hash);
}

/** Signs in without the form: the refresh token goes into the page's cookies. */
export async function signedIn(page, account = DEMO) {
  const answer = await page.request.post(`${BASE}v1/auth/sign-in`, { data: { ...account, cookie: true } });
  if (!answer.ok()) throw new Error(`signing in as ${account.email} was refused: ${await answer.text()}`);
}

/** Signs in as somebody new, who has watched nothing yet. */
export async function signedUp(page) {
  const answer = await page.request.post(`${BASE}v1/auth/sign-up`, { data: { ...newcomer(), cookie: true } });
  if (!answer.ok()) throw new Error(`signing up was refused: ${await answer.text()}`);
}

/** Fills in the form at the door. */
export async function enter(page, { email, password }) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.locator('form button.primary').click();
}

/** An account that nobody has yet. */
export function newcomer() {
  const mark = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  return { email: `viewer-${mark}@reel.example`, password: `a long password ${mark}` };
}
