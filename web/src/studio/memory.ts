const UPLOADS = 'reel-uploads';
const ENCODINGS = 'reel-encodings';

/** The title that a film, named by its fingerprint, was being uploaded for. */
export function uploadOf(fingerprint: string): string | null {
  return read(UPLOADS)[fingerprint] ?? null;
}

/** Notes which title a film is for, so that choosing it again resumes. */
export function noteUpload(fingerprint: string, titleId: string): void {
  write(UPLOADS, { ...read(UPLOADS), [fingerprint]: titleId });
}

/** The upload is over. */
export function dropUpload(fingerprint: string): void {
  const { [fingerprint]: _, ...others } = read(UPLOADS);
  write(UPLOADS, others);
}

/** The encoding that this browser started for a title. */
export function encodingOf(titleId: string): string | null {
  return read(ENCODINGS)[titleId] ?? null;
}

/** Notes an encoding, so that its progress is shown after a reload. */
export function noteEncoding(titleId: string, revision: string): void {
  write(ENCODINGS, { ...read(ENCODINGS), [titleId]: revision });
}

function read(key: string): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

function write(key: string, value: Record<string, string>): void {
  localStorage.setItem(key, JSON.stringify(value));
}
