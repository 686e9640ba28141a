import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { newcomer, open, signedIn, visit } from './browser.js';
import { BASE } from './platform.js';

/** Somebody new, signed in on this page. */
async function person(page) {
  const account = newcomer();
  const answer = await page.request.post(`${BASE}v1/auth/sign-up`, { data: { ...account, cookie: true } });
  assert.ok(answer.ok(), await answer.text());
  return account;
}

/** Who is chosen watches on a page that is loaded anew. */
const choose = (page, button) => Promise.all([page.waitForEvent('load'), button.click()]);

const section = (page, name) => page.getByRole('region', { name, exact: true });

visit('a person sees where the account is signed in, and signs another device out', async (page) => {
  const account = await person(page);
  const elsewhere = await page.request.post(`${BASE}v1/auth/sign-in`, { data: account });
  const { access_token: token } = await elsewhere.json();
  await open(page, '#/account');
  const devices = section(page, 'Devices');
  await devices.getByRole('listitem').nth(1).waitFor();
  await devices.getByRole('button', { name: /^Sign out (?!all)/ }).click();
  await devices.getByRole('listitem').nth(1).waitFor({ state: 'detached' });
  const refused = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await page.request.get(`${BASE}v1/profiles`, { headers })).status() === 401;
  };
  for (let tries = 0; !(await refused()); tries += 1) {
    assert.ok(tries < 8, 'the other device is refused within seconds');
    await page.waitForTimeout(1_000);
  }
});

visit('a person adds a passkey and signs in with it', async (page) => {
  const account = await person(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await open(page, '#/account');
  const passkeys = section(page, 'Passkeys');
  await passkeys.getByLabel('Name of the passkey').fill('My laptop');
  await passkeys.getByLabel('Password').fill(account.password);
  await passkeys.getByRole('button', { name: 'Add a passkey' }).click();
  await passkeys.getByText('My laptop').waitFor();
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('link', { name: 'Browse' }).waitFor();
});

visit('a person makes a profile for kids with a PIN on their own, and watches as either', async (page) => {
  await person(page);
  await open(page, '#/profiles');
  await page.getByRole('button', { name: 'Add a profile' }).click();
  await page.getByLabel('Name').fill('Kim');
  await page.getByLabel('For kids').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Manage profiles' }).click();
  await page.getByRole('button', { name: 'Edit Me' }).click();
  await page.getByLabel('New PIN, four digits').fill('2468');
  await page.getByRole('button', { name: 'Set the PIN' }).click();
  await page.getByText('It is chosen with a PIN.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await choose(page, page.getByRole('button', { name: 'Kim' }));
  await page.getByRole('link', { name: 'Browse' }).waitFor();
  await open(page, '#/profiles');
  await page.getByRole('button', { name: 'Me', exact: true }).click();
  await page.getByLabel('PIN of Me').fill('1111');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('PIN of Me').fill('2468');
  await choose(page, page.getByRole('button', { name: 'Watch' }));
  await page.getByRole('link', { name: 'Browse' }).waitFor();
});

visit('the pages speak German, and go on doing so', async (page) => {
  await person(page);
  await open(page, '#/account');
  await page.getByLabel('Deutsch').check();
  await page.getByRole('heading', { name: 'Geräte' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Geräte' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.getByRole('link', { name: 'Stöbern' }).waitFor();
});

visit('a person takes along all that is kept about them, and deletes the account', async (page) => {
  const account = await person(page);
  await open(page, '#/account');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ]);
  const kept = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.match(JSON.stringify(kept), new RegExp(account.email));
  const deletion = section(page, 'Delete the account');
  await deletion.getByRole('button', { name: 'Delete the account' }).click();
  await deletion.getByLabel('Password').fill(account.password);
  await deletion.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await assert.rejects(signedIn(page, account), /refused/);
});
