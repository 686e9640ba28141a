/** After this long without a sign of the viewer the controls go. */
const QUIET_AFTER_MS = 3_000;

/** Whether the viewer is only watching. */
export class Idle {
  quiet = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.stir();
  }

  /** The viewer did something. */
  stir(): void {
    this.quiet = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.quiet = true), QUIET_AFTER_MS);
  }

  /** The viewer wants the controls gone now. */
  rest(): void {
    clearTimeout(this.#timer);
    this.quiet = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
