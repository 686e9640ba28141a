import type { PartUrl, Upload } from '../../api/ingest';

/** Sends one part; tells how many of its bytes are on their way; rejects when it failed. */
export type Put = (url: string, bytes: Blob, progress: (sent: number) => void) => Promise<void>;

/** What sending the parts of a file needs. */
export interface Carrier {
  put: Put;
  /** The upload as it stands, with new URLs. */
  renew: () => Promise<Upload>;
  /** Waits before an attempt is made again. */
  pause: (ms: number) => Promise<void>;
  /** Bytes that arrived or are on their way. */
  progress: (sent: number) => void;
}

const PARALLEL = 3;
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;

/**
 * Sends what an upload misses of a file, three parts at a time, each up to six times. A long
 * film's URLs come in several rounds. Rejects with the last reason when a part cannot be sent.
 */
export async function sendParts(file: Blob, upload: Upload, carrier: Carrier): Promise<void> {
  const parts = Math.ceil(file.size / upload.part_size);
  for (let left = upload; ; left = await carrier.renew()) {
    await sendRound(file, left, carrier);
    if (left.stored.length + left.missing.length >= parts) return;
  }
}

async function sendRound(file: Blob, upload: Upload, carrier: Carrier): Promise<void> {
  const queue = [...upload.missing];
  const tally = new Tally(file.size, upload, carrier.progress);
  const worker = async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      await sendPart(file, upload.part_size, part, carrier, tally).catch((error) => {
        queue.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

async function sendPart(file: Blob, size: number, part: PartUrl, carrier: Carrier, tally: Tally): Promise<void> {
  const bytes = file.slice((part.number - 1) * size, part.number * size);
  let url = part.url;
  for (let attempt = 1; ; attempt++) {
    try {
      await carrier.put(url, bytes, (sent) => tally.set(part.number, sent));
      return tally.set(part.number, bytes.size);
    } catch (error) {
      tally.set(part.number, 0);
      if (attempt === ATTEMPTS) throw error;
    }
    await carrier.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    const renewed = await carrier.renew().catch(() => null);
    if (renewed && !renewed.missing.some((p) => p.number === part.number)) return tally.set(part.number, bytes.size);
    url = renewed?.missing.find((p) => p.number === part.number)?.url ?? url;
  }
}

/** Adds up the bytes of all parts. */
class Tally {
  #sent = new Map<number, number>();
  #before: number;

  constructor(size: number, upload: Upload, private readonly report: (sent: number) => void) {
    const stored = upload.stored.map((part) => Math.min(upload.part_size, size - (part - 1) * upload.part_size));
    this.#before = stored.reduce((sum, bytes) => sum + bytes, 0);
    this.report(this.#before);
  }

  set(part: number, bytes: number): void {
    this.#sent.set(part, bytes);
    this.report(this.#before + [...this.#sent.values()].reduce((sum, sent) => sum + sent, 0));
  }
}
