/** A person's life with Reel, from signing up to leaving; each test goes on where the one before it ended. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { examine } from './axe.js';
import { enter, keepPicture, newcomer, newPage } from './browser.js';
import { buildHouse, pushReceiver } from './house.js';
import { openQualityMenu, rungs, state, until } from './player.js';

const FILM = '#/watch/slow-colours';
const person = newcomer();
let house;
let page;
let refused = false;

before(async () => {
  house = await buildHouse();
  page = await newPage();
}, { timeout: 300_000 });
after(() => house?.end());

/** A step, which is not tried when one before it failed. */
function step(name, act) {
  test(name, { timeout: 120_000 }, async (t) => {
    if (refused) return t.skip('a step before it failed');
    refused = true;
    try {
      await act();
    } catch (error) {
      await keepPicture(page, name);
      throw error;
    }
    refused = false;
  });
}

const visit = (hash, on = page) => on.goto(house.base + hash);
const section = (name) => page.getByRole('region', { name, exact: true });

/** Keeps a picture for the documentation, when it is wanted. */
async function show(name, on = page) {
  const folder = process.env.REEL_PICTURES;
  if (folder) await on.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 80 });
}

step('a person signs up', async () => {
  await visit('#/');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await show('sign-up');
  await enter(page, person);
  await page.getByRole('link', { name: 'Browse' }).waitFor();
});

step('a person verifies the address by the letter that came', async () => {
  await visit('#/account');
  await page.getByText(/Not confirmed yet/).waitFor();
  const [link] = await house.letter(person.email, /http\S+#\/verify\/\S+/);
  await page.goto(link);
  await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor();
  await show('verified');
});

step('a person makes a profile for kids', async () => {
  await visit('#/profiles');
  await page.getByRole('button', { name: 'Add a profile' }).click();
  await page.getByLabel('Name').fill('Kim');
  await page.getByLabel('For kids').check();
  await show('profile');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Kim' }).waitFor();
  await show('profiles');
  // The film is for adults, as whatever nobody rated.
  await choose('Kim');
  await visit(FILM);
  assert.match(await page.getByRole('alert').textContent(), /for 18 and older; the profile's limit is 12/);
  await visit('#/profiles');
  await choose('Me');
});

/** Has a profile watch from now on; the page is loaded anew for it. */
function choose(profile) {
  return Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: new RegExp(`^${profile}\\b`) }).click()]);
}

step('a person without a plan is told where to choose one', async () => {
  await visit(FILM);
  await page.getByRole('alert').getByRole('link', { name: 'Choose a plan' }).click();
  await page.getByRole('heading', { name: 'Plan and payment' }).waitFor();
});

step('a person subscribes with a test card', async () => {
  await page.getByRole('button', { name: 'Choose Basic' }).click();
  const card = { number: '4242424242424242', exp_month: '12', exp_year: '34', cvc: '123', postal_code: '10115' };
  for (const [field, value] of Object.entries(card)) await page.getByPlaceholder(field).fill(value);
  await show('checkout');
  await page.getByRole('button', { name: /^Subscribe to Basic/ }).click();
  await page.getByText(/^Paid until/).waitFor();
  await page.getByRole('cell', { name: 'paid', exact: true }).waitFor();
  await show('subscribed');
});

step("a person plays in the plan's quality", async () => {
  await play();
  assert.equal((await rungs(page))[0], 720);
  assert.ok((await state(page)).shownHeight <= 720);
  await openQualityMenu(page);
  await show('playing');
});

step('a person is refused a stream too many', async () => {
  const television = await newPage();
  await visit('#/', television);
  await enter(television, person);
  await television.getByRole('link', { name: 'Browse' }).waitFor();
  await visit(FILM, television);
  const alert = television.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.textContent(), /one play at a time, and this is on: Slow Colours/);
  await show('refused', television);
  await television.context().close();
});

step('a larger plan holds without signing in again', async () => {
  await visit('#/billing');
  await page.getByRole('button', { name: 'Choose Standard' }).click();
  await page.getByText(/are charged now/).waitFor();
  await page.getByRole('button', { name: 'Change to Standard' }).click();
  await page.getByRole('article', { name: 'Standard' }).getByText('Your plan').waitFor();
  await show('changed');
  await play();
  // Pictures of a key that has not come yet are not offered yet.
  let offered = await rungs(page);
  for (let tries = 0; offered[0] !== 1080 && tries < 20; tries += 1) {
    await page.waitForTimeout(500);
    offered = await rungs(page);
  }
  assert.equal(offered[0], 1080);
});

step('a person gets a push', async () => {
  await page.context().grantPermissions(['notifications'], { origin: new URL(house.base).origin });
  await visit('#/inbox');
  // No push service stands behind this browser: a receiver with keys of its own takes the messages, and hands what
  // it decrypts to the page's service worker as the browser would.
  const receiver = pushReceiver(house.pushes);
  const { registrationId, cdp } = await registered();
  const { access_token: token } = await post('v1/auth/sign-in', person);
  await post('v1/push/subscriptions', receiver.subscription, { authorization: `Bearer ${token}` });
  // Somebody signs in on a device that is not known.
  await post('v1/auth/sign-in', person, { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' });
  const message = await receiver.next();
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: new URL(house.base).origin, registrationId, data: message });
  const shown = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    for (let tries = 0; tries < 100; tries += 1) {
      const [notification] = await registration.getNotifications();
      if (notification) return notification.title;
      await new Promise((again) => setTimeout(again, 100));
    }
    return null;
  });
  assert.equal(shown, JSON.parse(message).title);
  await page.reload();
  await page.getByRole('main').getByText(JSON.parse(message).title).first().waitFor();
  await show('inbox');
});

step('a person cancels', async () => {
  await visit('#/billing');
  await page.getByRole('button', { name: 'Cancel the subscription' }).click();
  await page.getByText(/^It ends on/).waitFor();
  await show('cancelled');
});

step('an owner makes a person an editor, and it is noted', async () => {
  const [owner, ownersPage] = [newcomer(), await newPage()];
  await ownersPage.request.post(`${house.base}v1/auth/sign-up`, { data: { ...owner, cookie: true } });
  house.grant(owner.email, 'owner');
  await visit('#/people', ownersPage);
  await ownersPage.getByLabel('E-mail address').fill(person.email);
  await ownersPage.getByRole('button', { name: 'Find' }).click();
  await ownersPage.getByRole('radio', { name: 'Editor' }).check();
  await ownersPage.getByRole('button', { name: 'Give this role' }).click();
  await ownersPage.getByText('From now on: Editor.').waitFor();
  await ownersPage.getByRole('row', { name: /Owner .* PUT \/v1\/accounts\/.* 200/ }).first().waitFor();
  await examine(ownersPage, 'people');
  await show('roles', ownersPage);
  await ownersPage.context().close();
  await page.reload();
  await page.getByRole('link', { name: 'Studio' }).waitFor();
});

step('a person takes along all that is kept about them', async () => {
  await visit('#/account');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ]);
  const kept = await readFile(await download.path(), 'utf8');
  for (const part of [person.email, 'Kim', 'standard']) assert.ok(kept.includes(part), `${part} is not in what is kept`);
  await section('Delete the account').scrollIntoViewIfNeeded();
  await show('account');
});

step('a person deletes the account', async () => {
  const deletion = section('Delete the account');
  await deletion.getByRole('button', { name: 'Delete the account' }).click();
  await deletion.getByLabel('Password').fill(person.password);
  await deletion.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await enter(page, person);
  await page.getByRole('alert').waitFor();
  await house.letter(person.email, /deleted/i);
});

/** Plays the film, from another page, until its pictures move. */
async function play() {
  await visit(FILM);
  await until(page, (player) => player.shownHeight > 0);
}

/** Asks the platform as something else than the page. */
async function post(path, body, headers = {}) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await fetch(house.base + path, init);
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

/** The page's service worker, as the browser's tools know it. */
async function registered() {
  const cdp = await page.context().newCDPSession(page);
  const found = new Promise((resolve) => cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const ours = registrations.find(({ scopeURL }) => scopeURL === house.base);
    if (ours) resolve(ours.registrationId);
  }));
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register(new URL('push.js', document.baseURI), { scope: new URL('./', document.baseURI) });
    await navigator.serviceWorker.ready;
  });
  return { cdp, registrationId: await found };
}
