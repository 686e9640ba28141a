import { parse, type Route } from './route';

/** Where the page is, and where it was scrolled to when it was left. */
class Router {
  hash = $state(location.hash);
  route: Route = $derived(parse(this.hash));

  #scrolls = new Map<string, number>();
  #followed = false;
  #back = false;

  /** Follows the address from now on. */
  start(): void {
    history.scrollRestoration = 'manual';
    addEventListener('click', (event) => this.#clicked(event), { capture: true });
    addEventListener('hashchange', () => this.#moved());
    addEventListener('scroll', () => this.#scrolls.set(this.hash, scrollY), { passive: true });
  }

  /** Goes to a link of this page, leaving no step back when `replace` is set. */
  go(link: string, replace = false): void {
    this.#followed = true;
    if (!replace) location.hash = link;
    else {
      history.replaceState(null, '', link);
      this.#moved();
    }
  }

  /** Where the page at this address was left, when it is come back to; else its top. */
  scrollTarget(): number {
    return this.#back ? (this.#scrolls.get(this.hash) ?? 0) : 0;
  }

  #clicked(event: MouseEvent): void {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (link) this.#followed = true;
  }

  /** A move that no link of ours caused is a step through the browser's history. */
  #moved(): void {
    this.#back = !this.#followed;
    this.#followed = false;
    this.hash = location.hash;
  }
}

export const router = new Router();
