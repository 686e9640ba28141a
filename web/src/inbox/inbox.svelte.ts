import * as api from '../api/notification';
import { describe } from '../i18n/describe';
import { speech } from '../i18n/language.svelte';
import { texts } from './texts';

/** How often it is asked whether there is something new, in milliseconds. */
const LOOK_AGAIN_MS = 60_000;

/** What the account was told. */
class Inbox {
  notices: api.Notice[] | null = $state.raw(null);
  cursor: string | null = $state(null);
  unread = $state(0);
  failure = $state('');

  /** Counts what was not read, now and again; the answer ends that. */
  watch(): () => void {
    const look = () => void this.#count();
    const seen = () => document.visibilityState === 'visible' && look();
    const timer = setInterval(seen, LOOK_AGAIN_MS);
    document.addEventListener('visibilitychange', seen);
    look();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }

  async load(): Promise<void> {
    this.failure = '';
    await api.inbox(speech.of(texts).language).then(
      ({ notices, cursor }) => ([this.notices, this.cursor] = [notices, cursor]),
      (error) => (this.failure = describe(error)),
    );
    await this.#count();
  }

  async more(): Promise<void> {
    const { notices, cursor } = await api.inbox(speech.of(texts).language, this.cursor);
    [this.notices, this.cursor] = [[...(this.notices ?? []), ...notices], cursor];
  }

  /** Shown as read at once; should that fail, it is unread the next time. */
  read(notice: api.Notice): void {
    if (notice.read) return;
    this.#change(notice.id, () => ({ ...notice, read: true }));
    this.unread = Math.max(0, this.unread - 1);
    void api.markRead(notice.id).catch(() => undefined);
  }

  async readAll(): Promise<void> {
    await api.markAllRead();
    this.notices = (this.notices ?? []).map((notice) => ({ ...notice, read: true }));
    this.unread = 0;
  }

  async remove(notice: api.Notice): Promise<void> {
    await api.deleteNotice(notice.id);
    this.notices = (this.notices ?? []).filter((other) => other.id !== notice.id);
    if (!notice.read) this.unread = Math.max(0, this.unread - 1);
  }

  #change(id: string, change: (notice: api.Notice) => api.Notice): void {
    this.notices = (this.notices ?? []).map((notice) => (notice.id === id ? change(notice) : notice));
  }

  /** A count that fails is left as it was: it is not worth a word. */
  async #count(): Promise<void> {
    await api.unread().then(
      (unread) => (this.unread = unread),
      () => undefined,
    );
  }
}

export const inbox = new Inbox();
