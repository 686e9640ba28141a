import type { Encoding, EncodingStage as Stage, NewUpload, PartUrl, Upload } from './schema';
import { call } from './transport';

export type { Encoding, NewUpload, PartUrl, Stage, Upload };

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
