import { describe, expect, it } from 'vitest';
import { isOpen, links, parse } from './route';

describe('routes', () => {
  it('are read from an address', () => {
    expect(parse('')).toEqual({ page: 'home' });
    expect(parse('#/')).toEqual({ page: 'home' });
    expect(parse('#/title/big-buck-bunny')).toEqual({ page: 'title', slug: 'big-buck-bunny' });
    expect(parse('#/studio')).toEqual({ page: 'studio' });
    expect(parse('#/inbox')).toEqual({ page: 'inbox' });
    expect(parse('#/notifications')).toEqual({ page: 'notifications' });
    expect(parse('#/search')).toEqual({ page: 'search', text: '', genre: '' });
    expect(parse('#/title')).toEqual({ page: 'not-found' });
    expect(parse('#/studio/x/y')).toEqual({ page: 'not-found' });
    expect(parse('#/title/%E0%A4%A')).toEqual({ page: 'title', slug: '%E0%A4%A' });
  });

  it('survive their own links', () => {
    expect(parse(links.watch('a b/c'))).toEqual({ page: 'watch', slug: 'a b/c' });
    expect(parse(links.pictures('dark'))).toEqual({ page: 'pictures', slug: 'dark' });
    expect(parse(links.edit('dark'))).toEqual({ page: 'edit', slug: 'dark', query: '' });
    expect(parse(links.make({ series: 'x y' }))).toEqual({ page: 'edit', slug: 'new', query: 'series=x+y' });
    expect(parse(links.import)).toEqual({ page: 'import' });
    expect(parse(links.people)).toEqual({ page: 'people' });
    const sought = { page: 'search', text: 'cats & dogs?', genre: 'Sci-Fi & Fantasy' } as const;
    expect(parse(links.search(sought.text, sought.genre))).toEqual(sought);
    expect(links.search('', '')).toBe('#/search');
    expect(parse(links.signIn('#/watch/x?y=1'))).toEqual({ page: 'sign-in', to: '#/watch/x?y=1' });
  });

  it('of a mail carry its token', () => {
    expect(parse('#/verify/a.b-c')).toEqual({ page: 'verify', token: 'a.b-c' });
    expect(parse('#/reset/a.b-c')).toEqual({ page: 'reset', token: 'a.b-c' });
    expect([links.home, links.forgot, '#/verify/x'].map(parse).map(isOpen)).toEqual([false, true, true]);
  });

  it('lead nowhere outside the page after signing in', () => {
    expect(parse('#/sign-in?to=https%3A%2F%2Felsewhere.example')).toEqual({ page: 'sign-in', to: '#/' });
    expect(parse('#/sign-in?to=%2F%2Felsewhere.example')).toEqual({ page: 'sign-in', to: '#/' });
  });
});
