import { createTitle, deleteTitle, editTitle, putPoster, titleAsWritten, type NewTitle, type Title } from '../../api/content';
import { describe } from '../../i18n/describe';
import { Problem } from '../../api/problem';
import { merge, resolved, type Merge } from './conflict';
import { faultsOf, formOf, saidOf, titleOf, type Belonging, type Form } from './form';
import { speech } from '../../i18n/language.svelte';
import { texts } from './texts';

/** An edit that somebody else's stands in the way of. */
export interface Conflict extends Merge {
  /** The title as they made it. */
  title: Title;
}

/** A title being edited, or a new one. */
export class Editing {
  /** As it was read last; none of a new one. */
  title: Title | null = $state.raw(null);
  form: Form = $state(formOf({ name: '', description: '', genres: [] }));
  loading = $state(true);
  /** Why it cannot be edited. */
  failure = $state('');
  /** Why it was not saved. */
  refusal = $state('');
  conflict: Conflict | null = $state.raw(null);
  busy = $state(false);
  /** What was done, for who listens. */
  done = $state('');
  faults = $derived(faultsOf(this.form, speech.of(texts).faults));
  belonging: Belonging = {};

  /** What both this editor and the platform know. */
  #read: NewTitle | undefined;

  /** Reads a title, or begins a new one with what is known of it. */
  async open(slug: string, known: URLSearchParams): Promise<void> {
    this.failure = '';
    try {
      if (slug === 'new') this.#begin(known);
      else this.#accept(await titleAsWritten(slug));
    } catch (error) {
      this.failure = describe(error);
    }
    this.loading = false;
  }

  #begin(known: URLSearchParams): void {
    const [series, of] = [known.get('series'), known.get('trailer_of')];
    this.belonging = { ...(series && { series }), ...(of && { trailer_of: of }) };
    const kind = series ? 'episode' : of ? 'trailer' : 'series';
    this.form = { ...this.form, kind, release: kind === 'series' ? 'held' : 'automatic', season: known.get('season') ?? '', number: known.get('number') ?? '' };
  }

  #accept(title: Title): void {
    this.title = title;
    this.#read = saidOf(title);
    this.belonging = {
      ...(title.series && { series: title.series.id }),
      ...(title.trailer_of && { trailer_of: title.trailer_of }),
      ...(title.external_id && { external_id: title.external_id }),
    };
    this.form = formOf(this.#read);
    this.conflict = null;
  }

  /** Saves what the form says; the title, when that could be. */
  save(): Promise<Title | null> {
    return this.#send(titleOf(this.form, this.belonging, this.#read));
  }

  /** Saves an edit of what both changed, with those fields that are to be theirs. */
  settle(theirs: ReadonlySet<string>): Promise<Title | null> {
    const { conflict } = this;
    if (!conflict) return this.save();
    const mine = titleOf(this.form, this.belonging, this.#read);
    const title = resolved(mine, saidOf(conflict.title), conflict, theirs);
    this.#accept(conflict.title);
    this.form = formOf(title);
    return this.#send(title);
  }

  async delete(): Promise<boolean> {
    const deleted = await this.#act(async () => this.title && deleteTitle(this.title.id));
    return deleted !== undefined;
  }

  async givePoster(picture: File): Promise<boolean> {
    const given = await this.#act(async () => this.title && putPoster(this.title.id, picture));
    // The version stays the one that the form was read from.
    if (given && this.title) this.title = { ...this.title, artwork: given.artwork };
    return Boolean(given);
  }

  async #send(title: NewTitle): Promise<Title | null> {
    const sent = await this.#act(() => (this.title ? editTitle(this.title.id, this.title.version, title) : createTitle(title)));
    if (sent) this.#accept(sent);
    return sent ?? null;
  }

  async #act<A>(act: () => Promise<A>): Promise<A | undefined> {
    [this.busy, this.refusal, this.done] = [true, '', ''];
    try {
      return await act();
    } catch (error) {
      if (error instanceof Problem && error.code === 'edited') await this.#meet();
      else this.refusal = describe(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** Looks at what somebody else made of it. */
  async #meet(): Promise<void> {
    if (!this.title || !this.#read) return;
    try {
      const title = await titleAsWritten(this.title.id);
      const mine = titleOf(this.form, this.belonging, this.#read);
      this.conflict = { title, ...merge(this.#read, mine, saidOf(title)) };
    } catch (error) {
      this.refusal = describe(error);
    }
  }
}
