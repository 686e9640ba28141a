/** Passkeys, made and used by Chromium with an authenticator of its own (CDP, WebAuthn domain). */
import assert from 'node:assert/strict';
import { newcomer, open, visit } from './browser.js';
import { BASE } from './platform.js';

async function authenticator(page, { verified = true } = {}) {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
    isUserVerified: verified, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', { options });
  return { client, authenticatorId };
}

async function ask(page, method, path, token, data) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const answer = await page.request.fetch(BASE + path, { method, headers, ...(data === undefined ? {} : { data }) });
  const text = await answer.text();
  return { status: answer.status(), body: text ? JSON.parse(text) : null };
}

/** What the browser makes of options, as JSON. */
function make(page, options) {
  return page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  }, options);
}

function sign(page, options) {
  return page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  }, options);
}

async function signUp(page) {
  const account = newcomer();
  const { body } = await ask(page, 'POST', 'v1/auth/sign-up', null, account);
  return { account, token: body.access_token, id: body.account };
}

async function added(page, { token, account }, name = 'My laptop') {
  const options = (await ask(page, 'POST', 'v1/auth/passkeys/registration', token, { password: account.password })).body;
  const credential = await make(page, options);
  return { credential, answer: await ask(page, 'POST', 'v1/auth/passkeys', token, { name, credential }) };
}

visit('a passkey is added, signs in without an address, and is taken away', async (page) => {
  await open(page);
  await authenticator(page);
  const person = await signUp(page);
  const refused = await ask(page, 'POST', 'v1/auth/passkeys/registration', person.token, { password: 'not the password' });
  assert.equal(refused.status, 401);
  const { credential, answer } = await added(page, person);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const again = await ask(page, 'POST', 'v1/auth/passkeys', person.token, { name: 'Twice', credential });
  assert.equal(again.status, 400, 'a challenge is good once');

  const challenge = (await ask(page, 'POST', 'v1/auth/passkeys/challenge', null)).body;
  assert.equal(challenge.rpId, 'localhost');
  const signed = await sign(page, challenge);
  const tokens = await ask(page, 'POST', 'v1/auth/passkeys/sign-in', null, { credential: signed });
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
  assert.equal(tokens.body.account, person.id);
  assert.equal((await ask(page, 'POST', 'v1/auth/passkeys/sign-in', null, { credential: signed })).status, 401, 'and once only');

  const other = (await ask(page, 'POST', 'v1/auth/passkeys/challenge', null)).body;
  const forged = await sign(page, other);
  forged.response.signature = signed.response.signature;
  assert.equal((await ask(page, 'POST', 'v1/auth/passkeys/sign-in', null, { credential: forged })).status, 401);

  const path = `v1/auth/passkeys/${credential.id}`;
  assert.equal((await ask(page, 'PUT', path, person.token, { name: 'Old laptop' })).body.name, 'Old laptop');
  const { passkeys } = (await ask(page, 'GET', 'v1/auth/passkeys', person.token)).body;
  assert.equal(passkeys.length, 1);
  assert.ok(passkeys[0].used_at);
  const stranger = await signUp(page);
  assert.equal((await ask(page, 'DELETE', path, stranger.token)).status, 404);
  assert.equal((await ask(page, 'DELETE', path, person.token)).status, 204);
  const gone = await sign(page, (await ask(page, 'POST', 'v1/auth/passkeys/challenge', null)).body);
  assert.equal((await ask(page, 'POST', 'v1/auth/passkeys/sign-in', null, { credential: gone })).status, 401);
});

visit('a challenge for one account adds no passkey to another', async (page) => {
  await open(page);
  await authenticator(page);
  const [ada, bob] = [await signUp(page), await signUp(page)];
  const options = (await ask(page, 'POST', 'v1/auth/passkeys/registration', ada.token, { password: ada.account.password })).body;
  const credential = await make(page, options);
  const stolen = await ask(page, 'POST', 'v1/auth/passkeys', bob.token, { name: 'Not mine', credential });
  assert.equal(stolen.status, 400);
  assert.match(stolen.body.type, /:challenge$/);
});

visit('an account is deleted with a passkey instead of its password', async (page) => {
  await open(page);
  await authenticator(page);
  const [ada, bob] = [await signUp(page), await signUp(page)];
  assert.equal((await added(page, ada)).answer.status, 201);
  const passkey = await sign(page, (await ask(page, 'POST', 'v1/auth/passkeys/challenge', null)).body);
  assert.equal((await ask(page, 'DELETE', 'v1/account', bob.token, { passkey })).status, 403);
  const own = await sign(page, (await ask(page, 'POST', 'v1/auth/passkeys/challenge', null)).body);
  assert.equal((await ask(page, 'DELETE', 'v1/account', ada.token, { passkey: own })).status, 204);
});
