import type { CrewMember, EpisodeOf, NewTitle, Release, Title, TitleKind, Window } from '../../api/content';
import type { texts } from './texts';

/** What the form holds, as typed. */
export interface Form {
  kind: TitleKind;
  name: string;
  slug: string;
  description: string;
  year: string;
  genres: string;
  tags: string;
  tone: string;
  /** An age, or empty. */
  maturity: string;
  credit: string;
  /** One a line, as `crew` and `seasons`. */
  cast: string;
  directors: string;
  crew: string;
  language: string;
  texts: { tag: string; name: string; description: string }[];
  season: string;
  number: string;
  seasons: string;
  release: Release;
  /** A local time, as a browser's field has it. */
  publishAt: string;
  announced: boolean;
  windows: { countries: string; from: string; until: string }[];
}

/** What is known of a title and stands in no field. */
export interface Belonging {
  /** The series of an episode. */
  series?: string;
  trailer_of?: string;
  external_id?: string;
}

/** What is wrong, by field. */
export type Faults = Record<string, string>;

/** What an editor may say of a title, as it stands. */
export function saidOf(title: Title): NewTitle {
  const { id, series_name, status, failure, duration_ms, revision, artwork, created_at, published_at, version, ...said } = title;
  return tidy({ ...said, announced: status === 'announced' });
}

/** The same words, with nothing said where there is nothing. */
function tidy(title: NewTitle): NewTitle {
  const empty = (value: unknown) =>
    value === undefined || value === null || value === '' || value === false ||
    (typeof value === 'object' && Object.keys(value as object).length === 0);
  const kept = Object.entries(title).filter(([name, value]) => !empty(value) && !(name === 'release' && value === 'automatic'));
  return { description: '', genres: [], ...Object.fromEntries(kept) } as unknown as NewTitle;
}

export function formOf(title: NewTitle): Form {
  const characters = title.characters ?? {};
  return {
    kind: title.kind ?? 'film',
    name: title.name ?? '',
    slug: title.slug ?? '',
    description: title.description ?? '',
    year: title.year?.toString() ?? '',
    genres: (title.genres ?? []).join(', '),
    tags: (title.tags ?? []).join(', '),
    tone: (title.tone ?? []).join(', '),
    maturity: title.maturity?.toString() ?? '',
    credit: title.credit ?? '',
    cast: (title.cast ?? []).map((name) => (characters[name] ? `${name} as ${characters[name]}` : name)).join('\n'),
    directors: (title.directors ?? []).join(', '),
    crew: (title.crew ?? []).map(({ name, job }) => `${name} (${job})`).join('\n'),
    language: title.language ?? '',
    texts: Object.entries(title.texts ?? {}).map(([tag, texts]) => ({ tag, name: texts.name ?? '', description: texts.description ?? '' })),
    season: title.series?.season.toString() ?? '',
    number: title.series?.number.toString() ?? '',
    seasons: (title.seasons ?? []).map(({ number, name }) => `${number}: ${name}`).join('\n'),
    release: title.release ?? 'automatic',
    publishAt: localOf(title.publish_at),
    announced: title.announced ?? false,
    windows: (title.windows ?? []).map(({ countries = [], from, until }) => ({ countries: countries.join(', '), from: localOf(from), until: localOf(until) })),
  };
}

/** What a form without faults says. Times that were not touched stay to the second. */
export function titleOf(form: Form, belonging: Belonging, before?: NewTitle): NewTitle {
  const actors = lines(form.cast).map(actor);
  const title: NewTitle = {
    kind: form.kind,
    name: form.name.trim(),
    slug: form.slug.trim(),
    description: form.description.trim(),
    genres: list(form.genres),
    cast: actors.map(({ name }) => name),
    characters: Object.fromEntries(actors.filter(({ character }) => character !== '').map(({ name, character }) => [name, character])),
    directors: list(form.directors),
    crew: lines(form.crew).map(member).filter((found) => found !== null),
    credit: form.credit.trim(),
    language: form.language.trim(),
    texts: Object.fromEntries(form.texts.map(({ tag, ...texts }) => [tag.trim(), textsOf(texts)] as const).filter(([, texts]) => Object.keys(texts).length > 0)),
    tags: list(form.tags),
    tone: list(form.tone),
    windows: form.windows.map((window, n) => windowOf(window, before?.windows?.[n])),
    release: form.release,
    announced: form.announced,
    ...(form.year.trim() && { year: Number(form.year) }),
    ...(form.maturity !== '' && { maturity: Number(form.maturity) }),
    ...(form.publishAt && { publish_at: instantOf(form.publishAt, before?.publish_at) }),
    ...(form.kind === 'series' && { seasons: lines(form.seasons).map(season).filter((found) => found !== null) }),
    ...(form.kind === 'episode' && belonging.series && { series: place(belonging.series, form) }),
    ...(form.kind === 'trailer' && belonging.trailer_of && { trailer_of: belonging.trailer_of }),
    ...(belonging.external_id && { external_id: belonging.external_id }),
  };
  return tidy(title);
}

type Words = (typeof texts)['en']['faults'];

export function faultsOf(form: Form, words: Words): Faults {
  const faults: Faults = {};
  const letters = [...form.name.trim()].length;
  if (letters === 0 || letters > 200) faults.name = words.name;
  if (form.year.trim() !== '' && !/^(18[7-9]\d|19\d\d|20\d\d|2100)$/.test(form.year.trim())) faults.year = words.year;
  if (lines(form.crew).some((line) => member(line) === null)) faults.crew = words.crew;
  if (form.kind === 'series' && lines(form.seasons).some((line) => season(line) === null)) faults.seasons = words.seasons;
  if (form.kind === 'episode') {
    for (const field of ['season', 'number'] as const) {
      if (!/^\d{1,4}$/.test(form[field].trim())) faults[field] = words.number;
    }
  }
  form.windows.forEach((window, n) => {
    if (list(window.countries).some((country) => !/^[a-z]{2}$/i.test(country))) faults[`countries-${n}`] = words.countries;
    if (window.from && window.until && window.from >= window.until) faults[`until-${n}`] = words.window;
  });
  form.texts.forEach(({ tag }, n) => {
    if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag.trim())) faults[`tag-${n}`] = words.tag;
  });
  return faults;
}

function list(text: string): string[] {
  return [...new Set(text.split(',').map((word) => word.trim()).filter((word) => word !== ''))];
}

function lines(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function actor(line: string): { name: string; character: string } {
  const [name = '', ...character] = line.split(' as ');
  return { name: name.trim(), character: character.join(' as ').trim() };
}

function member(line: string): CrewMember | null {
  const found = /^(.+?)\s*\(([^()]+)\)$/.exec(line);
  return found ? { name: found[1] as string, job: (found[2] as string).trim() } : null;
}

function season(line: string): { number: number; name: string } | null {
  const found = /^(\d{1,4})\s*:\s*(.+)$/.exec(line);
  return found ? { number: Number(found[1]), name: found[2] as string } : null;
}

function place(series: string, form: Form): EpisodeOf {
  return { id: series, season: Number(form.season), number: Number(form.number) };
}

function textsOf({ name, description }: { name: string; description: string }) {
  return { ...(name.trim() && { name: name.trim() }), ...(description.trim() && { description: description.trim() }) };
}

function windowOf({ countries, from, until }: Form['windows'][number], before?: Window): Window {
  const codes = list(countries).map((country) => country.toUpperCase()).sort();
  return {
    ...(codes.length > 0 && { countries: codes }),
    ...(from && { from: instantOf(from, before?.from) }),
    ...(until && { until: instantOf(until, before?.until) }),
  };
}

/** A time as a browser's field has it: local, to the minute. */
export function localOf(instant: string | null | undefined): string {
  if (!instant) return '';
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function instantOf(local: string, before?: string | null): string {
  return before && localOf(before) === local ? before : new Date(local).toISOString();
}
