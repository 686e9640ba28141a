/** The stage over the whole screen. */
export class Fullscreen {
  on = $state(false);
  #stage: HTMLElement | null = null;

  /** Follows an element until the answer is called. */
  follow(stage: HTMLElement): () => void {
    this.#stage = stage;
    const read = () => (this.on = document.fullscreenElement === stage);
    document.addEventListener('fullscreenchange', read);
    return () => document.removeEventListener('fullscreenchange', read);
  }

  toggle(): void {
    if (this.on) void document.exitFullscreen();
    else void this.#enter().catch(() => undefined);
  }

  /** iPhones have it for the video element alone. */
  async #enter(): Promise<void> {
    if (this.#stage?.requestFullscreen) return this.#stage.requestFullscreen();
    const video = this.#stage?.querySelector('video') as { webkitEnterFullscreen?: () => void } | null;
    video?.webkitEnterFullscreen?.();
  }
}
