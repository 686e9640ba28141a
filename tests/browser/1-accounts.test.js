import assert from 'node:assert/strict';
import { enter, newcomer, open, visit } from './browser.js';
import { DEMO } from './platform.js';

visit('a wrong password is refused in words, and nobody is let in', async (page) => {
  await open(page);
  await enter(page, { ...DEMO, password: 'certainly not this' });
  const refusal = await page.getByRole('alert').textContent();
  assert.match(refusal, /\w+ \w+/);
  assert.match(page.url(), /#\/sign-in/);
  assert.equal(await page.getByLabel('Password').count(), 1);
});

visit('faults of the form stand at their fields before anything is sent', async (page) => {
  let sent = 0;
  page.on('request', (request) => (sent += request.url().includes('/auth/sign-') ? 1 : 0));
  await open(page);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await enter(page, { email: 'nobody', password: 'short' });
  await page.getByText('name@example.com').waitFor();
  await page.getByText('Use at least 8 characters.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'email');
  assert.equal(sent, 0);
});

visit('a new viewer signs up, stays signed in, and finds no studio', async (page) => {
  const account = newcomer();
  await open(page);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await enter(page, account);
  await page.getByRole('link', { name: 'Browse' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByText(account.email).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Studio' }).count(), 0);
  await open(page, '#/studio');
  await page.getByRole('heading', { name: 'The studio is for editors' }).waitFor();
  assert.equal(await page.locator('input[type=file]').count(), 0);
});

visit('a link opened signed out leads through the door and back', async (page) => {
  await open(page, '#/studio');
  await page.getByLabel('Password').waitFor();
  await enter(page, DEMO);
  await page.getByRole('heading', { name: 'Publish a film' }).waitFor();
  assert.match(page.url(), /#\/studio$/);
});

visit('signing out lasts', async (page) => {
  await open(page);
  await enter(page, DEMO);
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  await page.reload();
  await page.getByLabel('Password').waitFor();
});
