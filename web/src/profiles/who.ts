import { links } from '../routing/route';
import { profiles } from '../api/user';
import { router } from '../routing/router.svelte';

const ASKED = 'reel-who-was-asked';

/** Asks who is watching, once in this tab, where there is more than one profile. */
export async function askWho(): Promise<void> {
  if (sessionStorage.getItem(ASKED)) return;
  sessionStorage.setItem(ASKED, 'yes');
  const known = await profiles().catch(() => null);
  if (known && known.profiles.length > 1 && router.route.page === 'home') router.go(links.profiles, true);
}
