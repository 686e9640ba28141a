import assert from 'node:assert/strict';
import { open, signedIn, signedUp, visit } from './browser.js';
import { BASE } from './platform.js';
import { featured, openQualityMenu, rungs, state, until, watchFeatured } from './player.js';

visit('a film plays with sound, up to the best quality, from an edge', async (page) => {
  await signedIn(page);
  await watchFeatured(page);
  const [best] = await rungs(page);
  const began = await state(page);
  const player = await until(page, (now) => now.shownHeight === best && now.time > began.time + 3);
  assert.equal(player.abr, 'Reel (WebAssembly)');
  assert.ok(player.pathway, 'no edge is named');
  const sound = () => page.evaluate(() => document.querySelector('video').webkitAudioDecodedByteCount);
  const before = await sound();
  await page.waitForFunction((bytes) => document.querySelector('video').webkitAudioDecodedByteCount > bytes, before);
  const frames = await page.evaluate(() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames);
  assert.ok(frames > 24, `${frames} frames`);
  assert.equal(player.stalls, 0);
});

visit('a slow network gets a lower quality without a stall, and a better one when it recovers', async (page) => {
  await signedUp(page);
  const slug = await featured(page);
  const network = await page.context().newCDPSession(page);
  const throttle = (bps) => network.send('Network.emulateNetworkConditions', {
    offline: false, latency: 20, downloadThroughput: bps > 0 ? bps / 8 : -1, uploadThroughput: -1,
  });
  await network.send('Network.enable');
  await open(page, `#/title/${slug}`);
  await page.getByRole('link', { name: /^(Play|Resume)/ }).waitFor();
  await throttle(900_000);
  await page.getByRole('link', { name: /^(Play|Resume)/ }).click();
  await until(page, (player) => player.time > 0.5);
  const [best] = await rungs(page);
  const slow = await until(page, (player) => player.time > 6);
  assert.ok(slow.fetchedHeight < best, `${slow.fetchedHeight} lines over 0.9 Mbit/s`);
  assert.equal(slow.stalls, 0);
  await throttle(0);
  const better = await until(page, (player) => player.shownHeight > slow.fetchedHeight);
  assert.equal(better.stalls, 0);
});

visit('seeking by pointer and by keys goes on playing there', async (page) => {
  await signedIn(page);
  await watchFeatured(page);
  const { duration } = await state(page);
  await page.mouse.move(200, 200);
  await page.mouse.move(400, 300);
  const bar = await page.locator('.seek').boundingBox();
  await page.mouse.move(bar.x + bar.width * 0.6, bar.y + bar.height / 2);
  await page.waitForFunction(() => document.querySelector('.preview img')?.naturalWidth > 0);
  await page.mouse.down();
  await page.mouse.up();
  const there = await until(page, (player) => player.time > 0.6 * duration - 1);
  assert.ok(Math.abs(there.time - 0.6 * duration) < 3, `${there.time} of ${duration}`);
  await until(page, (player) => !player.paused && player.time > there.time + 1);
  await page.keyboard.press('ArrowLeft');
  await until(page, (player) => player.time < there.time - 5);
  const back = await state(page);
  await until(page, (player) => player.time > back.time + 1);
});

visit('an outage is waited out', async (page) => {
  await signedUp(page);
  await watchFeatured(page);
  await page.context().setOffline(true);
  await page.evaluate(() => (document.querySelector('video').currentTime = document.querySelector('video').duration - 5));
  await page.getByText('Connection lost').waitFor();
  await page.context().setOffline(false);
  const { duration } = await state(page);
  await until(page, (player) => player.time > duration - 4);
});

visit('keys pause, mute and show statistics', async (page) => {
  await signedIn(page);
  await watchFeatured(page);
  await page.keyboard.press('Space');
  await until(page, (player) => player.paused);
  await page.keyboard.press('Space');
  await until(page, (player) => !player.paused);
  await page.keyboard.press('m');
  await page.waitForFunction(() => document.querySelector('video').muted);
  await page.keyboard.press('s');
  const { pathway } = await state(page);
  await page.getByRole('complementary', { name: 'Statistics' }).getByText(pathway).waitFor();
});

visit('a chosen quality is kept until Auto is chosen again', async (page) => {
  await signedUp(page);
  await watchFeatured(page);
  // While paused no more than the buffer's length is fetched: some of a short film is left for what is chosen last.
  await page.keyboard.press('Space');
  const all = await rungs(page);
  const choose = async (name) => {
    await openQualityMenu(page);
    await page.getByRole('menuitemradio', { name }).click();
  };
  await choose(`${all.at(-1)}p`);
  await until(page, (player) => player.fetchedHeight === all.at(-1));
  await page.evaluate(() => document.querySelector('video').play());
  await until(page, (player) => player.shownHeight === all.at(-1) && player.fetchedHeight === all.at(-1));
  await choose('Auto');
  await until(page, (player) => player.fetchedHeight > all.at(-1));
});

visit('a film goes on where it was left, after the page was loaded anew', async (page) => {
  await signedIn(page);
  const slug = await watchFeatured(page);
  const { duration } = await state(page);
  const middle = duration * 0.4;
  await page.evaluate((at) => (document.querySelector('video').currentTime = at), middle);
  await until(page, (player) => player.time > middle + 1);
  await page.keyboard.press('Space');
  const left = await until(page, (player) => player.paused);
  await remembered(page, slug, left.time * 1000);
  await page.reload();
  const again = await until(page, (player) => player.time > 0);
  assert.ok(Math.abs(again.time - left.time) < 4, `left at ${left.time}, went on at ${again.time}`);
});

/** Waits until the platform knows where a viewer stopped; it learns that from an event. */
async function remembered(page, slug, ms) {
  const { access_token } = await (await page.request.post(`${BASE}v1/auth/refresh`, { data: {}, headers: { 'x-requested-with': 'reel' } })).json();
  const headers = { authorization: `Bearer ${access_token}` };
  const deadline = Date.now() + 30_000;
  for (let found = -1; Math.abs(found - ms) > 1_000; ) {
    assert.ok(Date.now() < deadline, `the platform knows ${found} ms, not ${ms}`);
    const answer = await page.request.get(`${BASE}playback?contentId=${slug}&device=browser`, { headers });
    found = (await answer.json()).resume_ms;
  }
}
