import assert from 'node:assert/strict';
import { BASE, DEMO } from './platform.js';
import { newcomer, open, PHONE, signedIn, signedUp, visit } from './browser.js';
import { published, upload } from './film.js';
import { featured, until } from './player.js';

/** Calls the platform as an editor; answers JSON. */
async function edit(page, method, path, data) {
  const signIn = await page.request.post(`${BASE}v1/auth/sign-in`, { data: DEMO });
  return asked(page, (await signIn.json()).access_token, method, path, data);
}

async function asked(page, token, method, path, data) {
  const answer = await page.request.fetch(BASE + path, { method, data, headers: { authorization: `Bearer ${token}` } });
  assert.ok(answer.ok(), await answer.text());
  return answer.json();
}

/** A viewer who does without a browser: sees the picture on the title's card and plays by it, if it is that one. */
async function viewer(page, titleId, liked) {
  const token = await account(page);
  const picture = await pictureFor(page, token, titleId);
  const event = (type, fields) => ({ id: crypto.randomUUID(), type, v: 1, at: Date.now(), title_id: titleId, variant: picture.variant, ...fields });
  const events = [event('thumbnail_impression', { row: 'new' })];
  if (picture.variant.includes(`/${liked}/`)) events.push(event('play_start', { play: uuid7(), device: 'browser', position_ms: 0, source: 'new' }));
  await asked(page, token, 'POST', 'v1/events', { events });
}

/** The token of a new account: so many at once are held up for some seconds. */
async function account(page) {
  for (let left = 60; ; left -= 1) {
    const signUp = await page.request.post(`${BASE}v1/auth/sign-up`, { data: newcomer() });
    if (signUp.ok()) return (await signUp.json()).access_token;
    assert.ok(signUp.status() === 429 && left > 0, await signUp.text());
    await page.waitForTimeout(500);
  }
}

/** The picture on the title's card: a test is known everywhere some seconds later. */
async function pictureFor(page, token, titleId) {
  for (let left = 20; ; left -= 1) {
    const { rows } = await asked(page, token, 'GET', 'v1/home');
    const { picture } = rows.flatMap((row) => row.items).find((card) => card.title.id === titleId);
    if (picture) return picture;
    assert.ok(left > 0, 'the card has no picture of the test');
    await page.waitForTimeout(500);
  }
}

function uuid7() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** The events of a type that a page sends. */
function events(page, type) {
  const told = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('v1/events')) return;
    told.push(...request.postDataJSON().events.filter((event) => event.type === type));
  });
  return told;
}

/** Ends a test that an earlier run left. */
async function untested(page, titleId) {
  const { experiments } = await edit(page, 'GET', 'v1/experiments');
  if (experiments.some((test) => test.title_id === titleId && test.stage !== 'ended')) await edit(page, 'DELETE', `v1/experiments/${titleId}`);
}

visit('an editor tests pictures, viewers play by one, and the studio shows it win', async (page) => {
  await signedIn(page);
  const slug = await featured(page);
  const { id, name } = await edit(page, 'GET', `v1/titles/${slug}`);
  await untested(page, id);

  await open(page, '#/studio');
  await page.getByRole('link', { name: `Test pictures of ${name}`, exact: true }).first().click();
  const start = page.getByRole('button', { name: /^Start the test/ });
  await start.waitFor();
  // The keyboard alone: all but the poster and one more are left out.
  const boxes = page.getByRole('checkbox');
  for (const box of (await boxes.all()).slice(1)) {
    if (await box.isChecked()) await box.press('Space');
  }
  assert.ok(await start.isDisabled(), 'one picture is no test');
  await boxes.nth(2).press('Space');
  await start.press('Enter');
  await page.getByText('Nobody has seen a picture yet').waitFor();
  assert.equal(await page.getByRole('list', { name: 'Pictures' }).getByRole('listitem').count(), 2);

  const seen = page.getByText(/ahead, which may be chance/);
  for (let n = 0; n < 4; n += 1) await viewer(page, id, 'B');
  await seen.or(page.getByText('Nobody has played')).waitFor();
  for (let n = 0; n < 40; n += 1) await viewer(page, id, 'B');
  await page.getByText('Picture B has won.').waitFor();
  await page.getByText('Beaten', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show the poster again' }).press('Enter');
  await page.getByText('This test was ended.').waitFor();
});

visit('a card shows the viewer’s picture, tells that it was seen, and a play says by which', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  const { id, artwork } = await edit(page, 'GET', `v1/titles/${slug}`);
  await untested(page, id);
  const pictures = [artwork.thumbnails.at(0), artwork.thumbnails.at(-1)];
  const test = await edit(page, 'POST', 'v1/experiments', { title_id: id, pictures });
  const [impressions, plays] = [events(page, 'thumbnail_impression'), events(page, 'play_start')];
  const card = page.locator(`[data-card][href="#/title/${slug}"]`).first();
  const shown = () => card.locator('img').first().getAttribute('src');
  // A test is known everywhere some seconds later.
  for (let left = 20; ; left -= 1) {
    await open(page);
    await page.reload();
    await card.waitFor();
    const src = await shown();
    if (pictures.some((picture) => src.endsWith(picture))) break;
    assert.ok(left > 0, 'the card never has a picture of the test');
    await page.waitForTimeout(500);
  }
  await card.scrollIntoViewIfNeeded();
  const ours = () => impressions.filter((event) => event.title_id === id && event.variant.startsWith(test.id));
  for (let left = 40; ours().length === 0; left -= 1) {
    assert.ok(left > 0, 'nobody was told that the card was seen');
    await page.waitForTimeout(250);
  }
  const letter = (await shown()).endsWith(pictures[0]) ? 'A' : 'B';
  assert.ok(ours().every((event) => event.variant.startsWith(`${test.id}/${letter}/`)), JSON.stringify(ours()));
  await card.click();
  await page.getByRole('link', { name: /^Play/ }).click();
  await until(page, (player) => player.time > 1);
  assert.equal(plays[0]?.variant, ours()[0].variant);
  for (let left = 40; ; left -= 1) {
    const { variants } = await edit(page, 'GET', `v1/experiments/${id}`);
    const { shown: seen, clicked } = variants.find((variant) => variant.letter === letter);
    if (seen === 1 && clicked === 1) break;
    assert.ok(left > 0, `seen ${seen}, clicked ${clicked}`);
    await page.waitForTimeout(500);
  }
  await edit(page, 'DELETE', `v1/experiments/${id}`);
});

visit('something new has a place of its own, and a play of it is what the place earned', async (page, t) => {
  await signedIn(page);
  // Nobody has played it, so there is a row of what is new, and more than one film to choose from.
  await published(await upload(page, t, `Another Film ${Date.now().toString(36)}`));
  await signedUp(page);
  const [impressions, plays] = [events(page, 'thumbnail_impression'), events(page, 'play_start')];
  const card = page.locator('[data-card]').filter({ hasText: 'Something new' });
  // A film is known everywhere some seconds later.
  for (let left = 20; ; left -= 1) {
    await open(page);
    await page.reload();
    await page.locator('[data-card]').first().waitFor();
    if ((await card.count()) > 0) break;
    assert.ok(left > 0, 'nothing is marked as something new');
    await page.waitForTimeout(500);
  }
  assert.equal(await card.count(), 1);
  await card.scrollIntoViewIfNeeded();
  const seen = () => impressions.find((event) => event.decision);
  for (let left = 40; !seen(); left -= 1) {
    assert.ok(left > 0, 'nobody was told that the card was seen');
    await page.waitForTimeout(250);
  }
  await card.click();
  await page.getByRole('link', { name: /^Play/ }).click();
  await until(page, (player) => player.time > 1);
  assert.equal(plays[0]?.decision, seen().decision);
  const today = Math.floor(Date.now() / 86_400_000);
  for (let left = 40; ; left -= 1) {
    const { decisions } = await edit(page, 'GET', `v1/decisions?day=${today}`);
    const ours = decisions.find((decision) => decision.id === seen().decision);
    if (ours?.played) {
      assert.ok(ours.slot === 'discover' && ours.title_id === seen().title_id && ours.propensity > 0 && ours.candidates.length > 1, JSON.stringify(ours));
      break;
    }
    assert.ok(left > 0, `the play is not in the log: ${JSON.stringify(ours)}`);
    await page.waitForTimeout(500);
  }
});

visit('the pictures of a title fit a phone', async (page) => {
  await signedIn(page);
  const slug = await featured(page);
  const { id } = await edit(page, 'GET', `v1/titles/${slug}`);
  await untested(page, id);
  await open(page, `#/pictures/${slug}`);
  await page.getByRole('button', { name: /^Start the test/ }).tap();
  await page.getByText('Nobody has seen a picture yet').waitFor();
  const width = () => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  const [needed, there] = await width();
  assert.ok(needed <= there, `${needed} of ${there} pixels`);
  await page.getByRole('button', { name: 'End the test' }).tap();
  await page.getByText('This test was ended.').waitFor();
}, { device: PHONE });
