import { Problem } from '../../api/problem';
import { resolve } from '../../api/transport';

/** `PUT`s a part to its presigned URL. Not `fetch`, which tells no progress. */
export function put(url: string, bytes: Blob, progress: (sent: number) => void): Promise<void> {
  const { promise, resolve: done, reject } = settle();
  const request = new XMLHttpRequest();
  request.open('PUT', resolve(url));
  request.upload.onprogress = (event) => progress(event.loaded);
  request.onload = () => (request.status < 300 ? done() : reject(refused(request.status)));
  request.onerror = () => reject(new Problem(0, 'unreachable', 'The connection broke while the film was sent.'));
  request.send(bytes);
  return promise;
}

function refused(status: number): Problem {
  return new Problem(status, 'part-refused', `A part of the film was refused with status ${status}.`);
}

function settle() {
  let resolve!: () => void;
  let reject!: (reason: Problem) => void;
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
