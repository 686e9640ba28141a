/** The platform under test, as the environment names it. */
import { join } from 'node:path';

const needed = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need a running platform and its demo account (see README.md)`);
  return value;
};

/** The platform's base URL, ending in `/`. */
export const BASE = needed('REEL_URL').replace(/\/*$/, '/');

/** The demo account, an editor. */
export const DEMO = { email: needed('REEL_DEMO_EMAIL'), password: needed('REEL_DEMO_PASSWORD') };

/** The process of the edge that viewers here are sent to first; none when it must live. */
export const ISP_EDGE_PID = Number(process.env.REEL_ISP_EDGE_PID ?? 0) || null;

/** Where the page of a failed test is kept; none when it is not wanted. */
export const screenshotOf = (name) => {
  const folder = process.env.REEL_SCREENSHOTS;
  return folder ? join(folder, `${name.replace(/\W+/g, '-')}.png`) : null;
};
