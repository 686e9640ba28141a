/** A platform of its own where plans are paid for, with the mail server, push service and Stripe that it talks to. */
import { execFileSync, spawn } from 'node:child_process';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const REEL = join(ROOT, 'target/release/reel');
const WEBHOOK_SECRET = 'whsec_test_reel';
/** For how long something that is under way is waited for, in milliseconds. */
const SOON = 30_000;

/** Starts all of it, with a film of 1080 lines. */
export async function buildHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'reel-house-'));
  const [stripe, mail, pushes] = await Promise.all([startStripe(), startMail(join(folder, 'letters')), startPushes()]);
  const data = configured(join(folder, 'data'), stripe.line);
  const film = makeFilm(folder);
  const platform = await start(REEL, [
    'up', '--addr', '127.0.0.1:0', '--data', data, '--demo', film, '--json',
    '--smtp', `smtp://127.0.0.1:${mail.line}`, '--push-service', pushes.url,
  ]);
  const base = JSON.parse(platform.line).url.replace(/\/*$/, '/');
  await tell(`http://127.0.0.1:${stripe.line}`, base);
  return {
    base,
    /** The newest letter to an address whose text meets a pattern; answers the match. */
    letter: (address, pattern) => eventually(`a letter to ${address} with ${pattern}`, () => mail.find(address, pattern)),
    pushes,
    /** Gives an account a role, as whoever runs the platform does. */
    grant: (email, role) => execFileSync(REEL, ['grant', email, role, '--data', data, '--url', base]),
    /** Ends all of it, the platform first. */
    async end() {
      for (const { process } of [platform, mail, stripe]) {
        const ended = new Promise((resolve) => process.once('exit', resolve));
        if (process.exitCode === null && process.kill('SIGINT')) await ended;
      }
      pushes.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A browser's keys at the push service, and what reads the messages to it. */
export function pushReceiver(pushes) {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const path = `/${randomBytes(8).toString('hex')}`;
  return {
    subscription: {
      endpoint: pushes.url + path,
      keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    },
    /** The next message, as the browser hands it to the service worker. */
    next: () => eventually('a push', () => {
      const at = pushes.taken.findIndex((pushed) => pushed.path === path);
      return at < 0 ? null : decrypt(pushes.taken.splice(at, 1)[0].body, keys, auth);
    }),
  };
}

/** Reads a message (RFC 8291, section 3.4; RFC 8188, section 2). */
function decrypt(body, keys, auth) {
  const [salt, keyLength] = [body.subarray(0, 16), body[20]];
  const [theirs, sealed] = [body.subarray(21, 21 + keyLength), body.subarray(21 + keyLength)];
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), theirs]);
  const input = Buffer.from(hkdfSync('sha256', keys.computeSecret(theirs), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const record = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return record.subarray(0, record.lastIndexOf(2)).toString();
}

async function startPushes() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    taken.push({ path: request.url, body: Buffer.concat(parts) });
    response.writeHead(201).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = () => [server.close(), server.closeAllConnections()];
  return { url: `http://127.0.0.1:${server.address().port}`, taken, end };
}

async function startMail(letters) {
  mkdirSync(letters);
  const server = await start(python('smtp-server'), [join(ROOT, 'tests/smtp_server.py'), '0', letters]);
  const find = (address, pattern) => {
    const files = readdirSync(letters).filter((name) => name.endsWith('.json'));
    const all = files.map((name) => JSON.parse(readFileSync(join(letters, name), 'utf8')));
    return all.filter(({ to }) => to.includes(address)).map(({ text }) => text.match(pattern)).find((match) => match);
  };
  return { ...server, find };
}

function startStripe() {
  return start(python('localstripe'), [join(ROOT, 'tests/localstripe_server.py')]);
}

/** Has Stripe tell the platform what happens. */
async function tell(stripe, base) {
  const hook = { url: `${base.replace('localhost', '127.0.0.1')}v1/stripe/webhook`, secret: WEBHOOK_SECRET };
  const answer = await fetch(`${stripe}/_config/webhooks/reel`, { method: 'POST', body: JSON.stringify(hook) });
  if (!answer.ok) throw new Error(`localstripe takes no webhook: ${await answer.text()}`);
}

/** A data folder that names the Stripe. */
function configured(data, port) {
  const stripe = `http://127.0.0.1:${port}`;
  mkdirSync(join(data, 'secrets'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'config.toml'), [
    '[billing]', `stripe-endpoint = "${stripe}"`, 'stripe-publishable-key = "pk_test_reel"',
    `stripe-script = "${stripe}/js.stripe.com/v3/"`, '',
  ].join('\n'));
  for (const [name, value] of [['stripe-key', 'sk_test_reel'], ['stripe-webhook-secret', WEBHOOK_SECRET]]) {
    writeFileSync(join(data, 'secrets', name), value, { mode: 0o600 });
  }
  return data;
}

function makeFilm(folder) {
  const path = join(folder, 'film.mp4');
  execFileSync('ffmpeg', [
    '-v', 'error', '-f', 'lavfi', '-i', 'gradients=size=1920x1080:rate=24:speed=0.02', '-f', 'lavfi',
    '-i', 'sine=frequency=330:sample_rate=48000', '-t', '24', '-c:v', 'libx264', '-preset', 'ultrafast',
    '-pix_fmt', 'yuv420p', '-c:a', 'aac', path,
  ]);
  writeFileSync(join(folder, 'film.json'), JSON.stringify({ name: 'Slow Colours', year: 2026, genres: ['Test'] }));
  return path;
}

/** The Python of an environment that the tests need. */
function python(script) {
  return execFileSync(join(ROOT, 'script', script), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** Starts a program and waits for its first line, which says that it is ready. */
async function start(program, args) {
  const process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, failures] = ['', ''];
  process.stderr.on('data', (part) => (failures = (failures + part).slice(-4_000)));
  const ready = new Promise((resolve, reject) => {
    process.stdout.on('data', (part) => (said += part).includes('\n') && resolve());
    process.once('error', reject);
    process.once('exit', () => reject(new Error(`${program} ended before it was ready: ${failures}`)));
  });
  await ready;
  return { process, line: said.split('\n')[0] };
}

/** Asks again and again, until there is an answer. */
async function eventually(what, ask) {
  for (const deadline = Date.now() + SOON; Date.now() < deadline; await pause(100)) {
    const answer = ask();
    if (answer) return answer;
  }
  throw new Error(`there was never ${what}`);
}
