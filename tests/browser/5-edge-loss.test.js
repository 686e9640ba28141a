import assert from 'node:assert/strict';
import { signedIn, visit } from './browser.js';
import { ISP_EDGE_PID } from './platform.js';
import { until, watchFeatured } from './player.js';

const skip = ISP_EDGE_PID ? false : 'REEL_ISP_EDGE_PID is not set';

visit('a film goes on without a stall when its edge dies', async (page) => {
  await signedIn(page);
  await watchFeatured(page);
  const before = await until(page, (player) => player.pathway !== null && player.buffer > 8);
  process.kill(ISP_EDGE_PID, 'SIGKILL');
  const after = await until(page, (player) => player.pathway !== before.pathway);
  const later = await until(page, (player) => player.time > after.time + 10);
  assert.equal(later.stalls, 0);
  assert.notEqual(later.pathway, before.pathway);
}, { skip });
