/** A page and what it shows. */
export type Route =
  | { page: 'home' }
  | { page: 'title'; slug: string }
  | { page: 'watch'; slug: string }
  | { page: 'search'; text: string; genre: string }
  | { page: 'studio' }
  | { page: 'billing' }
  | { page: 'pictures'; slug: string }
  | { page: 'edit'; slug: string; query: string }
  | { page: 'import' }
  | { page: 'people' }
  | { page: 'account' }
  | { page: 'profiles' }
  | { page: 'forgot' }
  | { page: 'reset'; token: string }
  | { page: 'verify'; token: string }
  | { page: 'inbox' }
  | { page: 'notifications' }
  | { page: 'sign-in'; to: string }
  | { page: 'not-found' };

/** The route that the part of an address after `#` names. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [page = '', slug, ...rest] = path.split('/').filter((part) => part !== '').map(decode);
  if (rest.length > 0) return { page: 'not-found' };
  if (slug !== undefined) return withSlug(page, slug, query);
  return alone(page, query);
}

/** Pages for whoever is not signed in, too. */
const OPEN: Route['page'][] = ['sign-in', 'forgot', 'reset', 'verify'];

/** Whether a page is for whoever is not signed in, too. */
export function isOpen(route: Route): boolean {
  return OPEN.includes(route.page);
}

function withSlug(page: string, slug: string, query: string): Route {
  if (page === 'reset' || page === 'verify') return { page, token: slug };
  if (page === 'edit') return { page, slug, query };
  return page === 'title' || page === 'watch' || page === 'pictures' ? { page, slug } : { page: 'not-found' };
}

/** Pages that show one thing. */
const ALONE = new Set(['studio', 'import', 'people', 'billing', 'account', 'profiles', 'forgot', 'inbox', 'notifications']);

function alone(page: string, query: string): Route {
  if (page === '') return { page: 'home' };
  if (ALONE.has(page)) return { page } as Route;
  if (page === 'search') return searching(new URLSearchParams(query));
  if (page === 'sign-in') return { page, to: destination(query) };
  return { page: 'not-found' };
}

function searching(query: URLSearchParams): Route {
  return { page: 'search', text: query.get('q') ?? '', genre: query.get('genre') ?? '' };
}

/** Only addresses inside the page, or a link could lead elsewhere after signing in. */
function destination(query: string): string {
  const to = new URLSearchParams(query).get('to') ?? '';
  return to.startsWith('#/') ? to : '#/';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const links = {
  home: '#/',
  studio: '#/studio',
  account: '#/account',
  profiles: '#/profiles',
  forgot: '#/forgot',
  billing: '#/billing',
  inbox: '#/inbox',
  notifications: '#/notifications',
  title: (slug: string) => `#/title/${encodeURIComponent(slug)}`,
  pictures: (slug: string) => `#/pictures/${encodeURIComponent(slug)}`,
  import: '#/import',
  people: '#/people',
  /** The form of a title; of a new one with what is known of it already. */
  edit: (slug: string) => `#/edit/${encodeURIComponent(slug)}`,
  make: (known: Record<string, string> = {}) => {
    const query = new URLSearchParams(known).toString();
    return query === '' ? '#/edit/new' : `#/edit/new?${query}`;
  },
  watch: (slug: string) => `#/watch/${encodeURIComponent(slug)}`,
  search: (text: string, genre: string) => {
    const query = new URLSearchParams({ ...(text && { q: text }), ...(genre && { genre }) }).toString();
    return query === '' ? '#/search' : `#/search?${query}`;
  },
  signIn: (to: string) => (to === '' || to === '#/' ? '#/sign-in' : `#/sign-in?to=${encodeURIComponent(to)}`),
};
