import { call } from './transport';

export interface NewUpload {
  title_id: string;
  file_name: string;
  /** Bytes. */
  size: number;
  /** Names the content: the same again resumes. */
  fingerprint: string;
}

export interface PartUrl {
  /** 1, 2, … */
  number: number;
  /** Where to `PUT` its bytes; may be relative; good for an hour. */
  url: string;
}

export interface Upload {
  upload_id: string;
  /** Bytes of every part but the last. */
  part_size: number;
  missing: PartUrl[];
  stored: number[];
  /** Set once it is complete: the encoding that was started. */
  revision: string | null;
}

export interface Stage {
  /** `Probe`, `Plan`, `EncodeAll`, `Package` or `Publish`. */
  name: string;
  /** How many items; 0 while unknown. */
  total: number;
  done: number;
}

export interface Encoding {
  title_id: string;
  revision: string;
  status: 'running' | 'succeeded' | 'failed';
  stages: Stage[];
  failure: string | null;
  /** How many frames each video rendition has, and how many renditions there are; once it is done. */
  frames: number | null;
  renditions: number | null;
}

/** Begins or resumes an upload. */
export function beginUpload(upload: NewUpload): Promise<Upload> {
  return call('POST', 'v1/uploads', { body: upload });
}

/** Which parts are there, and new URLs for the others. */
export function upload(uploadId: string): Promise<Upload> {
  return call('GET', `v1/uploads/${encodeURIComponent(uploadId)}`);
}

/** Joins the parts and starts the encoding; repeating it is no error. */
export function completeUpload(uploadId: string): Promise<Encoding> {
  return call('POST', `v1/uploads/${encodeURIComponent(uploadId)}/complete`, { body: {} });
}

export function encoding(titleId: string, revision: string): Promise<Encoding> {
  return call('GET', `v1/encodings/${titleId}/${revision}`);
}
