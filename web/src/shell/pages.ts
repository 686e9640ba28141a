import type { Component } from 'svelte';
import type { Route } from '../routing/route';

type Load = () => Promise<{ default: Component<never> }>;

/** Pages whose code comes when they are first shown. Each is given what its route says. */
const PAGES = {
  account: () => import('../account/AccountPage.svelte'),
  billing: () => import('../billing/BillingPage.svelte'),
  edit: () => import('../studio/editor/EditPage.svelte'),
  import: () => import('../studio/import/ImportPage.svelte'),
  inbox: () => import('../inbox/InboxPage.svelte'),
  notifications: () => import('../notifications/NotificationsPage.svelte'),
  people: () => import('../studio/people/PeoplePage.svelte'),
  pictures: () => import('../studio/pictures/PicturesPage.svelte'),
  profiles: () => import('../profiles/ProfilesPage.svelte'),
  studio: () => import('../studio/Studio.svelte'),
  watch: () => import('../watch/Watch.svelte'),
} satisfies Partial<Record<Route['page'], Load>>;

/** What fetches a page's code; none for a page that is always there. */
export function lazy(page: Route['page']): (() => Promise<{ default: Component<Record<string, unknown>> }>) | undefined {
  return (PAGES as unknown as Partial<Record<Route['page'], ReturnType<typeof lazy>>>)[page];
}
