import type { Card, Home, Picture, Row, Similar } from './schema';
import { call } from './transport';

export type { Card, Home, Picture, Row };

/** The rows of the viewer's first page. */
export function home(): Promise<Home> {
  return call('GET', 'v1/home');
}

/** Titles that are like one, most alike first. */
export function similar(titleId: string): Promise<Similar> {
  return call('GET', `v1/titles/${encodeURIComponent(titleId)}/similar`);
}
