import { call } from './transport';

/** What news is about. */
export type Topic = 'security' | 'billing' | 'account' | 'episodes' | 'reminders';

/** Something that the account was told. */
export interface Notice {
  id: string;
  topic: Topic;
  title: string;
  text: string;
  /** Relative to the platform's base URL. */
  link: string | null;
  /** RFC 3339. */
  at: string;
  read: boolean;
}

export interface InboxPage {
  /** Latest first. */
  notices: Notice[];
  /** For the next page; none at the end. */
  cursor: string | null;
}

/** What the account was told, in a language. */
export function inbox(language: string, cursor: string | null = null): Promise<InboxPage> {
  const query = new URLSearchParams({ language, ...(cursor && { cursor }) });
  return call('GET', `v1/inbox?${query}`);
}

/** How much was not read; 100 stands for more, too. */
export async function unread(): Promise<number> {
  return (await call<{ unread: number }>('GET', 'v1/inbox/unread')).unread;
}

export function markRead(id: string): Promise<void> {
  return call('POST', `v1/inbox/${encodeURIComponent(id)}/read`);
}

export function markAllRead(): Promise<void> {
  return call('POST', 'v1/inbox/read');
}

export function deleteNotice(id: string): Promise<void> {
  return call('DELETE', `v1/inbox/${encodeURIComponent(id)}`);
}

/** How the account is told about a topic. */
export interface TopicPreference {
  topic: Topic;
  email: boolean;
  push: boolean;
  /** Letters about it cannot be ended. */
  vital: boolean;
}

export interface Preferences {
  /** A BCP 47 tag; none for the account's. */
  language: string | null;
  topics: TopicPreference[];
  /** Sent back with a change. */
  version: number;
}

export function preferences(): Promise<Preferences> {
  return call('GET', 'v1/notifications/preferences');
}

/** Replaces what was read by what it is to be. */
export function changePreferences({ language, topics, version }: Preferences): Promise<Preferences> {
  const choices = topics.map(({ topic, email, push }) => ({ topic, email, push }));
  return call('PUT', 'v1/notifications/preferences', { body: { language, topics: choices, version } });
}

/** What a browser subscribes for; none where nothing is pushed. */
export async function pushKey(): Promise<string | null> {
  return (await call<{ key: string | null }>('GET', 'v1/push/key')).key;
}

/** Has this browser pushed to. */
export async function subscribe(subscription: PushSubscriptionJSON): Promise<string> {
  const { endpoint, keys } = subscription;
  return (await call<{ id: string }>('POST', 'v1/push/subscriptions', { body: { endpoint, keys } })).id;
}

export function unsubscribe(id: string): Promise<void> {
  return call('DELETE', `v1/push/subscriptions/${encodeURIComponent(id)}`);
}
