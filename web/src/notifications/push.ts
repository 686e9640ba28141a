import * as api from '../api/notification';
import { resolve } from '../api/transport';

/** Why this browser is not pushed to. */
export type Refusal = 'unsupported' | 'blocked' | 'unreachable';

/** Whether this browser can be pushed to at all. */
export const supported = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** A push service that says nothing for so long is not there, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Whether this browser is pushed to. It is said again to the platform, which may have forgotten. */
export async function isOn(): Promise<boolean> {
  if (!supported) return false;
  const registration = await navigator.serviceWorker.getRegistration(resolve('./'));
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return false;
  await api.subscribe(subscription.toJSON());
  return true;
}

/** Has this browser pushed to; the answer says why not. */
export async function turnOn(): Promise<Refusal | null> {
  const key = supported ? await api.pushKey() : null;
  if (!key) return 'unsupported';
  if ((await Notification.requestPermission()) !== 'granted') return 'blocked';
  const registration = await navigator.serviceWorker.register(resolve('push.js'), { scope: resolve('./') });
  const wish = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = await within(PATIENCE_MS, registration.pushManager.subscribe(wish));
  if (!subscription) return 'unreachable';
  await api.subscribe(subscription.toJSON());
  return null;
}

/** Ends it. */
export async function turnOff(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(resolve('./'));
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  await api.unsubscribe(await api.subscribe(subscription.toJSON()));
  await subscription.unsubscribe();
}

function within<A>(ms: number, work: Promise<A>): Promise<A | null> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), ms));
  return Promise.race([work.catch(() => null), late]);
}
