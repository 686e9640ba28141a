import assert from 'node:assert/strict';
import { BASE, DEMO } from './platform.js';
import { open, PHONE, signedIn, signedUp, visit } from './browser.js';
import { makeFilm } from './film.js';
import { until } from './player.js';

const mark = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 6);

/** Calls the platform as an editor; answers JSON. */
async function edit(page, method, path, data) {
  const signIn = await page.request.post(`${BASE}v1/auth/sign-in`, { data: DEMO });
  const headers = { authorization: `Bearer ${(await signIn.json()).access_token}` };
  const answer = await page.request.fetch(BASE + path, { method, data, headers });
  assert.ok(answer.ok(), await answer.text());
  return answer.status() === 204 ? null : answer.json();
}

const make = (page, title) => edit(page, 'POST', 'v1/titles', title);

visit('an editor makes a series with the keyboard alone, finds it again, and withdraws it', async (page) => {
  const name = `Keyboard ${mark()}`;
  await signedIn(page);
  await open(page, '#/studio');
  await page.getByRole('link', { name: 'New series or title' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Make it' }).press('Enter');
  await page.getByText('Give it a name of at most 200 characters.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name', 'the focus is where something is wrong');
  await page.keyboard.type(name);
  await page.getByLabel('Genres').focus();
  await page.keyboard.type('Drama, Crime');
  await page.getByRole('button', { name: 'Add a language' }).press('Enter');
  await page.keyboard.type('de');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Tastatur');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: `Edit ${name}` }).waitFor();
  await page.getByText('Draft', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Add an episode: Season 1' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'A new title' }).waitFor();
  assert.equal(await page.getByLabel('Season').inputValue(), '1');
  await page.getByLabel('Name', { exact: true }).fill('First');
  await page.getByRole('button', { name: 'Make it' }).press('Enter');
  await page.getByRole('link', { name: `An episode of ${name}` }).press('Enter');
  await page.getByRole('link', { name: 'First', exact: true }).waitFor();

  await page.getByLabel('When viewers see it').selectOption('withdrawn');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.getByText('Saved.').waitFor();
  await open(page, '#/studio');
  await page.getByLabel('Status').selectOption('withdrawn');
  await page.getByLabel('Find a title').fill('tastatur');
  await page.getByRole('link', { name: `Edit ${name}` }).waitFor();
  for (let left = 40; (await page.getByRole('link', { name: /^Edit / }).count()) !== 1; left -= 1) {
    assert.ok(left > 0, 'others are shown, too');
    await page.waitForTimeout(250);
  }
});

visit('who edits what somebody else edited meanwhile loses nothing', async (page) => {
  const title = await make(page, { name: `Conflict ${mark()}`, announced: true, year: 2016, genres: ['Drama'] });
  await signedIn(page);
  await open(page, `#/edit/${title.id}`);
  await page.getByLabel('Year').fill('2017');
  await page.getByLabel('Description', { exact: true }).fill('Mine.');
  const theirs = { name: title.name, announced: true, year: 2018, genres: ['Crime'] };
  await edit(page, 'PUT', `v1/titles/${title.id}`, { version: title.version, title: theirs });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const panel = page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' });
  await panel.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'conflict', 'it is read out at once');
  await panel.getByText('Their other changes are kept: Genres.').waitFor();
  await panel.getByRole('radio', { name: /Theirs.*2018/ }).press('Space');
  await panel.getByRole('button', { name: 'Save with these' }).press('Enter');
  await page.getByText('Saved.').waitFor();
  const { year, description, genres } = await edit(page, 'GET', `v1/titles/${title.id}`);
  assert.deepEqual({ year, description, genres }, { year: 2018, description: 'Mine.', genres: ['Crime'] });
  await edit(page, 'DELETE', `v1/titles/${title.id}`);
});

visit('a window keeps a title from viewers elsewhere, and a schedule until its time', async (page) => {
  const title = await make(page, { name: `Window ${mark()}`, kind: 'series', release: 'held' });
  await signedIn(page);
  await open(page, `#/edit/${title.id}`);
  await page.getByRole('button', { name: 'Add a window' }).click();
  await page.getByLabel('Countries').fill('Germany');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Enter codes of two letters, such as DE, AT.').waitFor();
  await page.getByLabel('Countries').fill('de, at');
  await page.getByLabel('Not before').fill('2099-01-31T20:00');
  await page.getByLabel('When viewers see it').selectOption('automatic');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByText('Scheduled', { exact: true }).waitFor();
  const { status, windows } = await edit(page, 'GET', `v1/titles/${title.id}`);
  assert.deepEqual({ status, windows }, { status: 'scheduled', windows: [{ countries: ['AT', 'DE'] }] });
  await edit(page, 'DELETE', `v1/titles/${title.id}`);
});

visit('a table is imported, and its bad rows are reported', async (page) => {
  const key = mark();
  const table = `external_id,title,year,box_office\n${key}-1,"Import, ${key}",2001,x\n${key}-2,Bad ${key},soon,x\n${key}-3,,1999,x\n`;
  await signedIn(page);
  await open(page, '#/import');
  const choose = (content) => page.getByLabel('Choose a table').setInputFiles({ name: 'titles.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
  await choose(table);
  await page.getByRole('button', { name: 'Import 3 rows' }).press('Enter');
  await page.getByText('2 rows were refused; all others were taken.').waitFor();
  await page.getByText('These columns mean nothing here: box_office.').waitFor();
  const rows = page.getByRole('region', { name: 'What is wrong' }).getByRole('row');
  assert.deepEqual(await rows.nth(1).getByRole('cell').allTextContents(), [`Bad ${key}`, 'year', 'is "soon"', 'it is a whole number']);
  assert.equal(await rows.nth(2).getByRole('rowheader').textContent(), '3');
  await choose(table);
  await page.getByRole('button', { name: 'Import 3 rows' }).click();
  await page.getByText('2 rows were refused; all others were taken.').waitFor();
  assert.match(await page.locator('dl').innerText(), /New\s+0\s+Changed\s+0\s+As before\s+1\s+Refused\s+2/);
  await choose('');
  await page.getByRole('alert').filter({ hasText: 'This table has no rows.' }).waitFor();
});

visit('a series leads to its episodes, and the end of one to the next', async (page, t) => {
  await signedIn(page);
  const film = makeFilm();
  t.after(film.remove);
  const name = `Second ${mark()}`;
  await open(page, '#/studio');
  await page.locator('#film').setInputFiles(film.path);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Upload and publish' }).click();
  const card = page.locator('#under-way article').filter({ hasText: name });
  await card.getByRole('link', { name: 'See it' }).waitFor({ timeout: 180_000 });
  const { titles } = await edit(page, 'GET', `v1/titles?status=published&q=${encodeURIComponent(name)}`);

  // Another film is the first episode for a while.
  const { titles: all } = await edit(page, 'GET', 'v1/titles?status=published');
  const other = all.find(({ id, kind }) => id !== titles[0].id && (kind ?? 'film') === 'film');
  const first = await edit(page, 'GET', `v1/titles/${other.slug}`);
  const series = await make(page, { name: `Series ${mark()}`, kind: 'series', seasons: [{ number: 1, name: 'The beginning' }] });
  const said = ({ name, description, year, genres, credit }) => ({ name, description, year, genres, credit });
  const place = (number) => ({ kind: 'episode', series: { id: series.id, season: 1, number } });
  const put = (title, version, more) => edit(page, 'PUT', `v1/titles/${title.id}`, { version, title: { ...said(title), ...more } });
  const { version } = await put(first, first.version, place(1));
  await put(titles[0], titles[0].version, place(2));
  try {
    await open(page, `#/title/${series.slug}`);
    await page.getByRole('heading', { level: 3, name: 'The beginning' }).waitFor();
    await page.getByRole('link', { name: /^(Play|Continue with) S1 E/ }).waitFor();
    await page.getByRole('listitem').locator(`a[href="#/watch/${first.slug}"]`).click();
    await page.getByRole('heading', { level: 1, name: `${series.name} · S1 E1 · ${first.name}` }).waitFor();
    await until(page, (player) => player.time > 0.5);
    await page.evaluate(() => {
      const video = document.querySelector('video');
      video.currentTime = video.duration - 1;
    });
    const offer = page.getByRole('complementary', { name: 'Next episode' });
    await offer.getByText(name).waitFor();
    await offer.getByText(/Begins in \d s/).waitFor();
    // Nobody does anything: the next one begins by itself.
    await page.getByRole('heading', { level: 1, name: `${series.name} · S1 E2 · ${name}` }).waitFor();
    await until(page, (player) => player.time > 0.5);
  } finally {
    await put(first, version);
    await edit(page, 'DELETE', `v1/titles/${titles[0].id}`);
    await edit(page, 'DELETE', `v1/titles/${series.id}`);
  }
});

visit('the form and the import fit on a phone', async (page) => {
  const title = await make(page, { name: `Phone ${mark()}`, kind: 'series', release: 'held', windows: [{ countries: ['DE'] }] });
  await signedIn(page);
  for (const hash of [`#/edit/${title.id}`, '#/import', '#/studio']) {
    await open(page, hash);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const { inner, width } = await page.evaluate(() => ({ inner: innerWidth, width: document.documentElement.scrollWidth }));
    assert.ok(width <= inner, `${hash} is ${width} wide on a screen of ${inner}`);
  }
  await edit(page, 'DELETE', `v1/titles/${title.id}`);
}, { device: PHONE });

visit('a viewer is kept out of the studio', async (page) => {
  await signedUp(page);
  for (const hash of ['#/import', '#/edit/new']) {
    await open(page, hash);
    await page.getByText('The studio is for editors').waitFor();
  }
});
