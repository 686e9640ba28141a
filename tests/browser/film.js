/** Small films, and their upload in the studio. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from './browser.js';

/** A film of ten seconds with sound, and what takes it away again. */
export function makeFilm() {
  const folder = mkdtempSync(join(tmpdir(), 'reel-film-'));
  const path = join(folder, 'test film.mp4');
  execFileSync('ffmpeg', [
    '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=24', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    '-t', '10', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', path,
  ]);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** Uploads a small film in the studio as an editor, who is signed in; the card that tells how far it is. */
export async function upload(page, t, name) {
  const film = makeFilm();
  t.after(film.remove);
  await open(page, '#/studio');
  await page.locator('#film').setInputFiles(film.path);
  assert.equal(await page.getByLabel('Name').inputValue(), 'test film');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Genres').fill('Test, Pattern');
  await page.getByLabel('Year').fill('2024');
  await page.getByRole('button', { name: 'Upload and publish' }).click();
  return page.locator('#under-way article').filter({ hasText: name });
}

/** Waits until an upload was published; the link to its title. */
export async function published(card) {
  await card.getByRole('link', { name: 'See it' }).or(card.getByRole('alert')).waitFor({ timeout: 180_000 });
  assert.equal(await card.getByRole('alert').count(), 0, await card.textContent());
  return card.getByRole('link', { name: 'See it' });
}
