import { describe } from '../i18n/describe';

/** Something that is done when it is asked for: whether it is under way, and how it ended. */
export class Act {
  busy = $state(false);
  /** What went wrong at last. */
  failure = $state('');
  done = $state(false);

  /** Does it; false when it failed. */
  async run(what: () => Promise<unknown>): Promise<boolean> {
    [this.busy, this.failure, this.done] = [true, '', false];
    try {
      await what();
      this.done = true;
    } catch (error) {
      this.failure = describe(error);
    }
    this.busy = false;
    return this.done;
  }
}
