/** Small films to upload. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A film of ten seconds with sound, and what takes it away again. */
export function makeFilm() {
  const folder = mkdtempSync(join(tmpdir(), 'reel-film-'));
  const path = join(folder, 'test film.mp4');
  execFileSync('ffmpeg', [
    '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=24', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    '-t', '10', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', path,
  ]);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
