import { describe, expect, it } from 'vitest';
import type { NewTitle, Title } from '../../api/content';
import { faultsOf as faults, formOf, saidOf, titleOf, type Form } from './form';
import { texts } from './texts';

const faultsOf = (form: Form) => faults(form, texts.en.faults);

const EMPTY: Form = formOf({ name: '', description: '', genres: [] });

const FULL: NewTitle = {
  name: 'Dark', slug: 'dark', description: 'A town.', genres: ['Drama', 'Crime'], kind: 'series', year: 2017,
  cast: ['Louis Hofmann', 'Lisa Vicari'], characters: { 'Louis Hofmann': 'Jonas' }, directors: ['Baran bo Odar'],
  crew: [{ name: 'Jantje Friese', job: 'Writer' }], credit: 'Someone', language: 'de', maturity: 16,
  texts: { en: { name: 'Dark (en)', description: 'In English.' } }, tags: ['Time'], tone: ['Dark'], seasons: [{ number: 1, name: 'Secrets' }],
  windows: [{ countries: ['AT', 'DE'], from: '2026-01-01T10:00:30Z' }, {}], release: 'held',
  publish_at: '2026-11-26T20:00:15Z', announced: true, external_id: 'tt5753856',
};

describe('the form of a title', () => {
  it('says what was said when nothing is touched', () => {
    expect(titleOf(formOf(FULL), { external_id: 'tt5753856' }, FULL)).toEqual(FULL);
  });

  it('is read from a title as the platform answers it', () => {
    const title = { ...FULL, release: undefined, id: 'x', status: 'announced', version: 3, artwork: null, failure: null } as unknown as Title;
    expect(saidOf(title)).toEqual({ ...FULL, release: undefined });
    expect(saidOf({ ...title, status: 'published' }).announced).toBeUndefined();
  });

  it('places an episode in its series', () => {
    const form: Form = { ...EMPTY, kind: 'episode', name: 'Secrets', season: '1', number: '2' };
    expect(titleOf(form, { series: 's' })).toEqual({ kind: 'episode', name: 'Secrets', description: '', genres: [], series: { id: 's', season: 1, number: 2 } });
    expect(faultsOf({ ...form, number: 'two' })).toHaveProperty('number');
  });

  it('says what is wrong, by field', () => {
    const form: Form = {
      ...EMPTY, kind: 'series', year: '208', crew: 'Somebody', seasons: 'First', texts: [{ tag: 'German', name: 'x', description: '' }],
      windows: [{ countries: 'Germany', from: '2026-02-01T00:00', until: '2026-01-01T00:00' }],
    };
    expect(Object.keys(faultsOf(form)).sort()).toEqual(['countries-0', 'crew', 'name', 'seasons', 'tag-0', 'until-0', 'year']);
    expect(faultsOf({ ...EMPTY, name: 'Dark', windows: [{ countries: 'de, AT', from: '', until: '' }] })).toEqual({});
  });
});
