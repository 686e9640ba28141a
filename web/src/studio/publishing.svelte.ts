import * as content from '../api/content';
import * as ingest from '../api/ingest';
import { describe } from '../i18n/describe';
import { Problem, sentence } from '../api/problem';
import { dropUpload, noteEncoding, noteUpload, uploadOf } from './memory';
import { fingerprint } from './upload/fingerprint';
import { put } from './upload/put';
import { sendParts } from './upload/parts';

const POLL_MS = 1_000;
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** A film on its way from a file to viewers. */
export class Publishing {
  /** 0 to 1. */
  uploaded = $state(0);
  encoding: ingest.Encoding | null = $state.raw(null);
  title: content.Title | null = $state.raw(null);
  /** Why it stopped, for a person. */
  failure = $state('');
  /** It is what plays, or will once the title is published. */
  done = $derived(this.encoding?.status === 'succeeded' && this.title?.revision === this.encoding.revision);

  constructor(readonly name: string) {}

  /** Uploads a film for a title that is made, or was made when this file was begun before. */
  async publish(film: File, draft: content.NewTitle): Promise<void> {
    await this.#attempt(async () => {
      const print = await fingerprint(film);
      this.title = await this.#titleFor(print, draft);
      await this.#upload(film, print, this.title.id);
    });
  }

  /** Uploads a film for a title that exists. */
  async resume(film: File, title: content.Title): Promise<void> {
    await this.#attempt(async () => {
      this.title = title;
      await this.#upload(film, await fingerprint(film), title.id);
    });
  }

  /** Follows an encoding that is under way. */
  async follow(title: content.Title, revision: string): Promise<void> {
    this.title = title;
    this.uploaded = 1;
    await this.#attempt(() => this.#watch(title.id, revision));
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.failure = '';
    await act().catch((error: unknown) => (this.failure = describe(error)));
  }

  async #titleFor(print: string, draft: content.NewTitle): Promise<content.Title> {
    const known = uploadOf(print);
    const before = known ? await content.title(known).catch(() => null) : null;
    const title = before?.status === 'draft' ? before : await content.createTitle(draft);
    noteUpload(print, title.id);
    return title;
  }

  async #upload(film: File, print: string, titleId: string): Promise<void> {
    const asked = { title_id: titleId, file_name: film.name, size: film.size, fingerprint: print };
    const upload = await ingest.beginUpload(asked);
    const progress = (sent: number) => (this.uploaded = film.size > 0 ? sent / film.size : 1);
    await sendParts(film, upload, { put, renew: () => ingest.upload(upload.upload_id), pause, progress });
    this.encoding = await ingest.completeUpload(upload.upload_id);
    this.uploaded = 1;
    dropUpload(print);
    noteEncoding(titleId, this.encoding.revision);
    await this.#watch(titleId, this.encoding.revision);
  }

  /** Asks each second until the encoding ends; a lost answer is asked for again. */
  async #watch(titleId: string, revision: string): Promise<void> {
    for (;;) {
      this.encoding = await ingest.encoding(titleId, revision).catch(ifTransient(this.encoding));
      if (this.encoding?.status === 'failed') throw new Problem(0, 'encoding', sentence(this.encoding.failure ?? 'the encoding failed'));
      if (this.encoding?.status === 'succeeded') this.title = await content.title(titleId).catch(ifTransient(this.title));
      if (this.done) return;
      await pause(POLL_MS);
    }
  }
}

/** What was known before, where asking again may help. */
function ifTransient<A>(before: A): (error: unknown) => A {
  return (error) => {
    if (error instanceof Problem && (error.status === 0 || error.status >= 500 || error.status === 429)) return before;
    throw error;
  };
}
