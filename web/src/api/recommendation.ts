import type { Title } from './content';
import { call } from './transport';

/** A title in a row. */
export interface Card {
  title: Title;
  /** How far the viewer is, 0 to 100, in a row of begun titles. */
  progress_pct?: number;
  /** The picture that stands for the title; else it is the poster. */
  picture?: Picture;
  /** Set where the title stands to learn whether it is liked. */
  decision?: string;
}

/** A picture that is tested, or has won. */
export interface Picture {
  url: string;
  /** What impressions and plays call it. */
  variant: string;
}

export interface Row {
  /** `continue-watching`, `picks`, `because:SLUG`, `trending`, `popular`, `editorial`, `new`, `genre:Animation`, `announced`. */
  id: string;
  name: string;
  items: Card[];
}

export interface Home {
  rows: Row[];
  /** How the rows came about: `personalised`, `attributes`, `popular-in-region`, `trending`, `editorial`. */
  source: string;
  /** The version of the model that had a say. */
  model?: string;
}

/** The rows of the viewer's first page. */
export function home(): Promise<Home> {
  return call('GET', 'v1/home');
}

/** Titles that are like one, most alike first. */
export function similar(titleId: string): Promise<{ titles: Title[] }> {
  return call('GET', `v1/titles/${encodeURIComponent(titleId)}/similar`);
}
